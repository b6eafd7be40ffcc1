#include "cache/base/bytes.h"

#include <gtest/gtest.h>

namespace beian {
namespace {

TEST(Hex, GoesBothWaysInEitherCaseWithColonsAndSpaces) {
  std::array<std::uint8_t, 4> bytes{};
  for (const std::string_view text : {"00ffA0b1", "00:FF:a0:B1", "00 ff a0 b1", "00ff:A0b1",
                                      "0:0ffa0b1", "00ffa0b1 ", "00:ff:\n\t  a0:b1\r\n"}) {
    ASSERT_EQ(from_hex(text, bytes), 4) << text;
    EXPECT_EQ(to_hex(bytes), "00ffa0b1");
  }
}

TEST(Hex, RefusesOddDigitsStrangersAndMoreThanFits) {
  std::array<std::uint8_t, 2> bytes{};
  EXPECT_EQ(from_hex("abc", bytes), -1);
  EXPECT_EQ(from_hex("ag", bytes), -1);
  EXPECT_EQ(from_hex("aabbcc", bytes), -1);
  EXPECT_EQ(from_hex("", bytes), 0);
}

TEST(Base64, GoesBothWaysAtEveryLength) {
  std::vector<std::uint8_t> bytes;
  for (std::uint8_t i = 0; i < 70; ++i) {
    std::vector<std::uint8_t> back;
    ASSERT_TRUE(from_base64(to_base64(bytes), &back));
    EXPECT_EQ(back, bytes);
    bytes.push_back(static_cast<std::uint8_t>(i * 37));
  }
}

TEST(Base64, RefusesWhatIsNot) {
  std::vector<std::uint8_t> bytes;
  for (const std::string_view text : {"a", "ab=c", "ab!=", "abc", "=abc", "ab==="})
    EXPECT_FALSE(from_base64(text, &bytes)) << text;
  EXPECT_TRUE(from_base64(" YW\nJj ", &bytes));
  EXPECT_EQ(as_text(bytes), "abc");
}

struct Utf8Row {
  std::string_view name;
  std::string_view text;
  bool want;
};
constexpr Utf8Row kUtf8Rows[] = {
    {"empty", "", true},
    {"ascii", "abc", true},
    {"han", "京ICP备", true},
    {"four_bytes", "\xF0\x9F\x98\x80", true},
    {"last_code_point", "\xF4\x8F\xBF\xBF", true},
    {"beyond_last", "\xF4\x90\x80\x80", false},
    {"overlong_two", "\xC0\x80", false},
    {"overlong_three", "\xE0\x80\x80", false},
    {"surrogate", "\xED\xA0\x80", false},
    {"lone_continuation", "\x80", false},
    {"cut", "\xE4\xBA", false},
    {"latin1", "\xE9", false},
};

TEST(Utf8, IsWellFormedOrNot) {
  for (const Utf8Row& row : kUtf8Rows) EXPECT_EQ(is_utf8(row.text), row.want) << row.name;
}

TEST(Printable, LeavesNothingThatMovesACursorOrALine) {
  EXPECT_EQ(printable("京ICP备\n\x1b[2J"), "京ICP备\\u{A}\\u{1B}[2J");
  EXPECT_EQ(printable("a\xE2\x80\xAE"
                      "b\xE2\x80\xA8"),
            "a\\u{202E}b\\u{2028}");
  EXPECT_EQ(printable("\xFF\xC2\x85"), "\\xFF\\u{85}");
  EXPECT_EQ(printable("abcdef", 3), "abc…");
}

}  // namespace
}  // namespace beian
