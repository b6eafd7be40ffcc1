// Command-line handling shared by the verbs that read feeds.
#pragma once

#include <optional>
#include <string>

#include "cache/base/result.h"
#include "cache/base/time.h"
#include "cache/feed/feed.h"

namespace beian::cli {

// The dialect `asked` for; if it is empty, the one that the file's name suggests. Errors: kUsage.
[[nodiscard]] Result<cache::Dialect> dialect_of(const std::string& asked, const std::string& feed);

// Parses `text`, the value of `flag`, as a time. Errors: kUsage.
[[nodiscard]] Result<Instant> instant_of(const std::string& flag, const std::string& text);

// Warns of times that are probably a slip: a registry dated tomorrow stays fresh however old it is,
// and one whose next update is overdue is stale from the start. An empty text means not given.
void tell_odd_times(const std::string& as_of, Instant as_of_time, const std::string& next_update,
                    const std::optional<Instant>& next_update_time, Instant now);

}  // namespace beian::cli
