// Exceptions: for one app and a limited time, chosen codes count as notes. Each has an owner, a
// reason and an expiry date.
//
// Immutable after construction; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cache/filing/number.h"
#include "gate/decision/decision.h"
#include "gate/decision/finding.h"
#include "gate/decision/request.h"

namespace beian {

// Set of codes, one bit each.
using CodeSet = std::uint64_t;
static_assert(kCodeCount <= 64, "a CodeSet has one bit for each code");
constexpr CodeSet code_bit(Code code) noexcept {
  return CodeSet{1} << static_cast<unsigned>(code);
}

struct PolicyException {
  std::string owner;  // who answers for it
  std::string note;   // why
  // Scope: everything given must match. At least one of number and package is given.
  std::optional<FilingNumber> number;  // a subject number covers all its services
  std::string package;
  std::string platform;         // given exactly when package is
  std::uint8_t operations = 0;  // bit 1 << Operation
  CodeSet codes = 0;
  std::optional<Day> from;  // first day
  Day expires{};            // last day
  std::uint32_t line = 0;   // where it stands in the file

  friend bool operator==(const PolicyException&, const PolicyException&) = default;
};

class PolicyExceptions {
 public:
  explicit PolicyExceptions(std::vector<PolicyException> exceptions);

  // The codes that exceptions lift for this request on `day`. O(log n), no allocation.
  CodeSet lifted(const CheckRequest& request, const Decision& decision, Day day) const noexcept;

  const std::vector<PolicyException>& all() const noexcept { return exceptions_; }

 private:
  CodeSet lifted_by_number(FilingNumber number, const CheckRequest& request,
                           Day day) const noexcept;

  std::vector<PolicyException> exceptions_;                             // in the order of the file
  std::vector<std::pair<FilingKey, std::uint32_t>> by_number_;          // sorted
  std::vector<std::pair<std::string_view, std::uint32_t>> by_package_;  // sorted; without number
};

}  // namespace beian
