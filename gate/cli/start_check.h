// Finds what would keep `serve` from starting although each value of the configuration is valid by
// itself, without starting anything, creating a folder or using the network.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cache/base/result.h"
#include "gate/cli/config.h"

namespace beian::cli {

enum class StartStage : std::uint8_t {
  kBefore,  // `config check`: everything
  kStart,   // a start: listeners and the local copy report their own errors
  kReload,  // what a reload reads again
};

// Checks listeners and folders, and reads every file that `config` names except the registry;
// `path` is the configuration file. Reports all faults, one per line, each with file, line and key,
// or with the place in a named file. kUnavailable if the only faults are missing files, else
// kBadInput. Write permissions are not checked: `serve` may run as another user.
[[nodiscard]] Result<void> check_start(const Config& config, const std::string& path,
                                       StartStage stage);

// `error` as one of the configuration file `path`: prefixed with the line of `key` (such as
// `registry.url`), and with kUsage turned into kBadInput. Unchanged if there is no file, or no such
// key in it.
Error in_file(const std::string& path, std::string_view key, const Error& error);
// The same, with the key that the message begins with.
Error in_file(const std::string& path, const Error& error);

}  // namespace beian::cli
