// Settings of a configuration that are valid, but have no effect in combination with the others.
#pragma once

#include <string>
#include <vector>

#include "gate/cli/config.h"

namespace beian::cli {

// A line for each. What a flag replaces is not looked at.
std::vector<std::string> idle_settings(const Config& config);

}  // namespace beian::cli
