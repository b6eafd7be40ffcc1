// The result of one row of a catalog, from which every report is made.
//
// Holds views that are valid while the row is being reported, on the reporting thread. Whoever
// keeps anything copies it (as summary.h does).
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

// A row's decision, or that it could not be read; in order of rising concern. `--only` and reports
// group rows by it; stored by name.
enum class Outcome : std::uint8_t { kAllow, kReview, kUnknown, kDeny, kBad };
inline constexpr int kOutcomeCount = 5;
std::string_view name_of(Outcome outcome) noexcept;  // allow, review, unknown, deny, bad
std::optional<Outcome> parse_outcome(std::string_view name) noexcept;

// A set of outcomes, one bit each.
using OutcomeSet = std::uint8_t;
constexpr OutcomeSet outcome_bit(Outcome outcome) noexcept {
  return static_cast<OutcomeSet>(1U << static_cast<unsigned>(outcome));
}

struct RowResult {
  std::uint64_t row = 0;   // from 1; blank lines and a CSV header do not count
  std::uint64_t line = 0;  // of the catalog, from 1, where the row begins

  const CheckRequest* request = nullptr;   // never null; for a bad row, what could be read: its id
  const Decision* decision = nullptr;      // null for a bad row
  const wire::Problem* problem = nullptr;  // null except for a bad row

  // The number judged: the claimed one if it is valid, otherwise the one that was found.
  std::optional<FilingNumber> number;
  // Members of the row that no check request has; none for a CSV row, whose header reports them.
  std::span<const wire::UnknownMember> unknown;
  // The row's answer as one line of JSON without the line end: brief, or full if the row or
  // the audit asks for that; for a bad row {"id":…,"row":…,"problem":{…}}.
  std::string_view json;

  Outcome outcome() const noexcept;
};

}  // namespace beian::audit
