// `log replay`: would the same be decided again, by another registry or policy?
#pragma once

#include "gate/cli/command_line.h"

namespace beian::cli {

void add_log_replay(Verb log);

}  // namespace beian::cli
