// `audit merge`: combines the summaries of the parts of a catalog into one.
#pragma once

#include "gate/cli/command_line.h"

namespace beian::cli {

void add_audit_merge(Verb audit);

}  // namespace beian::cli
