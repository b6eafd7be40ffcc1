// Registry feeds: turns text in one of three dialects into records for the snapshot writer.
//
// Each row is parsed on its own and fully validated. A bad row is reported with line and column;
// when there are more than the caller allows, the build ends with nothing written.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>

#include "cache/base/result.h"
#include "cache/filing/record.h"

namespace beian::cache {

enum class Dialect : std::uint8_t { kNdjson, kCsv, kMiit };
std::optional<Dialect> parse_dialect(std::string_view name) noexcept;  // ndjson, csv, miit

struct RemoveSubject {
  std::uint64_t id;
};
struct RemoveService {
  std::uint64_t id;
};
using FeedRecord = std::variant<SubjectRecord, ServiceRecord, RemoveSubject, RemoveService>;

struct FeedProblem {
  std::uint64_t line = 0;    // from 1
  std::uint64_t column = 0;  // from 1, in bytes; 1 for a whole line
  std::string message;       // what is wrong, naming the field
};

struct FeedOptions {
  Dialect dialect = Dialect::kNdjson;
  std::uint64_t bad_lines_max = 0;  // --skip-bad
};

struct FeedStats {
  std::uint64_t lines = 0;
  std::uint64_t subjects = 0;
  std::uint64_t services = 0;
  std::uint64_t deletes = 0;
  std::uint64_t bad_lines = 0;
};

// Reads the feed at `path` (`-`: standard input; `.gz` and `.zst` are not unpacked). Calls `record`
// for each record in order, and `problem` for each bad line within the allowance.
// Errors: kUnavailable; kBadInput "FILE:LINE:COLUMN: …" for the first bad line beyond the
// allowance.
[[nodiscard]] Result<FeedStats> read_feed(const std::string& path, const FeedOptions& options,
                                          const std::function<void(FeedRecord&&)>& record,
                                          const std::function<void(const FeedProblem&)>& problem);
// The same for text in memory; `name` stands for the path in messages.
[[nodiscard]] Result<FeedStats> read_feed_text(
    std::string_view text, std::string_view name, const FeedOptions& options,
    const std::function<void(FeedRecord&&)>& record,
    const std::function<void(const FeedProblem&)>& problem);

}  // namespace beian::cache
