#include "cache/base/spelling.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace beian {
namespace {

constexpr std::array<std::string_view, 5> kKnown = {"mode", "codes", "profile", "exception",
                                                    "stale_after"};

struct SpellingRow {
  const char* name;
  std::string word;
  std::string_view want;
};
std::ostream& operator<<(std::ostream& out, const SpellingRow& row) {
  return out << row.name;
}

class NearestWord : public ::testing::TestWithParam<SpellingRow> {};

TEST_P(NearestWord, IsTheOneThatWasMeant) {
  EXPECT_EQ(nearest_word(GetParam().word, kKnown), GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Slips, NearestWord,
    ::testing::Values(
        SpellingRow{"itself", "mode", "mode"}, SpellingRow{"one_more", "modes", "mode"},
        SpellingRow{"one_less", "profil", "profile"},
        SpellingRow{"of_equals_the_one_that_begins_alike", "code", "codes"},
        SpellingRow{"replaced", "proqile", "profile"}, SpellingRow{"swapped", "mdoe", "mode"},
        SpellingRow{"other_case", "STALE_AFTER", "stale_after"},
        SpellingRow{"hyphen", "stale-after", "stale_after"},
        SpellingRow{"two_of_nine", "exeptoin", "exception"}, SpellingRow{"too_far", "listen", ""},
        SpellingRow{"empty", "", ""}, SpellingRow{"long", std::string(65, 'm'), ""}),
    [](const auto& row) { return row.param.name; });

TEST(NearestWordOfEquals, IsTheFirst) {
  EXPECT_EQ(nearest_word("cat", std::array<std::string_view, 2>{"bat", "hat"}), "bat");
}

TEST(NearestWordOfNone, IsEmpty) {
  EXPECT_EQ(nearest_word("mode", {}), "");
}

}  // namespace
}  // namespace beian
