// Visits the decisions of a log one by one. Lines that cannot be read are reported and skipped;
// whether the chain holds is for verify.h to say.
//
// Memory is constant apart from one line. One thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "cache/base/result.h"
#include "gate/log/decision_record.h"
#include "gate/log/recovery.h"

namespace beian::log {

struct DecisionWalk {
  // `line` comes without its line end; both arguments are valid during the call.
  std::function<void(const DecisionRecord& record, std::string_view line)> on_decision;
  // `place` is FILE:LINE.
  std::function<void(const std::string& place, std::string_view what)> on_fault;
  // Called at the start of each segment; optional.
  std::function<void(const SegmentRecord& record)> on_segment;
  bool is_live = false;  // a gate is writing it: the last line may be incomplete
};

// Visits the decisions of `segments`, in this order. Leaves out what failed writes left behind
// (FORMAT.md, `error`). Errors: kUnavailable.
[[nodiscard]] Result<void> walk_decisions(Disk* disk, const std::vector<SegmentFile>& segments,
                                          const DecisionWalk& walk);

}  // namespace beian::log
