// The activation guard: whether a candidate registry may take the place of the one that is served.
// It stands between a mistake of the publisher and every gate of the fleet.
//
// check_activation() is pure; any thread.
#pragma once

#include <cstdint>
#include <utility>
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

// The same for registries that batches lead to, which come one after another and may each lose
// little: what they lose counts together, against the most services that there were since the last
// snapshot. One thread.
class BatchGuard {
 public:
  explicit BatchGuard(GuardOptions options) : options_(std::move(options)) {}

  // Errors: as check_activation().
  [[nodiscard]] Result<void> check(const Registry& candidate) const;
  void took(const Registry& registry);
  // A snapshot of so many services is where to count from. What is served on top of it was taken,
  // whatever it has lost by then: only further losses count.
  void count_from(std::uint64_t services, const Registry& served);

 private:
  GuardOptions options_;
  std::uint64_t most_ = 0;
};

}  // namespace beian::cache
