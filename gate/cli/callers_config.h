// The `callers` array of gate.toml: who may ask, and with which keys.
//
// Include only from .cc files: it needs toml++, which is heavy.
#pragma once

#include <string>
#include <vector>

#include "cache/base/toml_reader.h"
#include "gate/http/callers.h"

namespace beian::cli {

// Reads the array `callers` of `root`; all errors go to `reader`. If there are none, the result is
// valid as a whole: names are unique, and so are key ids.
std::vector<http::CallerSettings> read_callers(const toml::table& root, TomlReader* reader);

// Prints them in the form of conf/gate.toml.
std::string print_callers(const std::vector<http::CallerSettings>& callers);

}  // namespace beian::cli
