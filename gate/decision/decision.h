// The answer to one check, before it becomes JSON. Reused between checks; holds views into the
// generation and the request it was made from.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "cache/snapshot/generation.h"
#include "gate/decision/finding.h"

namespace beian {

// Strongest identity that was compared and matched.
enum class Assurance : std::uint8_t { kNone, kNumber, kName, kPackage, kCertificate };
std::string_view name_of(Assurance assurance) noexcept;

// Not given or not in the registry; differs; equal.
enum class Match : std::uint8_t { kNotCompared, kDiffers, kMatches };

struct Compared {
  Match number = Match::kNotCompared;
  Match kind = Match::kNotCompared;
  Match name = Match::kNotCompared;
  Match sponsor = Match::kNotCompared;
  Match platform = Match::kNotCompared;
  Match package = Match::kNotCompared;
  Match certificate = Match::kNotCompared;  // fingerprint or public key
  Match domain = Match::kNotCompared;
  Match ip = Match::kNotCompared;
};

class Decision {
 public:
  // Enough for any request; add() asserts it.
  static constexpr std::size_t kFindingsMax = 224;
  static constexpr std::size_t kCandidatesShownMax = 8;

  void clear();

  std::span<const Finding> findings() const noexcept { return {findings_.data(), finding_count_}; }
  std::span<Finding> findings() noexcept { return {findings_.data(), finding_count_}; }
  Finding& add(Code code, FieldId field = FieldId::kNone);
  bool has(Code code) const noexcept;

  // Never kNote: with notes only, allow.
  Effect effect = Effect::kAllow;
  // What full enforcement would have decided, when policy is in a softer mode; otherwise equal to
  // `effect`.
  Effect would_be = Effect::kAllow;
  // Whether the answer shows `would_be`: the policy is in a softer mode, or a softer mode of one
  // code changed the effect.
  bool is_softened = false;
  Operation operation = Operation::kDistribute;
  Assurance assurance = Assurance::kNone;
  Compared compared;
  ParsedNumber number;  // of the claimed text; default-constructed when none was claimed
  bool is_number_claimed = false;
  std::optional<cache::ServiceView> filing;   // matched, or closest
  std::optional<cache::SubjectView> subject;  // of the filing, or of a claimed subject number
  std::array<FilingNumber, kCandidatesShownMax> candidates{};  // AMBIGUOUS
  std::uint32_t candidate_count = 0;                           // in all, including those not shown
  std::uint64_t serial = 0;
  std::uint64_t age_seconds = 0;
  Instant registry_as_of{};
  cache::Freshness freshness = cache::Freshness::kFresh;

 private:
  std::array<Finding, kFindingsMax> findings_;
  std::size_t finding_count_ = 0;
};

}  // namespace beian
