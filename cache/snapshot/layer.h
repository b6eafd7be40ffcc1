// One overlay of a registry (registry.h): a small snapshot, and the numbers it answers for. Also
// the bonds between numbers, of overlays and of the base.
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

// Services bound to a subject of another number. Rare: a licence holder that files its sites under
// 备.
class Bonds {
 public:
  // One pass over the services of `snapshot`: 6 ns each.
  void scan(const Snapshot& snapshot);

  // Calls `visit(number)` for each filing number that has a service bound to a subject of
  // `subject`, which is not the filing number's own subject number.
  template <class Visit>
  void for_each_bound_to(SubjectKey subject, Visit&& visit) const {
    for (auto at = std::lower_bound(pairs_.begin(), pairs_.end(), std::pair{subject, FilingKey{}});
         at != pairs_.end() && at->first == subject; ++at)
      visit(at->second);
  }

 private:
  std::vector<std::pair<SubjectKey, FilingKey>> pairs_;  // of subject and service, sorted
};

struct Layer {
  std::shared_ptr<const Snapshot> snapshot;
  // The numbers it answers for: where it holds nothing under one of them, nothing is left.
  KeySet<FilingKey> filings;    // all services with the number
  KeySet<SubjectKey> subjects;  // all subjects with the number
  Bonds bonds;
};

// The bonds of a base, found when the first delta asks for them: opening a registry stays instant.
struct BaseBonds {
  std::once_flag once;
  Bonds bonds;

  const Bonds& of(const Snapshot& base) {
    std::call_once(once, [&] { bonds.scan(base); });
    return bonds;
  }
};

// The subjects with one number in one snapshot.
struct SubjectRows {
  std::uint32_t first_subject = 0;
  std::uint32_t subject_count = 0;  // 0: it holds none
};
SubjectRows subject_rows(const Snapshot& snapshot, SubjectKey key) noexcept;

}  // namespace beian::cache
