// What a reload changes: which keys take effect, and which wait for a restart.
//
// Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "gate/cli/config.h"

namespace beian::cli {

// `fresh`, with the keys that are read only at the start (conf/gate.toml says which) as in
// `started`. So checks of the result apply to the sockets that are open.
Config keep_fixed(Config fresh, const Config& started);

// The lines of print_config(before) that are not in print_config(after), each as KEY = VALUE with
// the table's name before the key. For API keys only the ids are shown, but a changed hash is
// noticed.
std::vector<std::string> lines_missing(const Config& before, const Config& after);

}  // namespace beian::cli
