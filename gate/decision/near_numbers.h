// Subjects whose number is one slip of the pen away from another's.
//
//   two neighbouring digits swapped    2023000051   2032000015 …      at most 9
//   one digit mistyped                 2023000016   2023000025 …      90
//   the year shortened or lengthened   23000015                       1
//   another province                   津ICP备2023000015号 …            30, or 35 on licences
//
// Keys only: which of them exist is the registry's to say. Pure; any thread.
#pragma once

#include <optional>
#include <utility>

#include "cache/filing/key_parts.h"
#include "cache/filing/number.h"
#include "cache/filing/provinces.h"
#include "gate/decision/suggest.h"

namespace beian {

// How `number` could have become the number with the subject `other` by one slip; nullopt when it
// takes more, or none.
std::optional<SuggestionReason> slip_between(const FilingNumber& number, SubjectKey other) noexcept;

// The subject with the main of the other length: 23000001 is how 2023000001 reads when somebody
// shortens the year, and the other way round.
std::optional<SubjectKey> with_other_year(const NumberParts& parts) noexcept;

// True where `province` may stand on a number of this form. Licences print other characters too: 川
// for 蜀.
constexpr bool is_printed_on(Form form, std::uint8_t province) noexcept {
  return province != kNoProvince && province < kProvinceCount &&
         (kProvinces[province].is_on_filings || form == Form::kLicence);
}

// Calls `visit(subject, reason)` for each, in the order of the list above.
template <class Visit>
void for_each_near_subject(const FilingNumber& number, Visit visit) {
  const NumberParts parts = number.parts();
  const SubjectKey key = number.subject();
  std::uint64_t unit = 1;  // of the digit looked at
  for (unsigned i = 1; i < parts.main_digits; ++i) unit *= 10;
  const std::uint64_t first = unit;
  for (; unit > 1; unit /= 10) {
    const std::uint64_t left = parts.main / unit % 10;
    const std::uint64_t right = parts.main / (unit / 10) % 10;
    if (left != right)
      visit(with_main(key, parts.main + (right - left) * (unit - unit / 10)),
            SuggestionReason::kDigitsSwapped);
  }
  for (unit = first; unit > 0; unit /= 10) {
    const std::uint64_t digit = parts.main / unit % 10;
    const std::uint64_t rest = parts.main - digit * unit;
    for (std::uint64_t other = 0; other < 10; ++other)
      if (other != digit)
        visit(with_main(key, rest + other * unit), SuggestionReason::kDigitMistyped);
  }
  if (const auto other = with_other_year(parts)) visit(*other, SuggestionReason::kDigitsMissing);
  if (parts.province == kNoProvince || parts.province == kCrossProvince) return;
  for (std::uint8_t province = 1; province < kProvinceCount; ++province)
    if (province != parts.province && is_printed_on(parts.form, province))
      visit(with_province(key, province), SuggestionReason::kOtherProvince);
}

}  // namespace beian
