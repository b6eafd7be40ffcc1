// Secrets that lie in files of their own, so that neither a command line nor a configuration shows
// them.
#pragma once

#include <cstddef>
#include <string>

#include "cache/base/result.h"

namespace beian {

// The first line of `path`, without its end; the file has at most `bytes_max` bytes. Errors:
// kUnavailable, kBadInput (larger, or an empty line); `name` says there what it should hold.
[[nodiscard]] Result<std::string> read_secret(const std::string& path, std::size_t bytes_max,
                                              const std::string& name);

}  // namespace beian
