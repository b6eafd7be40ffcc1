// Whether a gate may be reachable from where its configuration puts it.
#pragma once

#include "cache/base/result.h"
#include "gate/cli/config.h"

namespace beian::cli {

// kUsage if other machines can reach `listen` or `admin.listen` and allow_open does not explicitly
// permit it: whoever can reach a listener can query it, or eavesdrop on others. With TLS and either
// keys or client certificates, `listen` may be anywhere.
[[nodiscard]] Result<void> check_exposure(const Config& config);

}  // namespace beian::cli
