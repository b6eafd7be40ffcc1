// `registry diff`: what changed between two snapshots, and whose decision.
#pragma once

#include "gate/cli/command_line.h"

namespace beian::cli {

void add_registry_diff(Verb registry);

}  // namespace beian::cli
