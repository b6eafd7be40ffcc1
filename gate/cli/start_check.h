// What a configuration names and `serve` could not start with, although each value by itself is
// right: found without starting anything, making a folder or asking the network.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cache/base/result.h"
#include "gate/cli/config.h"

namespace beian::cli {

enum class StartStage : std::uint8_t {
  kBefore,  // `config check`: everything
  kStart,   // a start: listeners and the local copy speak for themselves
  kReload,  // what a reload takes anew
};

// Looks at listeners and folders, and reads every file that `config` names but the registry;
// `path` is the file that it came from. All faults, one a line, each with file, line and key, or
// with the place in a file that is named: kUnavailable when files are missing and nothing else is
// wrong, else kBadInput. Who may write where is not looked at: that is another user's business, who
// serves.
[[nodiscard]] Result<void> check_start(const Config& config, const std::string& path,
                                       StartStage stage);

// A line for each setting that is right by itself, and does nothing beside the others.
std::vector<std::string> idle_settings(const Config& config);

// `error` as one of the configuration file `path`: with the line at which `key`
// (`registry.url`) stands; what would be kUsage is kBadInput. As it is where there is no file, or
// no such key in it.
Error in_file(const std::string& path, std::string_view key, const Error& error);
// The same with the key that its message begins with.
Error in_file(const std::string& path, const Error& error);

}  // namespace beian::cli
