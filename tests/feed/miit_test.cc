// The MIIT dialect: invented replies in the published shape of the public query.
#include <gtest/gtest.h>

#include <chrono>

#include "tests/feed/read_all.h"
#include "tests/support/cpu_time.h"

namespace beian::cache {
namespace {

const std::string kSite =
    R"({"contentTypeName":"宗教、宗教、出版","domain":"Example.CN","domainId":190000203203,"leaderName":"","limitAccess":"否","mainId":110001964865,"mainLicence":"京ICP备2023000001号","natureName":"企业","serviceId":4134047,"serviceLicence":"京ICP备2023000001号-1","unitName":"北京示例科技有限公司","updateRecordTime":"2023-09-03 01:57:16"})";
const std::string kAppRow =
    R"({"dataId":9,"mainId":110001964865,"mainLicence":"京ICP备2023000001号","mainUnitAddress":null,"natureId":4,"natureName":"企业","provinceId":440000,"serviceId":4134048,"serviceLicence":"京ICP备2023000001号-2A","serviceName":"示例应用","serviceType":6,"unitName":"北京示例科技有限公司","updateRecordTime":"2023-09-03 15:57:16","version":"1.2"})";

const std::string kSubject =
    R"({"record":"subject","id":110001964865,"number":"京ICP备2023000001号","sponsor":"北京示例科技有限公司","nature":"企业","status":"filed"})";
const std::string kSubjectWithProvince =
    R"({"record":"subject","id":110001964865,"number":"京ICP备2023000001号","sponsor":"北京示例科技有限公司","nature":"企业","province":"粤","status":"filed"})";
const std::string kSiteRecord =
    R"({"record":"service","id":4134047,"subject_id":110001964865,"number":"京ICP备2023000001号-1","status":"filed","limit_access":false,"contents":["宗教","出版"],"domains":["example.cn"],"approved_on":"2023-09-03","updated_at":"2023-09-02T17:57:16Z"})";
const std::string kAppRecord =
    R"({"record":"service","id":4134048,"subject_id":110001964865,"number":"京ICP备2023000001号-2A","names":["示例应用"],"status":"filed","version":"1.2","approved_on":"2023-09-03","updated_at":"2023-09-03T07:57:16Z"})";

std::string reply(const std::string& rows) {
  return R"({"code":200,"msg":"操作成功","params":{"list":[)" + rows +
         R"(],"pageNum":1,"total":1},"success":true})";
}
std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}
FeedOutcome read_miit(const std::string& text, std::uint64_t bad_lines_max = 0) {
  return read_all(text, Dialect::kMiit, bad_lines_max);
}

TEST(Miit, ReplyGivesSubjectsThenServices) {
  const FeedOutcome outcome = read_miit(reply(kSite + "," + kAppRow));
  EXPECT_EQ(outcome.error, "");
  EXPECT_EQ(outcome.records,
            (std::vector<std::string>{kSubjectWithProvince, kSiteRecord, kAppRecord}));
}

TEST(Miit, RepliesBareRowsListsDetailsAndSpreadTextReadTheSame) {
  const std::vector<std::string> want = {kSubject, kSiteRecord};
  std::string spread = reply(kSite);
  for (std::size_t at = spread.find(','); at != std::string::npos; at = spread.find(',', at + 2))
    spread.insert(at + 1, "\r\n");
  for (const std::string& text :
       {reply(kSite), kSite, kSite + "\n\n" + kSite + "\r\n", spread, spread + "\n" + kSite,
        R"({"code":200,"success":true,"params":)" + kSite + "}", "[" + kSite + ",\n" + kSite + "]",
        "[" + reply(kSite) + "," + reply("") + "]\n[]\n", reply(kSite) + "\n" + reply("") + "\n"})
    EXPECT_EQ(read_miit(text).records, want) << text << read_miit(text).error;
}

TEST(Miit, IdsMayBeTexts) {
  const std::string text_ids = replaced(replaced(kSite, "110001964865", "\"110001964865\""),
                                        "\"serviceId\":4134047", "\"serviceId\":\"4134047\"");
  EXPECT_EQ(read_miit(text_ids).records, (std::vector<std::string>{kSubject, kSiteRecord}));
}

TEST(Miit, RowsOfOneServiceAreMerged) {
  const std::string other_domain =
      replaced(replaced(replaced(replaced(kSite, "Example.CN", "example.com"), "\"否\"", "\"是\""),
                        "宗教、宗教、出版", "出版、新闻"),
               "2023-09-03", "2024-09-03");
  const std::string want =
      R"({"record":"service","id":4134047,"subject_id":110001964865,"number":"京ICP备2023000001号-1","status":"filed","limit_access":true,"contents":["宗教","出版","新闻"],"domains":["example.cn","example.com"],"approved_on":"2024-09-03","updated_at":"2024-09-02T17:57:16Z"})";
  EXPECT_EQ(read_miit(reply(kSite + "," + other_domain)).records,
            (std::vector<std::string>{kSubject, want}));
  EXPECT_EQ(read_miit(reply(kSite) + "\n" + reply(other_domain)).records,
            (std::vector<std::string>{kSubject, want}));
}

TEST(Miit, MissingValuesAreNotKnown) {
  const std::string bare =
      R"({"mainId":1,"mainLicence":"粤B2-20090059","serviceId":2,"serviceLicence":"粤B2-20090059-1626X","serviceName":"","contentTypeName":null,"limitAccess":null,"version":null,"serviceType":"7"})";
  EXPECT_EQ(
      read_miit(bare).records,
      (std::vector<std::string>{
          R"({"record":"subject","id":1,"number":"粤B2-20090059","status":"filed"})",
          R"({"record":"service","id":2,"subject_id":1,"number":"粤B2-20090059-1626X","status":"filed"})"}));
}

struct BadMiitRow {
  const char* name;
  std::string from;  // in the app's row
  std::string to;
  std::string want;
};
std::ostream& operator<<(std::ostream& out, const BadMiitRow& row) {
  return out << row.name;
}

class MiitBadRows : public ::testing::TestWithParam<BadMiitRow> {};

TEST_P(MiitBadRows, AreNamedAndTheOthersAreRead) {
  const std::string bad = replaced(kAppRow, GetParam().from, GetParam().to);
  const FeedOutcome outcome = read_miit(reply("\n" + bad + ",\n" + kSite), 1);
  EXPECT_EQ(outcome.error, "");
  EXPECT_EQ(outcome.problems, std::vector<std::string>{GetParam().want});
  EXPECT_EQ(outcome.records, (std::vector<std::string>{kSubject, kSiteRecord}));
}

INSTANTIATE_TEST_SUITE_P(
    Table, MiitBadRows,
    ::testing::Values(
        BadMiitRow{"id_float", "110001964865", "1.1e11",
                   "2:22: /params/list/0/mainId: expected an integer from 1 to 2^63"},
        BadMiitRow{"id_text", "110001964865", "\"1.1e11\"",
                   "2:22: /params/list/0/mainId: not an integer from 1 to 2^63: `1.1e11`"},
        BadMiitRow{"id_missing", "\"mainId\"", "\"mainID\"",
                   "2:1: /params/list/0: a row without `mainId`"},
        BadMiitRow{"service_id_missing", "\"serviceId\"", "\"x\"",
                   "2:1: /params/list/0: a row without `serviceId`"},
        BadMiitRow{"main_licence_missing", "\"mainLicence\"", "\"x\"",
                   "2:1: /params/list/0: a row without `mainLicence`"},
        BadMiitRow{"service_licence_missing", "\"serviceLicence\"", "\"x\"",
                   "2:1: /params/list/0: a row without `serviceLicence`"},
        BadMiitRow{
            "kind_and_type_differ", "\"serviceType\":6", "\"serviceType\":7",
            "2:260: /params/list/0/serviceType: another kind than the letter of `serviceLicence`"},
        BadMiitRow{"type_unknown", "\"serviceType\":6", "\"serviceType\":2",
                   "2:260: /params/list/0/serviceType: expected 1, 6, 7 or 8"},
        BadMiitRow{"number_of_another_subject", "京ICP备2023000001号-2A", "京ICP备2023000002号-2A",
                   "2:189: /params/list/0/serviceLicence: not a service of `mainLicence`"},
        BadMiitRow{"number_without_serial", "京ICP备2023000001号-2A", "京ICP备2023000001号",
                   "2:189: /params/list/0/serviceLicence: a service's number has a serial: "
                   "`京ICP备2023000001号`"},
        BadMiitRow{"limit_access", "\"dataId\":9", "\"limitAccess\":\"no\"",
                   "2:16: /params/list/0/limitAccess: expected 是 or 否"},
        BadMiitRow{"field_twice", "\"dataId\":9", "\"serviceId\":4134048",
                   "2:173: /params/list/0/serviceId: given twice"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Miit, OneIdWithTwoNumbersIsABadRow) {
  const std::string other = replaced(kAppRow, "号-2A", "号-3A");
  const FeedOutcome outcome = read_miit(reply(kAppRow + ",\n" + other), 1);
  EXPECT_EQ(outcome.problems,
            std::vector<std::string>{
                "2:1: /params/list/1: serviceId: already the id of another serviceLicence"});
  EXPECT_EQ(outcome.records, (std::vector<std::string>{kSubjectWithProvince, kAppRecord}));
}

// As many bad rows as a document can hold are reported in the time it takes to read it: seconds
// here, against about a minute if each were searched for from the beginning.
TEST(Miit, ManyBadRowsAreNamedInOnePass) {
  constexpr std::size_t kRows = 40'000;
  const auto rows_of = [](std::size_t count, const std::string& between) {
    std::string rows;
    for (std::size_t i = 0; i < count; ++i)
      rows += (i == 0 ? "" : between) + R"({"serviceLicence":0})";
    return rows;
  };
  const struct {
    const char* name;
    std::string text;
    std::string first;
    std::string last;
  } documents[] = {
      {"reply", reply(rows_of(kRows, ",\n")),
       "1:70: /params/list/0/serviceLicence: expected a text",
       "40000:19: /params/list/39999/serviceLicence: expected a text"},
      {"rows", "[" + rows_of(kRows, ",") + "]", "1:20: /0/serviceLicence: expected a text",
       "1:839999: /39999/serviceLicence: expected a text"},
      {"two_replies", "[" + reply(rows_of(2, ",")) + ",\n" + reply(rows_of(2, ",\n")) + "]",
       "1:71: /0/params/list/0/serviceLicence: expected a text",
       "3:19: /1/params/list/1/serviceLicence: expected a text"},
  };
  for (const auto& document : documents) {
    SCOPED_TRACE(document.name);
    const auto begun = beian::test::cpu_time();
    const FeedOutcome outcome = read_miit(document.text, kRows);
    EXPECT_EQ(outcome.error, "");
    ASSERT_FALSE(outcome.problems.empty());
    EXPECT_EQ(outcome.problems.front(), document.first);
    EXPECT_EQ(outcome.problems.back(), document.last);
    EXPECT_LT(beian::test::cpu_time() - begun, std::chrono::seconds{20});
  }
}

struct FatalRow {
  const char* name;
  std::string input;
  std::string want;
};
std::ostream& operator<<(std::ostream& out, const FatalRow& row) {
  return out << row.name;
}

class MiitFailures : public ::testing::TestWithParam<FatalRow> {};

TEST_P(MiitFailures, EndTheReadingWhateverTheAllowance) {
  const FeedOutcome outcome = read_miit(reply(kSite) + "\n" + GetParam().input, 1000);
  EXPECT_EQ(outcome.error, GetParam().want);
  EXPECT_TRUE(outcome.records.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Table, MiitFailures,
    ::testing::Values(
        FatalRow{"too_often", R"({"code":429,"msg":"访问频次过高","success":false})",
                 "feed:2:1: the query failed (code 429): it says nothing about what is filed"},
        FatalRow{"token_expired",
                 R"({"code":401,"msg":"token过期","success":false,"params":{"list":[]}})",
                 "feed:2:1: the query failed (code 401): it says nothing about what is filed"},
        FatalRow{"code_alone", R"({"code":403})",
                 "feed:2:1: the query failed (code 403): it says nothing about what is filed"},
        FatalRow{"success_with_an_error_code",
                 R"({"code":500,"success":true,"params":{"list":[]}})",
                 "feed:2:1: the query failed (code 500): it says nothing about what is filed"},
        FatalRow{"failed_with_code_200", R"({"code":200,"success":false,"params":{"list":[]}})",
                 "feed:2:1: the query failed (code 200): it says nothing about what is filed"},
        FatalRow{"no_params", R"({"code":200,"success":true})",
                 "feed:2:1: a reply without `params`"},
        FatalRow{"no_list", R"({"code":200,"success":true,"params":{}})",
                 "feed:2:37: /params: neither a `list` nor a row"},
        FatalRow{"list_null", R"({"code":200,"success":true,"params":{"list":null}})",
                 "feed:2:45: /params/list: expected a list"},
        FatalRow{"another_object", R"({"a":1})",
                 "feed:2:1: neither a reply of the query nor a row (no `serviceLicence`)"},
        FatalRow{"not_an_object", "7", "feed:2:1: expected an object"},
        FatalRow{"not_an_object_in_a_list", "[{\"code\":200,\"params\":{\"list\":[]}},7]",
                 "feed:2:36: /1: expected an object"},
        FatalRow{"failed_in_a_list", "[{\"code\":429}]",
                 "feed:2:2: /0: the query failed (code 429): it says nothing about what is filed"},
        FatalRow{"cut", R"({"code":200,)",
                 "feed:2:1: not JSON: the reply that begins here never ends"},
        FatalRow{"html", "<html>", "feed:2:1: not JSON: not a JSON value"}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace beian::cache
