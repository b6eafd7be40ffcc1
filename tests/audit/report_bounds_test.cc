// What reports say when they cannot show everything, and what stays the same from one audit to the
// next.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "cache/base/limits.h"
#include "cache/snapshot/seal.h"
#include "tests/audit/audited.h"

namespace beian::audit::test {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;
using wire::Language;

std::string report(std::string_view format, const Summary& summary,
                   Language language = Language::kEn) {
  TextSink sink;
  find_report_format(format)->finish({summary, language}, &sink);
  return sink.text;
}

// A summary of `rows` denied rows, of which `listed` are listed, each with `findings` findings.
Summary denied(std::uint64_t rows, std::size_t listed, int findings) {
  Summary summary;
  summary.rows = rows;
  summary.outcomes[static_cast<std::size_t>(Outcome::kDeny)] = rows;
  for (std::size_t i = 0; i < listed; ++i) {
    ListedRow row;
    row.row = row.line = i + 1;
    row.outcome = Outcome::kDeny;
    row.id = "id-" + std::to_string(i);
    for (int k = 0; k < findings; ++k)
      row.findings.push_back({static_cast<Code>(k), Effect::kDeny, FieldId::kName, "", ""});
    summary.listed[static_cast<std::size_t>(Outcome::kDeny)].push_back(row);
  }
  return summary;
}

std::size_t count_of(const std::string& text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++count;
  return count;
}

TEST(ReportBounds, SarifStopsAtItsLimitAndSaysWhatWasCut) {
  const std::string text = report("sarif", denied(12'000, 5'000, 2));
  EXPECT_EQ(count_of(text, "\"ruleId\""), limits::kSarifResultsMax);
  EXPECT_THAT(text, HasSubstr("9,500 more rows (deny) are not listed"));
  EXPECT_THAT(text, HasSubstr("\"rows\":12000,\"rowsListed\":2500"));
}

TEST(ReportBounds, SarifSaysNothingOfCutsWhereAllIsShown) {
  EXPECT_THAT(report("sarif", denied(10, 10, 2)), Not(HasSubstr("toolExecutionNotifications")));
}

// If a run were missing, its old alerts would stay open.
TEST(ReportBounds, SarifHasEveryRunEvenWhenItIsEmpty) {
  const std::string text = report("sarif", Summary());
  for (const char* name : {"deny", "review", "unknown", "bad"})
    EXPECT_THAT(text, HasSubstr("\"id\":\"beian-gate-audit/" + std::string(name) + "/\""));
  EXPECT_EQ(count_of(text, "\"results\":[]"), 4U);
}

TEST(ReportBounds, JunitCountsWhatIsNotListedAsOneCase) {
  const std::string text = report("junit", denied(12, 10, 1));
  EXPECT_THAT(text, HasSubstr("tests=\"12\" failures=\"11\" errors=\"0\""));  // the allowed too
  EXPECT_THAT(text, HasSubstr("message=\"2 more rows\""));
  EXPECT_EQ(count_of(text, "<testcase"), 12U);
}

TEST(ReportBounds, HtmlShowsTheFirstRowsAndSaysOfHowMany) {
  const std::string text = report("html", denied(12'000, 5'000, 1));
  EXPECT_EQ(count_of(text, "<tr data-o="), limits::kHtmlRowsMax);
  EXPECT_THAT(text, HasSubstr("Denied 1,000 / 12,000"));
}

TEST(ReportBounds, TextAndMarkdownSayHowManyRowsFollow) {
  for (const char* format : {"summary", "markdown"})
    EXPECT_THAT(report(format, denied(12'000, 5'000, 1)), HasSubstr("11,980 more rows"));
}

TEST(ReportBounds, EmptyCatalogGivesEveryReport) {
  for (const char* format : {"summary", "junit", "sarif", "markdown", "html"})
    for (const Language language : {Language::kZh, Language::kEn})
      EXPECT_FALSE(report(format, Summary(), language).empty()) << format;
}

// Each text between `opening` and the next quotation mark, anywhere in `text`.
std::set<std::string> quoted_behind(const std::string& text, std::string_view opening) {
  std::set<std::string> found;
  for (std::size_t at = text.find(opening); at != text.npos; at = text.find(opening, at)) {
    at += opening.size();
    found.insert(text.substr(at, text.find('"', at) - at));
  }
  return found;
}

constexpr std::string_view kFingerprint = "\"beianRow/v1\":\"";

// An alert stays the same one for as long as its row is in the catalog, wherever that row moves.
TEST(ReportStability, FingerprintsDoNotFollowTheRowNumber) {
  const std::string rows = fixture("catalog.ndjson");
  const std::string above = R"({"id":"new","operation":"distribute","filing_number":"?"})";
  const auto before = quoted_behind(report("sarif", audited(rows)), kFingerprint);
  const auto after = quoted_behind(report("sarif", audited(above + "\n" + rows)), kFingerprint);
  EXPECT_GT(before.size(), 40U);
  for (const std::string& print : before) {
    EXPECT_THAT(print, MatchesRegex("[0-9a-f]{32}"));
    EXPECT_TRUE(after.contains(print)) << print;
  }
  EXPECT_EQ(after.size(), before.size() + 1);
}

// Two alerts with one fingerprint would be taken for one.
TEST(ReportStability, ItemsOfAListAreToldApart) {
  Summary summary = denied(1, 1, 0);
  ListedRow& row = summary.listed[static_cast<std::size_t>(Outcome::kDeny)].front();
  for (const char* domain : {"a.cn", "b.cn"})
    row.findings.push_back(
        {Code::kDomainNotFiled, Effect::kDeny, FieldId::kDomains, domain, "c.cn"});
  row.findings.push_back({Code::kNameMismatch, Effect::kDeny, FieldId::kName, "甲", "丙"});
  const auto before = quoted_behind(report("sarif", summary), kFingerprint);
  EXPECT_EQ(before.size(), 3U);
  row.findings[2].given = "乙";  // another name, but the same alert
  row.findings.erase(row.findings.begin());
  for (const std::string& print : quoted_behind(report("sarif", summary), kFingerprint))
    EXPECT_TRUE(before.contains(print)) << print;
}

TEST(ReportStability, RowsWithoutAnyKeyAreToldApartByTheirTexts) {
  const std::string a = R"({"operation":"distribute","app":{"name":"甲"}})";
  const std::string b = R"({"operation":"distribute","app":{"name":"乙"}})";
  const auto ab = quoted_behind(report("sarif", audited(a + "\n" + b)), kFingerprint);
  const auto ba = quoted_behind(report("sarif", audited(b + "\n" + a)), kFingerprint);
  EXPECT_EQ(ab.size(), 2U);
  EXPECT_EQ(ab, ba);
}

// The page filters rows by their platform's index.
TEST(ReportHtml, RowsHaveTheIndexOfThePlatformThatCountsThem) {
  std::string catalog;
  const auto add = [&](const std::string& platform) {
    catalog += R"({"operation":"distribute","app":{"platform":")" + platform + "\"}}\n";
  };
  add(std::string(limits::kAuditTextBytesMax + 1, 'a'));
  add("other");
  add("");
  EXPECT_EQ(quoted_behind(report("html", audited(catalog)), "data-p=\""),
            (std::set<std::string>{"0", "1", "2"}));
  for (std::size_t i = 3; i < limits::kAuditPlatformsMax; ++i) add("p" + std::to_string(i));
  const std::string text = report("html", audited(catalog));
  EXPECT_THAT(text, HasSubstr("<option value=\"1\">other (2)</option>"));
  EXPECT_EQ(count_of(text, "data-p=\"1\""), 2U);
}

TEST(ReportHtml, PolicyAllowsTheOneStyleAndTheOneScriptByHash) {
  const std::string text = report("html", audited(fixture("audit/hostile.ndjson")));
  const auto between = [&](std::string_view open, std::string_view close) {
    const std::size_t begin = text.find(open) + open.size();
    return text.substr(begin, text.find(close, begin) - begin);
  };
  for (const auto& [kind, open, close] :
       {std::tuple{"style", "<style>", "</style>"}, std::tuple{"script", "<script>", "</script>"}})
    EXPECT_THAT(text, HasSubstr(std::string(kind) + "-src 'sha256-" +
                                to_base64(sha256(between(open, close))) + "'"));
  EXPECT_THAT(text, Not(HasSubstr("unsafe")));
  EXPECT_EQ(count_of(text, "<script"), 1U);
  EXPECT_EQ(count_of(text, "<style"), 1U);
}

TEST(ReportHtml, HoldsNothingFromOutsideAndNoInlineCode) {
  for (const char* catalog : {"catalog.ndjson", "audit/hostile.ndjson"}) {
    const std::string text = report("html", audited(fixture(catalog)));
    // Only inside tags: texts from the catalog may well contain such words.
    const std::string page = text.substr(0, text.find("<script>"));
    EXPECT_THAT(page,
                Not(ContainsRegex("<[a-zA-Z][^>]*[[:space:]](style|src|on[a-z]+)[[:space:]]*=")))
        << catalog;
    for (const std::string& link : quoted_behind(page, "href=\""))
      EXPECT_TRUE(link.starts_with('#') || link.starts_with("data:image/")) << link;
  }
}

}  // namespace
}  // namespace beian::audit::test
