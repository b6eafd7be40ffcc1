// `beian-gate registry export`: a registry in the formats of other programs.
#pragma once

#include "gate/cli/command_line.h"

namespace beian::cli {

void add_registry_export(Verb registry);

}  // namespace beian::cli
