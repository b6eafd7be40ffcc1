// Reads a feed from memory and gives the outcome as text, for rows of table tests to compare with.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cache/feed/feed.h"
#include "cache/feed/render.h"

namespace beian::cache {

struct FeedOutcome {
  std::vector<std::string> records;   // canonical NDJSON
  std::vector<std::string> problems;  // LINE:COLUMN: MESSAGE, within the allowance
  std::string error;                  // why the whole reading failed; empty when it did not
  FeedStats stats;
};

inline FeedOutcome read_all(std::string_view text, Dialect dialect = Dialect::kNdjson,
                            std::uint64_t bad_lines_max = 0) {
  FeedOutcome outcome;
  const auto stats = read_feed_text(
      text, "feed", {dialect, bad_lines_max},
      [&](FeedRecord&& record) { outcome.records.push_back(to_ndjson(record)); },
      [&](const FeedProblem& problem) {
        outcome.problems.push_back(std::to_string(problem.line) + ":" +
                                   std::to_string(problem.column) + ": " + problem.message);
      });
  if (stats)
    outcome.stats = *stats;
  else
    outcome.error = stats.error().message;
  return outcome;
}

}  // namespace beian::cache
