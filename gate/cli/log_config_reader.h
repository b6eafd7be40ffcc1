// How the `[log]` table is read. Include it in .cc files only: toml++ is heavy.
#pragma once

#include "cache/base/toml_reader.h"
#include "gate/cli/log_config.h"

namespace beian::cli {

// Reads `table`, which is at `log`, over `config`. Errors stay in `reader`.
void read_log_config(const toml::table& table, TomlReader* reader, LogConfig* config);

}  // namespace beian::cli
