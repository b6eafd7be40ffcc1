// Goal: every number one slip away is visited exactly once, labelled with its slip, and
// slip_between() agrees. Method: a naive twin works on the printed digits.
#include "gate/decision/near_numbers.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "cache/filing/key_parts.h"
#include "cache/filing/parse.h"

namespace beian {
namespace {

using Slips = std::map<SubjectKey, SuggestionReason>;

FilingNumber number(std::string_view text) {
  const ParsedNumber parsed = parse_number(text);
  EXPECT_TRUE(parsed.is_number()) << text;
  return parsed.number;
}

Slips slips_of(const FilingNumber& of) {
  Slips out;
  for_each_near_subject(of, [&](SubjectKey key, SuggestionReason reason) {
    EXPECT_TRUE(out.emplace(key, reason).second) << "visited twice";
  });
  return out;
}

std::string text_with(std::string_view before, const std::string& digits, std::string_view after) {
  return std::string(before) + digits + std::string(after);
}

// The naive twin: digits as text, provinces by their characters.
Slips naive_slips_of(std::string_view before, const std::string& digits, std::string_view after) {
  Slips out;
  const auto add = [&](const std::string& changed, SuggestionReason reason) {
    const bool is_of_another_century =
        digits.size() == 10 && digits.starts_with("20") && !changed.starts_with("20");
    if (changed != digits && (!is_of_another_century || changed.size() != 10))
      out.emplace(number(text_with(before, changed, after)).subject(), reason);
  };
  for (std::size_t i = 0; i + 1 < digits.size(); ++i) {
    std::string changed = digits;
    std::swap(changed[i], changed[i + 1]);
    add(changed, SuggestionReason::kDigitsSwapped);
  }
  for (std::size_t i = 0; i < digits.size(); ++i)
    for (char digit = '0'; digit <= '9'; ++digit) {
      std::string changed = digits;
      changed[i] = digit;
      add(changed, SuggestionReason::kDigitMistyped);
    }
  const std::string_view rest = before.substr(3);
  const bool is_filing = rest == "ICP备";
  if (is_filing && digits.size() == 8) add("20" + digits, SuggestionReason::kDigitsMissing);
  if (is_filing && digits.starts_with("20") && digits.size() == 10)
    add(digits.substr(2), SuggestionReason::kDigitsMissing);
  const bool is_licence = rest.starts_with("A") || rest.starts_with("B");  // not ICP证
  const auto add_head = [&](const std::string& head, bool is_head_licence,
                            SuggestionReason reason) {
    const std::string hao = is_head_licence ? "" : "号";
    const ParsedNumber parsed = parse_number(head + digits + hao);
    if (!parsed.is_number() || parsed.repairs != 0) return;
    if (parsed.number.subject() == number(text_with(before, digits, after)).subject()) return;
    out.emplace(parsed.number.subject(), reason);
  };
  std::vector<std::string> characters;
  for (const Province& province : kProvinces) characters.emplace_back(province.character);
  if (is_licence) characters.emplace_back("合字");
  for (const std::string& character : characters)
    add_head(character + std::string(rest), is_licence, SuggestionReason::kOtherProvince);
  // Sichuan is 蜀 on filings and 川 on licences, so a change of form may change the character too.
  const std::string own(before.substr(0, 3));
  const std::map<std::string, std::string> kNamesakes = {{"蜀", "川"}, {"川", "蜀"}};
  for (const std::string& character : {own, kNamesakes.contains(own) ? kNamesakes.at(own) : own}) {
    for (const char* head : {"ICP备", "ICP证"})
      add_head(character + head, false, SuggestionReason::kOtherForm);
    if (digits.size() == 8 && !digits.starts_with("19") && !digits.starts_with("20")) continue;
    for (const char* classes :
         {"B2", "B1.B2", "A2.B2", "A2.B1.B2", "A1.B2", "A1.B1.B2", "A1.A2.B2", "A1.A2.B1.B2"})
      add_head(character + classes + "-", true, SuggestionReason::kOtherForm);
  }
  return out;
}

struct SlipRow {
  std::string_view before;
  std::string digits;
  std::string_view after;
};
const SlipRow kSlipRows[] = {
    {"京ICP备", "2023000015", "号-2A"}, {"京ICP备", "2099999999", "号"},
    {"粤ICP备", "12004567", "号-1"},    {"蜀ICP备", "00000000", "号-3X"},
    {"京ICP证", "030173", "号"},        {"川B2-", "20100027", "-9A"},
    {"京ICP备", "1123344455", "号-7A"},
};

TEST(NearNumbers, AreThoseThatOneSlipOfThePenMakes) {
  for (const SlipRow& row : kSlipRows) {
    const FilingNumber of = number(text_with(row.before, row.digits, row.after));
    const Slips slips = slips_of(of);
    EXPECT_EQ(slips, naive_slips_of(row.before, row.digits, row.after)) << canonical(of);
    for (const auto& [key, reason] : slips) EXPECT_EQ(slip_between(of, key), reason);
  }
}

TEST(NearNumbers, NoneIsItselfOrTwoSlipsAway) {
  const FilingNumber of = number("京ICP备2023000015号-2A");
  EXPECT_EQ(slip_between(of, of.subject()), std::nullopt);
  const Slips near = slips_of(of);
  for (const auto& [key, reason] : near) {
    for (const auto& [farther, again] : slips_of(FilingNumber::from_key(filing_key(key, 0), {}))) {
      if (near.contains(farther)) continue;
      EXPECT_EQ(slip_between(of, farther), std::nullopt);
    }
  }
}

TEST(NearNumbers, OfALicenceOfTheMinistryAreOtherLicences) {
  const Slips slips = slips_of(number("合字B2-20100027"));
  EXPECT_EQ(slips.size(), 72U + 5U + 36U + 7U)
      << "digits; 2|0 1|0 0|0 … swapped where they differ; provinces and none; classes with B2";
  EXPECT_EQ(slip_between(number("合字B2-20100027"), number("B2-20100027").subject()),
            SuggestionReason::kOtherProvince);
}

// The same digits after a character that only licences have.
TEST(NearNumbers, NoFilingIsMeantWithAProvinceOfLicences) {
  const std::uint8_t chuan = number("川B2-20100027").parts().province;
  const FilingNumber filing = number("京ICP备12004567号");
  EXPECT_EQ(slip_between(filing, with_province(filing.subject(), chuan)), std::nullopt);
}

}  // namespace
}  // namespace beian
