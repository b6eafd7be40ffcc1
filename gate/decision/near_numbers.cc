#include "gate/decision/near_numbers.h"

namespace beian {
namespace {

constexpr std::uint64_t kCentury = 2'000'000'000;

// The slip between two mains with the same number of digits.
std::optional<SuggestionReason> slip_of_mains(std::uint64_t a, std::uint64_t b) noexcept {
  if (a == b) return std::nullopt;
  while (a % 10 == b % 10) {
    a /= 10;
    b /= 10;
  }
  if (a / 10 == b / 10) return SuggestionReason::kDigitMistyped;
  const bool is_swapped = a / 100 == b / 100 && a % 10 == b / 10 % 10 && b % 10 == a / 10 % 10;
  if (is_swapped) return SuggestionReason::kDigitsSwapped;
  return std::nullopt;
}

bool is_other_form(const NumberParts& parts, SubjectKey other) noexcept {
  bool is_one = false;
  for_each_other_form(parts, [&](SubjectKey key) { is_one |= key == other; });
  return is_one;
}

}  // namespace

std::optional<SubjectKey> with_other_year(const NumberParts& parts) noexcept {
  if (parts.form != Form::kFiling) return std::nullopt;
  NumberParts changed = parts;
  if (parts.main_digits == 8) {
    changed.main_digits = 10;
    changed.main = kCentury + parts.main;
  } else if (parts.main / 100'000'000 == kCentury / 100'000'000) {
    changed.main_digits = 8;
    changed.main = parts.main - kCentury;
  } else {
    return std::nullopt;
  }
  return FilingNumber::pack(changed).subject();
}

std::optional<SuggestionReason> slip_between(const FilingNumber& number,
                                             SubjectKey other) noexcept {
  const NumberParts parts = number.parts();
  const SubjectKey key = number.subject();
  const std::uint64_t other_main = main_of(other);
  if (with_main(key, other_main) == other) return slip_of_mains(parts.main, other_main);
  if (with_other_year(parts) == other) return SuggestionReason::kDigitsMissing;
  const std::uint8_t province = province_of(other);
  if (with_province(key, province) == other && is_printed_on(parts.form, province))
    return SuggestionReason::kOtherProvince;
  if (parts.main == other_main && is_other_form(parts, other)) return SuggestionReason::kOtherForm;
  return std::nullopt;
}

}  // namespace beian
