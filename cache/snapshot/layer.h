// One overlay of a registry (registry.h): a small snapshot that owns whole groups; and the bonds
// between groups, of overlays and of the base.
//
// Immutable once built; any thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "cache/snapshot/key_set.h"
#include "cache/snapshot/snapshot.h"

namespace beian::cache {

// Groups with a service that is bound to a subject of another group. Rare: a licence holder that
// files its sites under 备.
class Bonds {
 public:
  // One pass over the services of `snapshot`: 6 ns each.
  void scan(const Snapshot& snapshot);

  // Calls `visit(group)` for each group with a service that is bound to a subject of `subject`.
  template <class Visit>
  void for_each_bound_to(SubjectKey subject, Visit&& visit) const {
    for (auto at = std::lower_bound(pairs_.begin(), pairs_.end(), std::pair{subject, SubjectKey{}});
         at != pairs_.end() && at->first == subject; ++at)
      visit(at->second);
  }

 private:
  std::vector<std::pair<SubjectKey, SubjectKey>>
      pairs_;  // (of the subject, of the service), sorted
};

struct Layer {
  std::shared_ptr<const Snapshot> snapshot;
  KeySet owned;  // its groups, and those that are empty now
  Bonds bonds;
};

// The bonds of a base, looked for when the first delta asks: opening a registry stays instant.
struct BaseBonds {
  std::once_flag once;
  Bonds bonds;

  const Bonds& of(const Snapshot& base) {
    std::call_once(once, [&] { bonds.scan(base); });
    return bonds;
  }
};

// The rows of one group in one snapshot.
struct GroupRows {
  std::uint32_t first_subject = 0;
  std::uint32_t subject_count = 0;  // 0: the snapshot does not hold the group
  ServiceRange services;
};
GroupRows group_rows(const Snapshot& snapshot, SubjectKey key) noexcept;

}  // namespace beian::cache
