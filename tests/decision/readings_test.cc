// Goal: what follows from one reading is what reading every text would give.
// Method: a naive twin parses each of the hundred texts with a digit more or less, or another
// province.
#include "gate/decision/readings.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "cache/filing/provinces.h"

namespace beian {
namespace {

std::vector<FilingKey> keys_of(std::string_view text) {
  const ParsedNumber parsed = parse_number(text);
  EXPECT_FALSE(parsed.is_number()) << text;
  std::vector<FilingKey> out;
  for (const Reading& reading : readings_of(text, parsed.reason)) out.push_back(reading.key);
  return out;
}

void add_once(const std::string& text, std::vector<FilingKey>* out) {
  const ParsedNumber parsed = parse_number(text);
  if (parsed.is_number() && std::ranges::find(*out, parsed.number.key()) == out->end())
    out->push_back(parsed.number.key());
}

struct Row {
  std::string_view before;
  std::string_view digits;
  std::string_view after;
};
constexpr Row kDigitCounts[] = {
    {"京ICP备", "202300015", "号-2A"},
    {"京ICP备", "20230000015", "号-2A"},
    {"京ICP备", "1200456", "号"},
    {"京 ICP 备", "120045677", " 号 - 3"},
    {"备案号：京ICP备", "111111111", "号-1X"},
    {"京ICP备", "12345", "号"},
    {"川B2-", "2010027", "-9A"},
    {"京ICP证", "03017", "号"},
    {"京ICP备", "000000000", "号-1"},
    {"京ICP备", "202300015", "号-2Q"},
};

TEST(Readings, OfADigitTooManyOrTooFewAreThoseOfEveryText) {
  for (const Row& row : kDigitCounts) {
    const std::string text =
        std::string(row.before) + std::string(row.digits) + std::string(row.after);
    std::vector<FilingKey> want;
    for (std::size_t i = 0; i < row.digits.size(); ++i)
      add_once(std::string(text).erase(row.before.size() + i, 1), &want);
    for (std::size_t i = 0; i <= row.digits.size(); ++i)
      for (char digit = '0'; digit <= '9'; ++digit)
        add_once(std::string(text).insert(row.before.size() + i, 1, digit), &want);
    if (want.empty()) continue;  // then the subject is read, which suggest_test.cc sees
    EXPECT_EQ(keys_of(text), want) << text;
  }
}

TEST(Readings, OfALostProvinceAreThoseOfEveryProvince) {
  for (const std::string_view rest :
       {"ICP备2023000015号-2A", "ICP备12004567号", " icp备 12004567 号 - 1x", "ICP证030173号"}) {
    std::vector<FilingKey> want;
    for (const Province& province : kProvinces)
      if (province.is_on_filings)
        add_once(std::string(province.character) + std::string(rest), &want);
    ASSERT_EQ(want.size(), 31U) << rest;
    EXPECT_EQ(keys_of(rest), want) << rest;
    EXPECT_EQ(keys_of("萌" + std::string(rest)), want) << rest;
  }
}

}  // namespace
}  // namespace beian
