// Suggestions: the nearest filings to what was claimed. A suggestion never changes a decision.
#pragma once

#include <cstdint>
#include <vector>

#include "cache/snapshot/generation.h"
#include "gate/decision/decision.h"
#include "gate/decision/request.h"

namespace beian {

// Why a filing is suggested; gate/wire's suggestion_words() puts it into zh-CN or en.
enum class SuggestionReason : std::uint8_t {
  kSameNumberOtherKind,  // the letter is wrong or missing
  kSameSubjectSameName,
  kSameSubjectSamePackage,
  kSameSubjectSameCertificate,  // package renamed, same signing certificate
  kSameSubject,
  kSamePackage,      // another subject's number was claimed for a known package
  kSameCertificate,  // likewise for a known certificate
  kLetterForDigit,   // O for 0, I for 1, S for 5, B for 8
  kTextDamaged,      // damage around the digits: ICP备, the hyphen, a name before the number
  kDigitsSwapped,
  kDigitMistyped,  // one digit
  kDigitsMissing,  // main digits missing or in excess, such as 8 for 10, or the reverse
  kOtherProvince,  // the same digits under another province
  kOtherForm,      // ICP备 for a licence, and the like
};

struct Suggestion {
  cache::ServiceView filing;
  SuggestionReason reason;
};

inline constexpr std::size_t kSuggestionsMax = 5;

// Best first, each number once, only valid filings (none pending or cancelled), at most
// kSuggestionsMax; none for an allow, and none when the number is right and something else is
// wrong. Cost: a few hundred look-ups for a number that is not filed, and a bounded number of
// filings compared, however many a subject or a certificate has.
std::vector<Suggestion> suggest(const CheckRequest& request, const Decision& decision,
                                const cache::Generation& generation);

}  // namespace beian
