// What of the configuration counts from a start to the end: sockets, threads, the log's folder. A
// reload goes by the rest.
#pragma once

#include <string_view>
#include <vector>

#include "gate/cli/config.h"

namespace beian::cli {

// Gives `reloaded` the values that the gate was started with, so that what is judged and told of it
// is what will be in effect: a gate that listens at 0.0.0.0 goes on doing so, whatever the file
// says by now. Returns the keys that the file has otherwise, as conf/gate.toml names them.
std::vector<std::string_view> keep_read_once(const Config& started, Config* reloaded);

}  // namespace beian::cli
