#include "cache/filing/plausible.h"

#include <array>

#include "cache/filing/provinces.h"

namespace beian {
namespace {

// How a main is composed, by form and number of digits: a year, then a counter. A main without a
// row is checked for placeholders only.
struct YearRule {
  Form form;
  std::uint8_t main_digits;
  std::uint64_t counter_end;  // the counter is main % counter_end, the year main / counter_end
  std::uint64_t year_first;
  std::uint64_t year_last;
};

// Policy: no number is of a year to come. The last year is a constant rather than today's, so that
// a text is judged the same every day, and under a wrong clock.
constexpr std::uint64_t kYearLast = 2039;

constexpr std::array<YearRule, 3> kYearRules = {{
    // Observed: 197 printed numbers of eight digits have years 05 to 20, 143 of ten digits have
    // 2020 or later. Some of them are in fixtures/filing_numbers.tsv.
    {Form::kFiling, 8, 1'000'000, 5, 20},
    {Form::kFiling, 10, 1'000'000, 2020, kYearLast},
    // Observed: licences of 2004 to 2026; the regulations on telecommunications are of 2000.
    {Form::kLicence, 8, 10'000, 1999, kYearLast},
}};

// Policy: the subject of the test identities, 京ICP备2099000000号, has to look like any other.
constexpr std::uint64_t kTestMain = 2'099'000'000;

bool is_test_subject(const NumberParts& parts) noexcept {
  return parts.form == Form::kFiling && parts.main == kTestMain &&
         kProvinces[parts.province].character == "京";
}

// 66666666, 12345678, 1234567890, 87654321: every digit is the one before it plus the same step.
bool is_placeholder(std::uint64_t main, unsigned digits) noexcept {
  const auto step_at = [](std::uint64_t value) { return (value % 10 + 10 - value / 10 % 10) % 10; };
  const std::uint64_t step = step_at(main);
  if (step != 0 && step != 1 && step != 9) return false;
  for (unsigned i = 2; i < digits; ++i)
    if (step_at(main /= 10) != step) return false;
  return true;
}

}  // namespace

bool is_plausible(const NumberParts& parts) noexcept {
  if (is_placeholder(parts.main, parts.main_digits)) return false;
  for (const YearRule& rule : kYearRules) {
    if (rule.form != parts.form || rule.main_digits != parts.main_digits) continue;
    if (is_test_subject(parts)) return true;
    const std::uint64_t year = parts.main / rule.counter_end;
    // Counters start at 1.
    return year >= rule.year_first && year <= rule.year_last && parts.main % rule.counter_end != 0;
  }
  return true;
}

}  // namespace beian
