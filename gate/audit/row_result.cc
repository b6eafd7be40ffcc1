#include "gate/audit/row_result.h"

#include <algorithm>
#include <array>

namespace beian::audit {
namespace {

constexpr std::array<std::string_view, kOutcomeCount> kNames = {"allow", "review", "unknown",
                                                                "deny", "bad"};

}  // namespace

std::string_view name_of(Outcome outcome) noexcept {
  return kNames[static_cast<std::size_t>(outcome)];
}

std::optional<Outcome> parse_outcome(std::string_view name) noexcept {
  const auto found = std::ranges::find(kNames, name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<Outcome>(found - kNames.begin());
}

Outcome RowResult::outcome() const noexcept {
  if (decision == nullptr) return Outcome::kBad;
  switch (decision->effect) {
    case Effect::kDeny:
      return Outcome::kDeny;
    case Effect::kUnknown:
      return Outcome::kUnknown;
    case Effect::kReview:
      return Outcome::kReview;
    case Effect::kAllow:
    case Effect::kNote:
      break;
  }
  return Outcome::kAllow;
}

}  // namespace beian::audit
