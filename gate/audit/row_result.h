// What came out of one row of a catalog: the one thing that every report is made from.
//
// Views: good while the row is being reported, on the thread that reports it. Whoever keeps
// something copies it (summary.h does).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "cache/filing/number.h"
#include "gate/decision/decision.h"
#include "gate/decision/request.h"
#include "gate/wire/problem.h"
#include "gate/wire/request_json.h"

namespace beian::audit {

// A row's decision, or that it could not be read. In rising order of concern, as `--only` and
// reports group rows; stored by name.
enum class Outcome : std::uint8_t { kAllow, kReview, kUnknown, kDeny, kBad };
inline constexpr int kOutcomeCount = 5;
std::string_view name_of(Outcome outcome) noexcept;  // allow, review, unknown, deny, bad
std::optional<Outcome> parse_outcome(std::string_view name) noexcept;

// Set of outcomes, one bit each.
using OutcomeSet = std::uint8_t;
constexpr OutcomeSet outcome_bit(Outcome outcome) noexcept {
  return static_cast<OutcomeSet>(1U << static_cast<unsigned>(outcome));
}

struct RowResult {
  std::uint64_t row = 0;   // from 1; blank lines and a CSV's header are no rows
  std::uint64_t line = 0;  // of the catalog, from 1, where the row begins

  const CheckRequest* request = nullptr;   // never null; of a bad row, what could be read: its id
  const Decision* decision = nullptr;      // null for a bad row
  const wire::Problem* problem = nullptr;  // null but for a bad row

  // The number judged: as claimed where it reads as one, else the one that was found.
  std::optional<FilingNumber> number;
  // Members of the row that no check request has; of a CSV row none, since its header tells.
  std::span<const wire::UnknownMember> unknown;
  // The row's answer as one line of JSON without its end: brief, or full where the row asks for it;
  // {"id":…,"row":…,"problem":{…}} for a bad row.
  std::string_view json;

  Outcome outcome() const noexcept;
};

}  // namespace beian::audit
