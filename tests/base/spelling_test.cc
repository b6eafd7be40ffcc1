#include "cache/base/spelling.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace beian {
namespace {

constexpr std::array<std::string_view, 5> kKnown = {"mode", "codes", "profile", "exception",
                                                    "stale_after"};

struct Row {
  const char* name;
  std::string word;
  std::string_view want;
};
std::ostream& operator<<(std::ostream& out, const Row& row) {
  return out << row.name;
}

class NearestWord : public ::testing::TestWithParam<Row> {};

TEST_P(NearestWord, IsTheOneThatWasMeant) {
  EXPECT_EQ(nearest_word(GetParam().word, kKnown), GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Slips, NearestWord,
    ::testing::Values(Row{"itself", "mode", "mode"}, Row{"one_more", "modes", "mode"},
                      Row{"one_less", "profil", "profile"},
                      Row{"of_equals_the_one_that_begins_alike", "code", "codes"},
                      Row{"replaced", "proqile", "profile"}, Row{"swapped", "mdoe", "mode"},
                      Row{"other_case", "STALE_AFTER", "stale_after"},
                      Row{"hyphen", "stale-after", "stale_after"},
                      Row{"two_of_nine", "exeptoin", "exception"}, Row{"too_far", "listen", ""},
                      Row{"empty", "", ""}, Row{"long", std::string(65, 'm'), ""}),
    [](const auto& row) { return row.param.name; });

TEST(NearestWordOfEquals, IsTheFirst) {
  EXPECT_EQ(nearest_word("cat", std::array<std::string_view, 2>{"bat", "hat"}), "bat");
}

TEST(NearestWordOfNone, IsEmpty) {
  EXPECT_EQ(nearest_word("mode", {}), "");
}

}  // namespace
}  // namespace beian
