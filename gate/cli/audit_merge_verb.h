// `audit merge`: one summary of many parts.
#pragma once

#include "gate/cli/command_line.h"

namespace beian::cli {

void add_audit_merge(Verb audit);

}  // namespace beian::cli
