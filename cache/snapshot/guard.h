// The activation guard: decides whether a candidate registry may replace the one being served. It
// stands between a publisher's mistake and every gate of the fleet.
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
  // A candidate may have at most this many percent fewer services than what is served.
  double shrink_max_percent = limits::kShrinkMaxPercent;
  // Numbers, with serial, that a sound registry always holds: losing one betrays a wrong feed.
  std::vector<FilingNumber> canaries;
  // An operator has looked at it, or a signed rollback asks for it.
  bool is_forced = false;
};

// `current` may be null: then only canaries count. Errors: kConflict, which names the serial that
// goes back, the missing canary, or how much would be lost.
[[nodiscard]] Result<void> check_activation(const Registry* current, const Registry& candidate,
                                            const GuardOptions& options);

// The same for registries that delta batches lead to, which come one after another and may each
// lose a little: their losses add up, against the most services that there were since the last
// snapshot. A canary that is not served any more, since an operator has forced that, holds no batch
// up. One thread.
class BatchGuard {
 public:
  explicit BatchGuard(GuardOptions options) : options_(std::move(options)) {}

  // Errors: as check_activation().
  [[nodiscard]] Result<void> check(const Registry& candidate) const;
  void took(const Registry& registry);
  // Starts counting from a snapshot of so many services. What is served on top of it was accepted:
  // if it has already lost more than is allowed, only further losses count.
  void count_from(std::uint64_t services, const Registry& served);

 private:
  GuardOptions options_;
  std::vector<FilingNumber> canaries_;  // those of the options that are served
  std::uint64_t most_ = 0;
};

}  // namespace beian::cache
