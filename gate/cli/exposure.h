// Whether a gate may be reached from where its configuration puts it.
#pragma once

#include "cache/base/result.h"
#include "gate/cli/config.h"

namespace beian::cli {

// kUsage when `listen` or `admin.listen` can be reached from other machines, and allow_open does
// not say so in so many words: whoever reaches it may ask, and reads along.
[[nodiscard]] Result<void> check_exposure(const Config& config);

}  // namespace beian::cli
