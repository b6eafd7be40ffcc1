// Findings: what a check establishes. A finding is a fact and never depends on policy; policy.h
// turns its code into an effect.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "cache/base/time.h"
#include "cache/filing/parse.h"
#include "cache/filing/record.h"

namespace beian {

enum class Operation : std::uint8_t { kDistribute, kConnect, kPreinstall };
inline constexpr int kOperationCount = 3;
std::string_view name_of(Operation operation) noexcept;  // distribute, connect, preinstall
std::optional<Operation> parse_operation(std::string_view name) noexcept;

// In rising order: the worst effect of a decision's findings wins.
enum class Effect : std::uint8_t { kNote, kAllow, kReview, kUnknown, kDeny };
inline constexpr std::size_t kEffectCount = 5;
std::string_view name_of(Effect effect) noexcept;  // note, allow, review, unknown, deny
std::optional<Effect> parse_effect(std::string_view name) noexcept;

// Names are the contract (API.md); order and number are not stored anywhere.
// clang-format off
enum class Code : std::uint8_t {
  // the number as text
  kNumberMissing, kNumberResolved, kAmbiguous, kNumberMalformed, kNumberRepaired,
  kNumberImplausible, kNotAFiling, kSubjectOnly, kWrongKind,
  // the filing's standing
  kNotFiled, kPending, kReturned, kServiceCancelled, kSubjectCancelled, kRevoked, kBlacklisted,
  kCancelling, kChangePending, kAccessRestricted, kShell,
  // identity
  kNameMismatch, kPackageNotFiled, kCertificateMismatch, kPublicKeyMismatch, kPlatformNotFiled,
  kSponsorMismatch, kDomainNotFiled, kIpNotFiled, kAccessNotAdded,
  // duties
  kApprovalMissing, kDisplayMissing, kDisplayMismatch, kProvinceMismatch, kNotComparable,
  // scope and dates
  kExemptOffline, kExemptOverseas, kExemptionContradicted, kBeforeRegime, kStockGrace,
  // the registry at hand
  kRegistryStale, kRegistryExpired, kRegistryIncomplete, kRegistryBehind,
};
// clang-format on
inline constexpr int kCodeCount = static_cast<int>(Code::kRegistryBehind) + 1;
std::string_view name_of(Code code) noexcept;  // "NUMBER_MISSING", …
std::optional<Code> parse_code(std::string_view name) noexcept;

// Fields of a request that a finding can be about; field_pointer() gives the JSON Pointer.
// clang-format off
enum class FieldId : std::uint8_t {
  kNone, kFilingNumber, kKind, kName, kSponsorName, kSponsorCertificate, kPlatform, kPackage,
  kFingerprint, kPublicKey, kDomains, kIps, kCategories, kProvider, kDisplayedNumber, kOffline,
  kNetworkPermission, kOperatorOverseas, kServersOverseas, kFirstPublished, kAsOf, kMinSerial,
  kHostPlatform,
};
// clang-format on
inline constexpr int kFieldCount = static_cast<int>(FieldId::kHostPlatform) + 1;
std::string_view field_pointer(FieldId field) noexcept;  // "/app/package"; "" for kNone

// Set of fields, one bit each.
using FieldSet = std::uint32_t;
constexpr FieldSet field_bit(FieldId field) noexcept {
  return 1U << static_cast<unsigned>(field);
}

// Given and expected values are not copied into a finding: gate/wire/values.h reads them from the
// request and the matched filing when they are wanted.
struct Finding {
  Code code = Code::kNotComparable;
  Effect effect = Effect::kNote;  // set by policy
  FieldId field = FieldId::kNone;
  std::uint8_t index = 0;  // which item of a list field
  // Each set only for the codes named; otherwise at its default.
  MalformedReason reason = MalformedReason::kNone;  // NUMBER_MALFORMED, DISPLAY_MISMATCH
  OtherRegister what = OtherRegister::kNone;        // NOT_A_FILING
  Status stage = Status::kUnknown;                  // PENDING
  bool is_overdue = false;                          // PENDING
  bool is_calendar_known = true;  // PENDING: false when only weekends were counted
  std::uint16_t repairs = 0;      // NUMBER_REPAIRED: set of Repair
  std::uint32_t offset = 0;       // NUMBER_MALFORMED; AMBIGUOUS: Resolution::compared_of_more
  FieldSet fields = 0;            // NOT_COMPARABLE, EXEMPTION_CONTRADICTED
  std::optional<Day> date;        // cancelled on; PENDING: due on
};

}  // namespace beian
