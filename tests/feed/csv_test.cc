// The CSV dialect: cells, lists, platforms over several rows, and that a broken quote loses nothing
// silently.
#include <gtest/gtest.h>

#include "cache/base/limits.h"
#include "cache/feed/csv_row.h"
#include "tests/feed/read_all.h"

namespace beian::cache {
namespace {

struct GoodFile {
  const char* name;
  std::string input;
  std::vector<std::string> want;  // canonical NDJSON
};
std::ostream& operator<<(std::ostream& out, const GoodFile& row) {
  return out << row.name;
}

class GoodFiles : public ::testing::TestWithParam<GoodFile> {};

TEST_P(GoodFiles, GiveTheirRecords) {
  const FeedOutcome outcome = read_all(GetParam().input, Dialect::kCsv);
  EXPECT_EQ(outcome.error, "");
  EXPECT_EQ(outcome.records, GetParam().want);
}

const std::string kHead = "record,id,number,";
const std::string kApp = R"({"record":"service","id":7,"number":"京ICP备2023000001号-2A")";
const std::string kAppCells = "service,7,京ICP备2023000001号-2A,";

INSTANTIATE_TEST_SUITE_P(
    Table, GoodFiles,
    ::testing::Values(
        GoodFile{"header_only", "record,id\n", {}}, GoodFile{"nothing_at_all", "", {}},
        GoodFile{
            "subject",
            "record,id,subject_id,number,sponsor,nature,certificate_number,province,status,"
            "updated_at,cancelled_on\r\n"
            "subject,5,,京ICP备2023000001号,\"示例, \"\"公司\"\"\",企业,9111,京,cancelled,"
            "2025-03-02 10:00:00,2025-04-01\r\n",
            {R"({"record":"subject","id":5,"number":"京ICP备2023000001号","sponsor":"示例, \"公司\"","nature":"企业","certificate_number":"9111","province":"京","status":"cancelled","updated_at":"2025-03-02T02:00:00Z","cancelled_on":"2025-04-01"})"}},
        GoodFile{
            "service",
            kHead +
                "subject_id,names,status,limit_access,contents,approvals,domains,ips,"
                "providers,host_platform,version,submitted_on,approved_on\n" +
                kAppCells +
                "5,a;b,filed,TRUE,新闻,news,a.cn; b.cn,192.0.2.1;192.0.2.4-192.0.2.7,"
                "aliyun,wechat,1.0,2025-01-02,2025-01-03\n",
            {R"({"record":"service","id":7,"subject_id":5,"number":"京ICP备2023000001号-2A","names":["a","b"],"status":"filed","limit_access":true,"contents":["新闻"],"approvals":["news"],"domains":["a.cn","b.cn"],"ips":["192.0.2.1","192.0.2.4-192.0.2.7"],"providers":["aliyun"],"host_platform":"wechat","version":"1.0","submitted_on":"2025-01-02","approved_on":"2025-01-03"})"}},
        GoodFile{"empty_cell_is_not_known_and_brackets_are_none",
                 kHead + "names,providers\n" + kAppCells + ",[]\n",
                 {kApp + R"(,"providers":[]})"}},
        GoodFile{"json_list_holds_what_a_semicolon_cannot",
                 kHead + "names\n" + kAppCells + R"("[""a;b"",""c""]")" + "\n",
                 {kApp + R"(,"names":["a;b","c"]})"}},
        GoodFile{"line_break_inside_quotes",
                 kHead + "name\r\n" + kAppCells + "\"a\r\nb\"\r\n",
                 {kApp + R"(,"names":["a\r\nb"]})"}},
        GoodFile{"mark_blank_lines_and_missing_last_newline",
                 "\xEF\xBB\xBF" + kHead + "name\n\n" + kAppCells + "a\n\n" + kAppCells + "b",
                 {kApp + R"(,"names":["a"]})", kApp + R"(,"names":["b"]})"}},
        GoodFile{"header_in_capitals_with_blanks",
                 "Record, ID ,Number,Name\n" + kAppCells + "a",
                 {kApp + R"(,"names":["a"]})"}},
        GoodFile{"unknown_column",
                 kHead + "remarks,name\n" + kAppCells + "anything,a\n",
                 {kApp + R"(,"names":["a"]})"}},
        GoodFile{"delete",
                 "record,id,op\nservice,7,delete\n",
                 {R"({"record":"service","id":7,"op":"delete"})"}},
        GoodFile{"platforms_as_json",
                 kHead + "platforms\n" + kAppCells + R"("[{""os"":""ios""},{""os"":""android""}]")",
                 {kApp + R"(,"platforms":[{"os":"ios"},{"os":"android"}]})"}},
        GoodFile{
            "platform_in_columns",
            kHead + "os,package,fingerprints,public_keys\n" + kAppCells +
                "Android,a.b,9f86d081884c7d659a2feaa0c55ad015,[]\n",
            {kApp +
             R"(,"platforms":[{"os":"android","package":"a.b","fingerprints":["9f86d081884c7d659a2feaa0c55ad015"],"public_keys":[]}]})"}},
        GoodFile{"rows_that_follow_each_other_add_platforms_and_the_last_gives_the_fields",
                 kHead + "name,os\n" + kAppCells + "a,ios\n" + kAppCells + "b,android\n",
                 {kApp + R"(,"names":["b"],"platforms":[{"os":"ios"},{"os":"android"}]})"}},
        GoodFile{
            "rows_that_are_apart_replace_each_other",
            kHead + "os\n" + kAppCells + "ios\nservice,8,京ICP备2023000001号-3A,ios\n" + kAppCells +
                "android\n",
            {kApp + R"(,"platforms":[{"os":"ios"}]})",
             R"({"record":"service","id":8,"number":"京ICP备2023000001号-3A","platforms":[{"os":"ios"}]})",
             kApp + R"(,"platforms":[{"os":"android"}]})"}},
        GoodFile{"row_without_platform_replaces",
                 kHead + "os\n" + kAppCells + "ios\n" + kAppCells,
                 {kApp + R"(,"platforms":[{"os":"ios"}]})", kApp + "}"}}),
    [](const auto& row) { return std::string(row.param.name); });

struct BadFile {
  const char* name;
  std::string input;
  std::string want;  // of the problem, LINE:COLUMN: MESSAGE
};
std::ostream& operator<<(std::ostream& out, const BadFile& row) {
  return out << row.name;
}

class BadCells : public ::testing::TestWithParam<BadFile> {};

TEST_P(BadCells, AreNamedWithTheirPlaceAndTheRowsAroundAreRead) {
  const std::string good = "\nservice,9,京ICP备2023000001号-9A" + std::string(4, ',') + "\n";
  const FeedOutcome outcome = read_all(
      kHead + "names,limit_access,os,platforms" + good + GetParam().input + good, Dialect::kCsv, 1);
  EXPECT_EQ(outcome.error, "");
  EXPECT_EQ(outcome.problems, std::vector<std::string>{GetParam().want});
  EXPECT_EQ(outcome.records.size(), 2U);
}

INSTANTIATE_TEST_SUITE_P(
    Table, BadCells,
    ::testing::Values(
        BadFile{"too_few_cells", "service,7,x", "3:1: 3 cells under a header of 7"},
        BadFile{"too_many_cells", kAppCells + ",,,,", "3:1: 8 cells under a header of 7"},
        BadFile{"id", "service,7a,x,,,,", "3:9: /id: not an integer from 1 to 2^63: `7a`"},
        BadFile{"id_missing", "service,,京ICP备2023000001号-2A,,,,", "3:1: a row without `id`"},
        BadFile{"record", "app,7,京ICP备2023000001号-2A,,,,",
                "3:1: /record: expected `subject` or `service`"},
        BadFile{"number", "service,7,京ICP备1号-2A,,,,",
                "3:11: /number: not a filing number (main_digit_count at byte 9 of the text): "
                "`京ICP备1号-2A`"},
        BadFile{"list_item_empty", kAppCells + "a;,,,", "3:37: /names/1: empty"},
        BadFile{"json_list_malformed", kAppCells + "[1 2],,,",
                "3:37: /names: not a JSON list: expected `,` or `]`"},
        BadFile{"json_list_with_more_behind", kAppCells + "\"[],\"\"id\"\":8\",,,",
                "3:37: /names: not a JSON list: text behind the JSON value"},
        BadFile{"bool", kAppCells + ",yes,,", "3:38: /limit_access: expected true or false"},
        BadFile{"os", kAppCells + ",,安卓,",
                "3:39: /platforms/0/os: not a lower-case word: `安卓`"},
        BadFile{"platforms_text", kAppCells + ",,,ios", "3:40: /platforms: expected a JSON list"},
        BadFile{"platforms_twice", kAppCells + ",,ios,[]",
                "3:43: /platforms: given besides `os`, `package`, …"},
        BadFile{"utf8", kAppCells + "\xFF,,,", "3:37: /names: bytes that are not UTF-8"},
        BadFile{"text_behind_quote", kAppCells + "\"a\"b,,,",
                "3:40: text behind the closing quote of a cell"},
        BadFile{"two_quotes_inside_plain_cell", kAppCells + "a\"\",,,",
                "3:38: a quote inside a cell without quotes"}),
    [](const auto& row) { return std::string(row.param.name); });

class BadFiles : public ::testing::TestWithParam<BadFile> {};

TEST_P(BadFiles, EndTheReadingWhateverTheAllowance) {
  EXPECT_EQ(read_all(GetParam().input, Dialect::kCsv, 1000).error, GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Table, BadFiles,
    ::testing::Values(
        BadFile{"no_record_column", "id,number\n", "feed:1:1: the header has no column `record`"},
        BadFile{"no_id_column", "record,number\n", "feed:1:1: the header has no column `id`"},
        BadFile{"column_twice", "record,id,id\n", "feed:1:11: column `id` is given twice"},
        BadFile{"misspelt_column", "record,id,fingerprint\n",
                "feed:1:11: column `fingerprint` is not known; did you mean `fingerprints`?"},
        BadFile{"misspelt_short_column", "record,id,oss\n",
                "feed:1:11: column `oss` is not known; did you mean `os`?"},
        BadFile{"open_quote", "record,id\nsubject,\"1\nsubject,2\nsubject,3\n",
                "feed:2:1: a quote of this row is never closed"},
        BadFile{"quotes_that_swallow_a_row", "record,id\nsubject,1\"\nsubject,2\"\n",
                "feed:2:10: a quote inside a cell without quotes"},
        BadFile{"row_too_long", "record,id\n" + std::string(limits::kFeedLineBytesMax + 1, 'x'),
                "feed:2:1: a row longer than a line may be"}),
    [](const auto& row) { return std::string(row.param.name); });

// In each row a different cell is the long one.
TEST(CsvRow, SmallBuffersAreKeptAndNoOthers) {
  constexpr std::size_t kCells = 3'000;
  std::vector<CsvCell> cells;
  for (std::size_t i = 0; i < kCells; ++i) {
    const std::string row =
        std::string(i, ',') + std::string(10'000, 'x') + std::string(kCells - 1 - i, ',');
    ASSERT_EQ(split_csv_row(row, &cells).count, kCells);
    ASSERT_EQ(cells[i].text.size(), 10'000U);
  }
  EXPECT_EQ(split_csv_row("a,b", &cells).count, 2U);
  std::size_t bytes = cells.capacity() * sizeof(CsvCell);
  for (const CsvCell& cell : cells) bytes += cell.text.capacity();
  EXPECT_LT(bytes, 2U << 20);
}

TEST(Csv, PlatformsOfOneServiceAreBounded) {
  std::string text = kHead + "os\n";
  for (std::size_t i = 0; i <= limits::kFeedPlatformsMax; ++i) text += kAppCells + "ios\n";
  const FeedOutcome outcome = read_all(text, Dialect::kCsv, 1);
  EXPECT_EQ(outcome.problems,
            std::vector<std::string>{std::to_string(limits::kFeedPlatformsMax + 2) +
                                     ":1: more platforms than a service may have"});
  EXPECT_EQ(outcome.records.size(), 1U);
}

}  // namespace
}  // namespace beian::cache
