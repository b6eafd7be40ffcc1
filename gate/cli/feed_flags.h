// What the verbs that read feeds take from the command line in the same way.
#pragma once

#include <string>

#include "cache/base/result.h"
#include "cache/base/time.h"
#include "cache/feed/feed.h"

namespace beian::cli {

// The dialect that was asked for, else what the name of the file says. Errors: kUsage.
[[nodiscard]] Result<cache::Dialect> dialect_of(const std::string& asked, const std::string& feed);

// The time that `text`, the value of `flag`, names. Errors: kUsage.
[[nodiscard]] Result<Instant> instant_of(const std::string& flag, const std::string& text);

}  // namespace beian::cli
