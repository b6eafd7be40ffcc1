// Goal: what is derived from one reading equals what reading every candidate text would give.
// Method: a naive twin parses each of the hundred texts with one digit more or fewer, or with
// another province.
#include "gate/decision/readings.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "cache/base/limits.h"
#include "cache/filing/key_parts.h"
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

struct DigitCountRow {
  std::string_view before;
  std::string_view digits;
  std::string_view after;
};
constexpr DigitCountRow kDigitCounts[] = {
    {"京ICP备", "202300015", "号-2A"},
    {"京ICP备", "20230000015", "号-2A"},
    {"京ICP备", "209900019", "号-9A"},
    {"京ICP备", "1200456", "号"},
    {"京 ICP 备", "120045677", " 号 - 3"},
    {"备案号：京ICP备", "111111111", "号-1X"},
    {"京ICP备", "12345", "号"},
    {"川B2-", "2010027", "-9A"},
    {"京ICP证", "03017", "号"},
    {"京ICP备", "000000000", "号-1"},
    {"京ICP备", "202300015", "号-2Q"},
    {"京ICP备", "202300015", ""},
    {"京ICP备", "1234", "号"},
    {"京ICP备", "123456789012", "号"},
};

TEST(Readings, OfADigitTooManyOrTooFewAreThoseOfEveryText) {
  for (const DigitCountRow& row : kDigitCounts) {
    const std::string text =
        std::string(row.before) + std::string(row.digits) + std::string(row.after);
    std::vector<FilingKey> want;
    for (std::size_t i = 0; i < row.digits.size(); ++i)
      add_once(std::string(text).erase(row.before.size() + i, 1), &want);
    for (std::size_t i = 0; i <= row.digits.size(); ++i)
      for (char digit = '0'; digit <= '9'; ++digit)
        add_once(std::string(text).insert(row.before.size() + i, 1, digit), &want);
    if (want.empty()) continue;  // then the subject is read: see suggest_test.cc
    EXPECT_EQ(keys_of(text), want) << text;
  }
}

// A licence without a province, with a kind letter that does not exist.
TEST(Readings, WhereNothingElseIsReadWhatStandsBeforeTheFaultIs) {
  const std::string text = "B2-20090059-26Q";
  EXPECT_EQ(keys_of(text), (std::vector{parse_number("B2-20090059").number.key(),
                                        parse_number("B2-20090059-26").number.key()}));
  for (const Reading& reading : readings_of(text, parse_number(text).reason))
    EXPECT_EQ(reading.slip, Reading::Slip::kService);
}

// A letter typed for a digit, whichever letter it is.
TEST(Readings, OfALetterAreThoseOfTheDigitThatItLooksLike) {
  const auto expect_read = [](const std::string& text, std::string_view meant) {
    const auto readings = readings_of(text, parse_number(text).reason);
    ASSERT_FALSE(readings.empty()) << text;
    EXPECT_EQ(readings[0].key, parse_number(meant).number.key()) << text;
    EXPECT_EQ(readings[0].slip, Reading::Slip::kLetterForDigit) << text;
    EXPECT_EQ(readings.size(), 1U) << text;
  };
  for (const auto& [letters, digit] :
       {std::pair{"Oo", "0"}, {"Iil", "1"}, {"Ss", "5"}, {"Bb", "8"}})
    for (const char letter : std::string(letters))
      expect_read("京ICP备20230000" + std::string(1, letter) + "5号-2A",
                  "京ICP备20230000" + std::string(digit) + "5号-2A");
}

// The B of -2B may be an 8 or a wrong kind letter.
TEST(Readings, OfALetterBehindTheSerialAreBoth) {
  EXPECT_EQ(keys_of("京ICP备2023000015号-2B"),
            (std::vector{parse_number("京ICP备2023000015号-28").number.key(),
                         parse_number("京ICP备2023000015号-2").number.key()}));
}

// No text is read for a slip that it does not have, and every reading is a number.
TEST(Readings, OfAnyTextForAnySlipAreNumbers) {
  const std::string_view texts[] = {"",
                                    "萌",
                                    "京",
                                    "号",
                                    "-",
                                    "备",
                                    "ICP备12345号-1A",
                                    "京ICP备2023000015号-2A",
                                    "京ICP备2023000015号2Q",
                                    "沪ICP备沪ICP备2023000015号",
                                    "京ICP备1234号",
                                    "京ICP备123456789012号-1A",
                                    "京ICP备12345 6789号-1A",
                                    "京ICP备",
                                    "没有备案"};
  for (const std::string_view text : texts)
    for (unsigned slip = 0; slip <= static_cast<unsigned>(MalformedReason::kUnexpectedText); ++slip)
      for (const Reading& reading : readings_of(text, static_cast<MalformedReason>(slip))) {
        const Kind kind = serial_of(reading.key) == 0 ? Kind::kSubject : Kind::kApp;
        EXPECT_NE(FilingNumber::from_key(reading.key, kind), FilingNumber{}) << text;
      }
}

TEST(Readings, OfATextLongerThanNumbersAreNone) {
  const std::string text = "京ICP备2O23000015号-2A";
  EXPECT_FALSE(readings_of(text, MalformedReason::kMainDigitCount).empty());
  const std::string longest = std::string(limits::kNumberTextBytesMax - text.size(), 'X') + text;
  EXPECT_FALSE(readings_of(longest, MalformedReason::kUnexpectedText).empty());
  EXPECT_TRUE(readings_of("X" + longest, MalformedReason::kUnexpectedText).empty());
  EXPECT_TRUE(readings_of(text + std::string(limits::kNumberTextBytesMax, ' '),
                          MalformedReason::kMainDigitCount)
                  .empty());
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
