// Goal: whatever bytes come in, a valid JSON string on one line goes out.
#include "cache/base/json_text.h"

#include <gtest/gtest.h>

#include <simdjson.h>

#include "cache/base/bytes.h"
#include "cache/base/json_escape.h"

namespace beian {
namespace {

std::string json_of(std::string_view text) {
  std::string out = "before";
  append_json_string(text, &out);
  EXPECT_EQ(out.substr(0, 6), "before") << "appends only";
  return out.substr(6);
}

struct EscapeRow {
  const char* name;
  std::string_view input;
  const char* want;
};

constexpr EscapeRow kEscapeRows[] = {
    {"empty", "", R"("")"},
    {"ascii", "a-Z 09", R"("a-Z 09")"},
    {"chinese", "京ICP备", R"("京ICP备")"},
    {"beyond_the_first_plane", "𠮷", R"("𠮷")"},
    {"quote_and_backslash", "a\"b\\c", R"("a\"b\\c")"},
    {"named_controls", "\b\f\n\r\t", R"("\b\f\n\r\t")"},
    {"nul", {"\0x", 2}, R"("\u0000x")"},
    {"other_controls", "\x01\x1F\x7F", R"("\u0001\u001f\u007f")"},
    {"line_separators", "a\u2028b\u2029", R"("a\u2028b\u2029")"},
    {"neighbours_of_line_separators", "\u2027\u202A", "\"\u2027\u202A\""},
    {"lone_byte", "a\xFFz", "\"a\uFFFDz\""},
    {"cut_character", "京\xE5\x8F", "\"京\uFFFD\uFFFD\""},
    {"broken_off_character", "\xE4\xB8x\xE4y", "\"\uFFFD\uFFFDx\uFFFDy\""},
    {"ends_of_the_ideographs", "\u2FFF\u3000\uCFFF\uD000", "\"\u2FFF\u3000\uCFFF\uD000\""},
    {"surrogate", "\xED\xA0\x80", "\"\uFFFD\uFFFD\uFFFD\""},
    {"overlong", "\xC0\xAF", "\"\uFFFD\uFFFD\""},
    {"slash_stays", "</script>", R"("</script>")"},
};

TEST(JsonString, EscapesWhatHasToBeAndNothingElse) {
  for (const EscapeRow& row : kEscapeRows) EXPECT_EQ(json_of(row.input), row.want) << row.name;
}

TEST(JsonString, EveryPairOfBytesReadsBackAsTheTextOrItsReplacement) {
  simdjson::dom::parser parser;
  for (int a = 0; a < 256; ++a)
    for (int b = 0; b < 256; ++b) {
      const std::string text = {static_cast<char>(a), static_cast<char>(b)};
      const std::string json = json_of(text);
      ASSERT_EQ(json.find('\n'), std::string::npos);
      std::string_view read;
      ASSERT_EQ(parser.parse(json).get(read), simdjson::SUCCESS) << a << " " << b;
      if (is_utf8(text)) {
        ASSERT_EQ(read, text);
      } else {
        ASSERT_NE(read.find("\uFFFD"), std::string_view::npos);
      }
    }
}

// Goal: clean_json_bytes() looks at eight bytes at a time, so it must find an odd byte at every
// place in a word, among ASCII and among ideographs, and count nothing before it as odd.
TEST(CleanBytes, EndAtTheFirstThatIsNotInEveryPlace) {
  const std::string ideographs = "名名名名名名名名名";
  for (const std::string& plain : {std::string(27, 'a'), ideographs, "ab" + ideographs + "cd"}) {
    EXPECT_EQ(clean_json_bytes(plain), plain.size());
    for (const std::string_view odd :
         {"\"", "\\", "\x7F", "\x1F", "\n", "\xFF", "\x80", "\xE4", "\u2028", "\xED\xA0\x80"})
      for (std::size_t at = 0; at <= plain.size(); ++at) {
        if (at < plain.size() && (plain[at] & 0xC0) == 0x80) continue;  // inside a character
        const std::string text = plain.substr(0, at) + std::string(odd) + plain.substr(at);
        ASSERT_EQ(clean_json_bytes(text), at) << text;
      }
  }
}

TEST(CleanBytes, AreIdeographsByTheirLeadInEveryPlace) {
  for (int lead = 0xE0; lead <= 0xEF; ++lead)
    for (std::size_t before = 0; before < 5; ++before)
      for (std::size_t behind = 0; behind < 5; ++behind) {
        std::string text;
        for (std::size_t i = 0; i < before; ++i) text += "名";
        text += {static_cast<char>(lead), '\xA0', '\x80'};
        for (std::size_t i = 0; i < behind; ++i) text += "名";
        const bool is_ideograph = 0xE3 <= lead && lead <= 0xEC;
        ASSERT_EQ(clean_json_bytes(text), is_ideograph ? text.size() : before * 3) << text;
      }
}

TEST(CleanBytes, AreSoAlsoByThemselves) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string text(1, static_cast<char>(byte));
    const bool is_clean = json_of(text) == '"' + text + '"';
    EXPECT_EQ(clean_json_bytes(text), is_clean ? 1U : 0U) << byte;
    EXPECT_EQ(clean_json_bytes(text + "aaaaaaaaaaa"), is_clean ? 12U : 0U) << byte;
  }
}

// Goal: escaping eight bytes at a time gives the same as escaping byte by byte. Method: each byte
// at each place in a longer text, against that byte alone.
TEST(JsonText, AByteIsWrittenAlikeAtEveryPlace) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string one(1, static_cast<char>(byte));
    const std::string alone = json_of(one);
    for (std::size_t place = 0; place < 18; ++place) {
      const std::string before(place, 'a');
      const std::string behind(18 - place, '~');
      ASSERT_EQ(json_of(before + one + behind),
                '"' + before + alone.substr(1, alone.size() - 2) + behind + '"')
          << "byte " << byte << " at " << place;
    }
  }
}

}  // namespace
}  // namespace beian
