// Command-line handling shared by the verbs that read feeds.
#pragma once

#include <optional>
#include <string>

#include "cache/base/result.h"
#include "cache/base/time.h"
#include "cache/feed/feed.h"
#include "gate/cli/command_line.h"

namespace beian::cli {

// The dialect `asked` for; if it is empty, the one that the file's name suggests. Errors: kUsage.
[[nodiscard]] Result<cache::Dialect> dialect_of(const std::string& asked, const std::string& feed);

// The values of --as-of and --next-update; empty: not given.
struct FeedTimeFlags {
  std::string as_of;
  std::string next_update;
};
struct FeedTimes {
  Instant as_of;
  std::optional<Instant> next_update;
};
void add_feed_times(Verb verb, FeedTimeFlags* flags);
// A feed without --as-of is as of `now`. Errors: kUsage.
[[nodiscard]] Result<FeedTimes> feed_times(const FeedTimeFlags& flags, Instant now);
// Warns of times that are probably a slip: a registry dated tomorrow stays fresh however old it is,
// and one whose next update is overdue is stale from the start.
void tell_odd_times(const FeedTimeFlags& flags, const FeedTimes& times, Instant now);

}  // namespace beian::cli
