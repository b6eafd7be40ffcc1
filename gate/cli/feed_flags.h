// What the verbs that read feeds take from the command line in the same way.
#pragma once

#include <optional>
#include <string>

#include "cache/base/result.h"
#include "cache/base/time.h"
#include "cache/feed/feed.h"

namespace beian::cli {

// The dialect that was asked for, else what the name of the file says. Errors: kUsage.
[[nodiscard]] Result<cache::Dialect> dialect_of(const std::string& asked, const std::string& feed);

// The time that `text`, the value of `flag`, names. Errors: kUsage.
[[nodiscard]] Result<Instant> instant_of(const std::string& flag, const std::string& text);

// Tells of times that are probably a slip: a registry of tomorrow stays fresh however old it is,
// and one whose next update was due is stale from the start. An empty text: not given.
void tell_odd_times(const std::string& as_of, Instant as_of_time, const std::string& next_update,
                    const std::optional<Instant>& next_update_time, Instant now);

}  // namespace beian::cli
