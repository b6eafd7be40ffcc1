// Subjects whose number is one slip of the pen away from another's.
//
//   two neighbouring digits swapped    2023000051   2032000015 …      at most 9
//   one digit mistyped                 2023000016   2023000025 …      90, or 72 after 20
//   the year shortened or lengthened   23000015                       1
//   another province                   津ICP备2023000015号 …            30, or up to 37 on licences
//   another form with as many digits   粤B2-20090059 for 粤ICP备20090059号   at most 19
//
// Keys only: whether they exist is for the registry to say. Pure; any thread.
#pragma once

#include <optional>
#include <utility>

#include "cache/filing/key_parts.h"
#include "cache/filing/number.h"
#include "cache/filing/provinces.h"
#include "gate/decision/suggest.h"

namespace beian {

// The slip by which `number` could have come from a number of the subject `other`; nullopt when it
// takes more than one, or none.
std::optional<SuggestionReason> slip_between(const FilingNumber& number, SubjectKey other) noexcept;

// The subject whose main has the other length: with its year shortened, 2023000001 reads 23000001,
// and the other way round.
std::optional<SubjectKey> with_other_year(const NumberParts& parts) noexcept;

// Whether `province` may stand on a number of this form. Licences of both forms also print other
// characters, 川 for 蜀, and those issued by the ministry print 合字 or none.
constexpr bool is_printed_on(Form form, std::uint8_t province) noexcept {
  if (form == Form::kLicence) return province < kProvinceCount || province == kCrossProvince;
  if (province == kNoProvince || province >= kProvinceCount) return false;
  return form == Form::kIcpLicence || kProvinces[province].is_on_filings;
}

// Calls `visit(subject)` for each number of the same province and digits in another form: ICP备,
// ICP证, or a licence whose classes include B2, under which services like apps are licensed.
template <class Visit>
void for_each_other_form(const NumberParts& parts, Visit visit) {
  if (parts.main_digits == 10) return;  // only ICP备 has as many
  // Eight-digit licences begin with a four-digit year, filings with a two-digit one.
  const std::uint64_t century = parts.main / 1'000'000;
  const bool has_year = parts.main_digits == 6 || century == 19 || century == 20;
  const auto visit_of = [&](std::uint8_t province, Form form, std::uint8_t classes) {
    const bool is_same = form == parts.form && (form != Form::kLicence || classes == parts.classes);
    if (is_same || !is_printed_on(form, province)) return;
    NumberParts other = parts;
    other.province = province;
    other.form = form;
    other.classes = classes;
    other.serial = 0;
    other.kind = Kind::kSubject;
    visit(FilingNumber::pack(other).subject());
  };
  const auto visit_all_of = [&](std::uint8_t province) {
    if (parts.main_digits == 8) visit_of(province, Form::kFiling, 0);
    visit_of(province, Form::kIcpLicence, 0);
    for (std::uint8_t classes = kB2; classes < 2 * kB2 && has_year; ++classes)
      visit_of(province, Form::kLicence, classes);
  };
  visit_all_of(parts.province);
  const std::uint8_t namesake = namesake_of(parts.province);
  if (namesake != parts.province) visit_all_of(namesake);
}

// Calls `visit(subject, reason)` for each near subject, in the order of the list above.
template <class Visit>
void for_each_near_subject(const FilingNumber& number, Visit visit) {
  const NumberParts parts = number.parts();
  const SubjectKey key = number.subject();
  std::uint64_t unit = 1;  // place value of the digit at hand
  for (unsigned i = 1; i < parts.main_digits; ++i) unit *= 10;
  // Ten digits begin with a year: a slip that leaves this century leads nowhere.
  const bool has_year = parts.main_digits == 10 && parts.main / (unit / 10) == 20;
  const std::uint64_t first = has_year ? unit / 100 : unit;
  for (unit = first; unit > 1; unit /= 10) {
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
  const auto visit_province = [&](std::uint8_t province) {
    if (province != parts.province && is_printed_on(parts.form, province))
      visit(with_province(key, province), SuggestionReason::kOtherProvince);
  };
  for (std::uint8_t province = 0; province < kProvinceCount; ++province) visit_province(province);
  visit_province(kCrossProvince);
  for_each_other_form(parts, [&](SubjectKey other) { visit(other, SuggestionReason::kOtherForm); });
}

}  // namespace beian
