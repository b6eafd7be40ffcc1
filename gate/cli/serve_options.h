// What `serve` was started with.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gate/cli/config.h"

namespace beian::cli {

struct ServeOptions {
  std::string config;  // path of gate.toml; empty: the defaults
  std::string listen;
  std::string registry;
  std::vector<std::string> keys;  // files
  bool allow_unsigned = false;
  std::optional<std::uint64_t> threads;
  bool allow_open = false;
};

// The configuration file as it is now, with what the flags override, at a start as in each reload.
// Errors: those of load_config().
[[nodiscard]] Result<Config> effective_config(const ServeOptions& options);

}  // namespace beian::cli
