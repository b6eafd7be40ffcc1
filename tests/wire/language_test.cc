// Accept-Language and ?lang= select one of two languages.
#include <gtest/gtest.h>

#include "gate/wire/messages.h"

namespace beian::wire {
namespace {

struct LanguageRow {
  const char* header;
  Language want;
};
std::ostream& operator<<(std::ostream& out, const LanguageRow& row) {
  return out << row.header;
}

class ChosenLanguage : public ::testing::TestWithParam<LanguageRow> {};

TEST_P(ChosenLanguage, FollowsTheWeights) {
  EXPECT_EQ(choose_language(GetParam().header), GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    AcceptLanguage, ChosenLanguage,
    ::testing::Values(LanguageRow{"", Language::kZh}, LanguageRow{"en", Language::kEn},
                      LanguageRow{"en-US", Language::kEn}, LanguageRow{"EN-gb", Language::kEn},
                      LanguageRow{"zh-CN", Language::kZh}, LanguageRow{"fr", Language::kZh},
                      LanguageRow{"*", Language::kZh}, LanguageRow{"en;q=0", Language::kZh},
                      LanguageRow{"en;q=0.9, zh;q=0.8", Language::kEn},
                      LanguageRow{"zh;q=0.8 , en;q=0.9", Language::kEn},
                      LanguageRow{"en;q=0.8,zh-TW;q=0.801", Language::kZh},
                      LanguageRow{"en,zh", Language::kZh},
                      LanguageRow{"zh;q=0, *;q=0.5, en;q=0.1", Language::kEn},
                      LanguageRow{"*, en;q=0.5", Language::kZh},
                      LanguageRow{"en;q=2", Language::kZh}, LanguageRow{"en;q=", Language::kZh},
                      LanguageRow{"eng", Language::kZh}, LanguageRow{"e", Language::kZh},
                      LanguageRow{",;,;q=1,en", Language::kEn}));

TEST(Language, OneTagIsOfEitherLanguageOrOfNone) {
  for (const std::string_view tag : {"zh-CN", "zh", "ZH-tw"})
    EXPECT_EQ(parse_language(tag), Language::kZh) << tag;
  for (const std::string_view tag : {"en", "en-US", "EN"})
    EXPECT_EQ(parse_language(tag), Language::kEn) << tag;
  for (const std::string_view tag : {"", "fr", "e", "eng", "en_US", "en, zh", "english"})
    EXPECT_FALSE(parse_language(tag).has_value()) << tag;
}

}  // namespace
}  // namespace beian::wire
