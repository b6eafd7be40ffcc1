// What a dialect reports to while it reads: counts, hands records on, and ends the reading at the
// first bad line beyond the allowance. Private to cache/feed; one thread; lives for one feed.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "cache/feed/feed.h"
#include "cache/feed/lines.h"

namespace beian::cache {

class FeedSession {
 public:
  using OnRecord = std::function<void(FeedRecord&&)>;
  using OnProblem = std::function<void(const FeedProblem&)>;

  FeedSession(std::string_view name, std::uint64_t bad_lines_max, const OnRecord& record,
              const OnProblem& problem)
      : name_(name), bad_lines_max_(bad_lines_max), on_record_(record), on_problem_(problem) {}

  void emit(FeedRecord&& record);
  // Returns false when the reading has to end.
  [[nodiscard]] bool report(FeedProblem&& problem);
  // A problem that could lose more than its own line; no allowance covers it.
  void fail(FeedProblem&& problem);
  bool has_failed() const { return error_.has_value(); }

  // The result, once all lines are read or the reading has ended early.
  Result<FeedStats> finish(const LineReader& lines, LineReader::Outcome last);

 private:
  std::string_view name_;
  std::uint64_t bad_lines_max_;
  const OnRecord& on_record_;
  const OnProblem& on_problem_;
  FeedStats stats_;
  std::optional<Error> error_;
};

// The dialects. Each reads `lines` to the end, or until the session stops it, and returns the last
// outcome of the reader.
LineReader::Outcome read_ndjson(LineReader* lines, FeedSession* session);
LineReader::Outcome read_csv(LineReader* lines, FeedSession* session);
LineReader::Outcome read_miit(LineReader* lines, FeedSession* session);

}  // namespace beian::cache
