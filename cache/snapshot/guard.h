// The activation guard: whether a candidate registry may take the place of the one that is served.
// It stands between a mistake of the publisher and every gate of the fleet.
//
// Pure; any thread.
#pragma once

#include <vector>

#include "cache/base/limits.h"
#include "cache/base/result.h"
#include "cache/snapshot/registry.h"

namespace beian::cache {

struct GuardOptions {
  // A candidate may have this many percent fewer services than what is served, and no fewer.
  double shrink_max_percent = limits::kShrinkMaxPercent;
  // Numbers that a sound registry always holds, with serial: their loss betrays a wrong feed.
  std::vector<FilingNumber> canaries;
  // An operator has looked at it, or a signed rollback asks for it.
  bool is_forced = false;
};

// `current` may be null: then only canaries count. Errors: kConflict that says what would be lost,
// and by how much.
[[nodiscard]] Result<void> check_activation(const Registry* current, const Registry& candidate,
                                            const GuardOptions& options);

}  // namespace beian::cache
