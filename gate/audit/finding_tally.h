// Findings and platforms, counted and ordered for reports.
//
// Pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "gate/audit/summary.h"

namespace beian::audit {

struct FindingTally {
  Code code = Code::kNotComparable;
  std::array<std::uint64_t, 5> by_effect{};  // by Effect
  std::uint64_t total = 0;

  // The worst effect that the code had in any row.
  Effect worst() const noexcept;
};

// All codes that occurred, ordered by worst effect, then by count, then by code.
std::vector<FindingTally> finding_tallies(const Summary& summary);

std::uint64_t total_of(const OutcomeCounts& rows) noexcept;

// The platforms, those with most rows first.
std::vector<PlatformTally> platforms_by_rows(const Summary& summary);

// False for notes: in lists of rows they would hide what matters.
inline bool is_shown(const ListedFinding& finding) noexcept {
  return finding.effect != Effect::kNote;
}

}  // namespace beian::audit
