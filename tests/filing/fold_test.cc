// Goal: each kind of typography folds to the one character that was meant and keeps its offset.
// Whole numbers in odd typography are rows of fixtures/filing_numbers.tsv.
#include "cache/filing/fold.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace beian {
namespace {

std::u32string folded(std::string_view text) {
  const auto out = std::make_unique<FoldedText>();
  EXPECT_EQ(fold(text, out.get()), text.size());
  std::u32string symbols;
  for (std::size_t i = 0; i < out->size; ++i) symbols += (*out)[i].c;
  return symbols;
}

struct FoldRow {
  const char* name;
  const char* input;
  const char32_t* want;
  const char* why;
};

constexpr FoldRow kRows[] = {
    {"ascii", "Icp-1a", U"ICP-1A", "case"},
    {"full_width", "ＩＣＰ－１ａ：", U"ICP-1A:", "letters, digits, hyphen, colon"},
    {"ideographic_space", "京\u3000号", U"京号", "a blank goes"},
    {"zero_width", "1\u200B2\uFEFF3\u202E4", U"1234", "invisible characters go"},
    {"traditional", "粵備號證", U"粤备号证", "to what filings print"},
    {"compatibility_ideograph", "\uF9CA", U"流", "NFKC"},
    {"dashes", "\u20101\u22122\u30FC3\uFE63", U"-1-2-3-", "all one hyphen"},
    {"radicals", "\u2ED8\u2EA0", U"青民", "as texts copied from PDF have them"},
    {"chinese_dash", "\u2014\u2014", U"-", "two characters, one dash"},
    {"dash_behind_dash", "--\uFF0D\uFF0D-\u2014", U"-", "so are others in its place"},
    {"two_chinese_dashes_apart", "\u2014 \u2014", U"--", "a blank between: two dashes"},
    {"middle_dot", "A2·B1・B2", U"A2.B1.B2", "between classes"},
    {"square_word", "㎏", U"KG", "one character may fold to several"},
    {"ligature_of_eighteen", "\uFDFA", U"\uFDFA", "more than four: stays"},
    {"superscript", "1²", U"1²", "a footnote is no digit"},
    {"circled", "①", U"①", "a bullet is no digit"},
    {"fraction", "½", U"½", "nor is a fraction"},
    {"nothing", "", U"", "empty"},
    {"roman_ten", "Ⅹ", U"X", "NFKC"},
    {"chinese_one", "一", U"一", "looks like a dash, means one: left for the grammar to refuse"},
};

TEST(Fold, EachKindOfTypography) {
  for (const FoldRow& row : kRows)
    EXPECT_EQ(folded(row.input), std::u32string(row.want)) << row.name << ": " << row.why;
}

TEST(Fold, SymbolsKnowWhereTheyCameFromAndWhatWasRemovedBefore) {
  const auto out = std::make_unique<FoldedText>();
  ASSERT_EQ(fold("京 １\u200b2", out.get()), 11U);
  ASSERT_EQ(out->size, 3U);
  const auto expect_symbol = [&](std::size_t i, std::size_t offset, bool changed, bool gap,
                                 bool blank) {
    EXPECT_EQ((*out)[i].offset, offset) << i;
    EXPECT_EQ((*out)[i].is_changed, changed) << i;
    EXPECT_EQ((*out)[i].is_behind_gap, gap) << i;
    EXPECT_EQ((*out)[i].is_behind_blank, blank) << i;
  };
  expect_symbol(0, 0, false, false, false);
  expect_symbol(1, 4, true, true, true);
  expect_symbol(2, 10, false, true, false);
  expect_symbol(3, 11, false, false, false);  // the sentinel
  EXPECT_EQ((*out)[99].offset, 11U);
}

TEST(Fold, StopsWhereTheTextIsNotUtf8) {
  const auto out = std::make_unique<FoldedText>();
  for (const std::string_view bytes :
       {"\xFF", "\xC0\xAF", "\xED\xA0\x80", "\xE5\x8F", "\xF4\x90\x80\x80"})
    EXPECT_EQ(fold("京" + std::string(bytes) + "号", out.get()), 3U);
}

}  // namespace
}  // namespace beian
