// `registry diff`: what changed between two snapshots, and which decisions with it.
#pragma once

#include "gate/cli/command_line.h"

namespace beian::cli {

void add_registry_diff(Verb registry);

}  // namespace beian::cli
