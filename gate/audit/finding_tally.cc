#include "gate/audit/finding_tally.h"

#include <algorithm>
#include <numeric>

namespace beian::audit {

Effect FindingTally::worst() const noexcept {
  for (std::size_t effect = by_effect.size(); effect-- > 0;)
    if (by_effect[effect] > 0) return static_cast<Effect>(effect);
  return Effect::kNote;
}

std::vector<FindingTally> finding_tallies(const Summary& summary) {
  std::vector<FindingTally> tallies;
  for (int i = 0; i < kCodeCount; ++i) {
    FindingTally tally{static_cast<Code>(i), summary.findings[static_cast<std::size_t>(i)], 0};
    for (const std::uint64_t count : tally.by_effect) tally.total += count;
    if (tally.total > 0) tallies.push_back(tally);
  }
  std::ranges::stable_sort(tallies, [](const FindingTally& a, const FindingTally& b) {
    return a.worst() != b.worst() ? a.worst() > b.worst() : a.total > b.total;
  });
  return tallies;
}

std::uint64_t total_of(const OutcomeCounts& rows) noexcept {
  return std::accumulate(rows.begin(), rows.end(), std::uint64_t{0});
}

std::vector<PlatformTally> platforms_by_rows(const Summary& summary) {
  std::vector<PlatformTally> platforms = summary.platforms;
  std::ranges::stable_sort(platforms, std::ranges::greater{},
                           [](const PlatformTally& tally) { return total_of(tally.rows); });
  return platforms;
}

}  // namespace beian::audit
