// The parts that reports are made of: escaped texts, numbers, widths of charts, the words for
// codes, and the template.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <set>

#include "gate/audit/code_text.h"
#include "gate/audit/html_charts.h"
#include "gate/audit/html_template.h"
#include "gate/audit/markup.h"

namespace beian::audit {
namespace {

using wire::Language;

std::string markup(std::string_view text) {
  std::string out;
  append_markup(text, &out);
  return out;
}

std::string markdown(std::string_view text) {
  std::string out;
  append_markdown_code(text, &out);
  return out;
}

TEST(Markup, NoCharacterOfMarkupIsLeft) {
  EXPECT_EQ(markup("<a href='x'>\"&amp;\"</a>"),
            "&#60;a href=&#39;x&#39;&#62;&#34;&#38;amp;&#34;&#60;/a&#62;");
}

TEST(Markup, ControlsAndWhatReordersTextAreShownAsEscapes) {
  EXPECT_EQ(markup(std::string_view("a\0b\x1B", 4)), "a\\u{0}b\\u{1B}");
  EXPECT_EQ(markup("x\u202Eexe.gpj\u2066"), "x\\u{202E}exe.gpj\\u{2066}");
  EXPECT_EQ(markup("\xFF\xC3"), "\\xFF\\xC3");
}

TEST(Markup, CharactersThatXmlForbidsAreShownAsEscapes) {
  EXPECT_EQ(markup("\uFFFE|\uFFFF|\uFFFD"), "\\u{FFFE}|\\u{FFFF}|\uFFFD");
}

TEST(Markup, OtherTextStaysAsItIs) {
  EXPECT_EQ(markup("示例 App – אפליקציה 😀"), "示例 App – אפליקציה 😀");
}

TEST(Markup, MarkdownKeepsNeitherCellEndsNorMentionsNorLinks) {
  EXPECT_EQ(markdown("a|b"), "<code>a&#124;b</code>");
  for (const char* text : {"@user", "https://x.example", "[a](b)", "`c`", "*d*", "<e>", "&amp;"}) {
    const std::string out = markdown(text);
    const std::string inner = out.substr(6, out.size() - 13);
    EXPECT_EQ(inner.find_first_of("@:[]()`*<>|"), std::string::npos) << out;
  }
}

TEST(Numbers, AreGroupedByThousands) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1'000), "1,000");
  EXPECT_EQ(grouped(10'234'567), "10,234,567");
}

TEST(Numbers, SharesNeverRoundToNoneOrAll) {
  EXPECT_EQ(percent(0, 0), "0%");
  EXPECT_EQ(percent(0, 9), "0%");
  EXPECT_EQ(percent(9, 9), "100%");
  EXPECT_EQ(percent(1, 3), "33.3%");
  EXPECT_EQ(percent(2, 3), "66.7%");
  EXPECT_EQ(percent(1, 10'000'000), "<0.1%");
  EXPECT_EQ(percent(9'999'999, 10'000'000), ">99.9%");
}

// For any three counts, every part is visible, and together they are no wider than the whole.
TEST(Chart, EveryPartIsSeenAndAllFit) {
  for (const std::uint64_t a : {1U, 3U, 5'000U, 10'000'000U})
    for (const std::uint64_t b : {0U, 1U, 77U, 10'000'000U})
      for (const std::uint64_t c : {1U, 40U, 999'999U}) {
        const std::vector<ChartPart> parts = {{"deny", a}, {"review", b}, {"allow", c}};
        const auto widths = chart_widths(parts, a + b + c);
        EXPECT_LE(std::accumulate(widths.begin(), widths.end(), std::uint64_t{0}), 10'000U);
        for (std::size_t i = 0; i < parts.size(); ++i)
          EXPECT_EQ(widths[i] > 0, parts[i].count > 0) << a << ' ' << b << ' ' << c;
      }
}

TEST(CodeText, EveryCodeIsToldInBothLanguages) {
  std::set<std::string_view> titles;
  for (int i = 0; i < kCodeCount; ++i) {
    const CodeText& text = code_text(static_cast<Code>(i));
    for (const Language language : {Language::kZh, Language::kEn}) {
      const std::string_view title = text.title.in(language);
      EXPECT_TRUE(titles.insert(title).second) << title;
      EXPECT_FALSE(title.empty() || title.ends_with('.') || title.ends_with("。")) << title;
      EXPECT_THAT(std::string(text.help.in(language)),
                  testing::EndsWith(language == Language::kZh ? "。" : "."));
    }
  }
}

TEST(Template, TextsFollowTheLanguageAndSlotsAreFilled) {
  const auto rendered = [](std::string_view text, Language language) {
    std::string out;
    render_template(
        text, language, [&](std::string_view slot) { out += "<" + std::string(slot) + ">"; }, &out);
    return out;
  };
  EXPECT_EQ(rendered("a {{行|Row}} {{@x}} {b} {{@y}}", Language::kZh), "a 行 <x> {b} <y>");
  EXPECT_EQ(rendered("{{行|Row}}", Language::kEn), "Row");
  EXPECT_EQ(rendered("plain", Language::kEn), "plain");
}

}  // namespace
}  // namespace beian::audit
