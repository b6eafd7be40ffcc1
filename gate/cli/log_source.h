// The input of the `log` verbs: a log's folder, or some of its segments.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cache/base/result.h"
#include "gate/log/recovery.h"

namespace beian::cli {

struct LogSource {
  std::unique_ptr<log::Disk> disk;
  std::vector<log::SegmentFile> segments;
  bool is_folder = false;
  bool is_live = false;  // a gate is writing to it
};

// `paths`: one folder, or segments of one folder in order. Errors: kUsage, kUnavailable.
[[nodiscard]] Result<LogSource> open_log(const std::vector<std::string>& paths);
// The same for verbs that need decisions: also kBadInput if a folder holds no log, since that would
// look like a log without decisions.
[[nodiscard]] Result<LogSource> open_decisions(const std::vector<std::string>& paths);

}  // namespace beian::cli
