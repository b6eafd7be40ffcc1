// What a reload changes: which keys are taken up, and which wait for a restart.
//
// Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "gate/cli/config.h"

namespace beian::cli {

// `fresh`, but what is read once, at start, is as in `started` (conf/gate.toml says which keys
// these are): so what is judged of the result holds for the sockets that are open.
Config keep_fixed(Config fresh, const Config& started);

// The lines of print_config(before) that print_config(after) does not have, each as KEY = VALUE
// with the table's name before the key. Of API keys no more than their ids, though a hash that is
// another one is seen.
std::vector<std::string> lines_missing(const Config& before, const Config& after);

}  // namespace beian::cli
