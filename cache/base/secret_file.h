// Secrets kept in files of their own, so that neither a command line nor a configuration file shows
// them.
#pragma once

#include <cstddef>
#include <string>

#include "cache/base/result.h"

namespace beian {

// Returns the first line of `path`, without its line end; the file has at most `bytes_max` bytes.
// Errors: kUnavailable; kBadInput when the file is larger or the line is empty, with a message that
// calls the line `name`.
[[nodiscard]] Result<std::string> read_secret(const std::string& path, std::size_t bytes_max,
                                              const std::string& name);

}  // namespace beian
