// `log replay`: would another registry or policy decide the same?
#pragma once

#include "gate/cli/command_line.h"

namespace beian::cli {

void add_log_replay(Verb log);

}  // namespace beian::cli
