// What a configuration names and `serve` could not start with, although each value by itself is
// right: found without starting anything, making a folder or asking the network.
#pragma once

#include <string>
#include <string_view>

#include "cache/base/result.h"
#include "gate/cli/config.h"

namespace beian::cli {

// Looks at listeners, folders and the files that only a connection reads; `path` is the file that
// `config` came from. Errors name file, line and key:
// kUnavailable for a file that is not there, else kBadInput. Who may write where is not looked at:
// that is another user's business, who serves.
[[nodiscard]] Result<void> check_start(const Config& config, const std::string& path);

// `error` as one of the configuration file `path`: with the line at which `key`
// (`registry.url`) stands; what would be kUsage is kBadInput. As it is where there is no file, or
// no such key in it.
Error in_file(const std::string& path, std::string_view key, const Error& error);

}  // namespace beian::cli
