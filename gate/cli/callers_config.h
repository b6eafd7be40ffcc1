// `callers` of gate.toml: who may ask, with which keys.
//
// Include it in .cc files only: it needs toml++, which is heavy.
#pragma once

#include <string>
#include <vector>

#include "cache/base/toml_reader.h"
#include "gate/http/callers.h"

namespace beian::cli {

// Reads the array `callers` of `root`; every error goes to `reader`. Without one, what is returned
// is valid as a whole: names, and ids of keys, differ.
std::vector<http::CallerSettings> read_callers(const toml::table& root, TomlReader* reader);

// The same in the form of conf/gate.toml.
std::string print_callers(const std::vector<http::CallerSettings>& callers);

}  // namespace beian::cli
