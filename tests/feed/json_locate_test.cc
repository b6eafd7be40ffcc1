#include "cache/feed/json_locate.h"

#include <gtest/gtest.h>

#include <string>

namespace beian::cache {
namespace {

struct FaultRow {
  const char* name;
  std::string text;
  std::size_t offset;
  const char* what;
};
std::ostream& operator<<(std::ostream& out, const FaultRow& row) {
  return out << row.name;
}

class JsonFaults : public ::testing::TestWithParam<FaultRow> {};

TEST_P(JsonFaults, AreFoundAtTheirByte) {
  const auto fault = find_json_fault(GetParam().text);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->offset, GetParam().offset);
  EXPECT_EQ(fault->what, GetParam().what);
}

INSTANTIATE_TEST_SUITE_P(
    Table, JsonFaults,
    ::testing::Values(
        FaultRow{"empty", "", 0, "the row ends too early"},
        FaultRow{"open_object", "{", 1, "the row ends too early"},
        FaultRow{"no_colon", R"({"a" 1})", 5, "expected `:`"},
        FaultRow{"no_comma", R"({"a":1 "b":2})", 7, "expected `,` or `}`"},
        FaultRow{"no_comma_in_list", "[1 2]", 3, "expected `,` or `]`"},
        FaultRow{"comma_at_the_end", "[1,]", 3, "not a JSON value"},
        FaultRow{"name_without_quotes", "{a:1}", 1, "expected a text in quotes"},
        FaultRow{"leading_zero", "[01]", 1, "a number with a leading zero"},
        FaultRow{"point_at_the_end", "[1.]", 1, "a number that ends in its point"},
        FaultRow{"no_exponent", "[1e+]", 1, "a number without its exponent"},
        FaultRow{"word", "[nul]", 1, "not a JSON value"},
        FaultRow{"NaN", "[NaN]", 1, "not a JSON value"},
        FaultRow{"open_text", R"(["abc)", 1, "a text without its closing quote"},
        FaultRow{"tab_in_text", "[\"a\tb\"]", 3, "a control character in a text"},
        FaultRow{"escape", R"(["\x"])", 2, "an unknown escape"},
        FaultRow{"short_escape", R"(["\u12"])", 2, "an escape without its four digits"},
        FaultRow{"high_surrogate", R"(["\ud800"])", 2, "a lone surrogate"},
        FaultRow{"low_surrogate", R"(["\udc00"])", 2, "a lone surrogate"},
        FaultRow{"two_high_surrogates", R"(["\ud800\ud800"])", 2, "a lone surrogate"},
        FaultRow{"text_behind", "{} {}", 3, "text behind the JSON value"},
        FaultRow{"bad_utf8", "[\"\xC3\x28\"]", 2, "bytes that are not UTF-8"},
        FaultRow{"cut_utf8", "[\"\xE4\xBA", 2, "bytes that are not UTF-8"},
        FaultRow{"deep", std::string(17, '[') + std::string(17, ']'), 16, "nested too deep"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(JsonFault, ValidTextHasNone) {
  for (const std::string& text :
       {std::string("{}"), std::string(" [1, -0.5e-7, true, false, null] "),
        std::string(R"({"a":"\"\\\/\b\f\n\r\t\u4eac\ud83d\ude00","b":{"c":[[]]}})"),
        std::string("\"京\""), std::string(16, '[') + std::string(16, ']')})
    EXPECT_FALSE(find_json_fault(text)) << text;
}

TEST(JsonValueAt, IsLocatedByPointer) {
  const std::string text = R"({"a":1,"b":[ {"c":"x"}, {"c" : "y"} ],"a":2})";
  EXPECT_EQ(locate_json_value(text, ""), 0U);
  EXPECT_EQ(locate_json_value(text, "/a"), text.find('1'));
  EXPECT_EQ(locate_json_value(text, "/a", 2), text.find('2'));
  EXPECT_EQ(locate_json_value(text, "/b/1/c"), text.find("\"y\""));
  EXPECT_EQ(locate_json_value(text, "/b/2"), std::nullopt);
  EXPECT_EQ(locate_json_value(text, "/a/b"), std::nullopt);
  EXPECT_EQ(locate_json_value(text, "/z"), std::nullopt);
  EXPECT_EQ(locate_json_items(text, "/b"),
            (std::vector<std::size_t>{text.find("{\"c\":"), text.find("{\"c\" :")}));
  EXPECT_EQ(locate_json_items("[1 , 2]", ""), (std::vector<std::size_t>{1, 5}));
  for (const char* none : {"/a", "/b/0", "/z"})
    EXPECT_TRUE(locate_json_items(text, none).empty()) << none;
  EXPECT_TRUE(locate_json_items("[ ]", "").empty());
}

}  // namespace
}  // namespace beian::cache
