// The options of `audit` and `vet` that say what goes where.
#pragma once

#include <string>
#include <vector>

#include "cache/base/result.h"
#include "gate/audit/audit.h"

namespace beian::cli {

// `FORMAT[=FILE]` each; none: a summary on standard output. kUsage: an unknown format, two outputs
// for one place.
[[nodiscard]] Result<std::vector<audit::OutputTarget>> output_targets(
    const std::vector<std::string>& texts);

// `deny`, `review`, …; none: all. kUsage that names the word.
[[nodiscard]] Result<audit::OutcomeSet> outcome_set(const std::vector<std::string>& words);

}  // namespace beian::cli
