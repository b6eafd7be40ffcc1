// API keys of the configuration whose callers are refused, or soon will be.
#pragma once

#include <string>
#include <vector>

#include "gate/cli/config.h"

namespace beian::cli {

// A sentence for each key that has expired by `now`, and for each that expires within two weeks
// unless its caller has another one that is good for longer; of many only the first ones, and then
// one more that says so.
std::vector<std::string> key_warnings(const Config& config, Instant now);

}  // namespace beian::cli
