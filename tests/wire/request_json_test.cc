// Bodies that are accepted, what is read from them, `strict`, and batches. Refusals are in
// request_refusal_test.cc.
#include <algorithm>

#include "cache/base/limits.h"
#include "tests/wire/request_support.h"

namespace beian::wire::test {
namespace {

using std::chrono::year;

TEST(RequestJson, ReadsEveryField) {
  const JsonReading reading(json_of(
      "{'id':'row-17','operation':'connect','filing_number':'京ICP备2023000001号-1A',"
      "'app':{'kind':'quick_app','name':'示例应用','platform':'android','package':'cn.example.app',"
      "'version':'3.2.1','fingerprint':'9F:86:D0:81:88:4C:7D:65:9A:2F:EA:A0:C5:5A:D0:15',"
      "'sponsor':{'name':'北京示例科技有限公司','certificate_number':'9111'},"
      "'domains':['api.example.cn'],'ips':['192.0.2.7','2001:db8::1'],'categories':['news'],"
      "'host_platform':'wechat','offline':false,'network_permission':true,"
      "'operator_overseas':false,'servers_overseas':true,'first_published':'2022-05-01',"
      "'displayed_number':''},"
      "'provider':'aliyun','as_of':'2024-02-01','min_serial':48213,'detail':'full'}"));
  ASSERT_EQ(reading.told_as(), "accepted");
  const CheckRequest& request = reading.request();
  EXPECT_EQ(request.id, "row-17");
  EXPECT_FALSE(request.is_id_number);
  EXPECT_EQ(request.operation, Operation::kConnect);
  EXPECT_EQ(request.filing_number, "京ICP备2023000001号-1A");
  EXPECT_EQ(request.provider, "aliyun");
  EXPECT_EQ(request.as_of, Day{year{2024} / 2 / 1});
  EXPECT_EQ(request.min_serial, 48213U);
  EXPECT_EQ(request.is_detail_full, true);
  const AppIdentity& app = request.app;
  EXPECT_EQ(app.kind, Kind::kQuickApp);
  EXPECT_TRUE(app.is_kind_given);
  EXPECT_EQ(app.name, "示例应用");
  EXPECT_EQ(app.platform, "android");
  EXPECT_EQ(app.package, "cn.example.app");
  EXPECT_EQ(app.version, "3.2.1");
  ASSERT_EQ(app.fingerprints.size(), 1U);
  EXPECT_EQ(app.sponsor_name, "北京示例科技有限公司");
  EXPECT_EQ(app.sponsor_certificate, "9111");
  EXPECT_EQ(app.domains, std::vector<std::string_view>{"api.example.cn"});
  EXPECT_EQ(app.ips.size(), 2U);
  EXPECT_EQ(app.categories, std::vector<std::string_view>{"news"});
  EXPECT_EQ(app.host_platform, "wechat");
  EXPECT_EQ(app.offline, false);
  EXPECT_EQ(app.network_permission, true);
  EXPECT_EQ(app.operator_overseas, false);
  EXPECT_EQ(app.servers_overseas, true);
  EXPECT_EQ(app.first_published, Day{year{2022} / 5 / 1});
  EXPECT_EQ(app.displayed_number, "");
}

TEST(RequestJson, OperationAloneIsARequestWithDefaults) {
  const JsonReading reading(json_of("{'operation':'preinstall'}"));
  ASSERT_EQ(reading.told_as(), "accepted");
  const CheckRequest& request = reading.request();
  EXPECT_EQ(request.operation, Operation::kPreinstall);
  EXPECT_EQ(request.app.kind, Kind::kApp);
  EXPECT_FALSE(request.app.is_kind_given);
  EXPECT_FALSE(request.app.displayed_number.has_value());
  EXPECT_FALSE(request.as_of || request.min_serial || request.is_detail_full ||
               request.app.offline);
}

constexpr JsonRow kAcceptedJson[] = {
    {" \t\r\n{ \n'operation'\t:\r'distribute' }\n", "white space wherever JSON has it"},
    {"{'operation':'dist\\u0072ibute'}", "an escape for a plain letter"},
    {"{'op\\u0065ration':'distribute'}", "an escape in a key"},
    {"{'operation':'distribute','unknown':[1,{'x':null}],'app':{'more':true}}", "unknown fields"},
    {"{'operation':'distribute','unknown':1,'unknown':2}", "an unknown field twice"},
    {"{'operation':'distribute','name':'at the top'}", "a name of another level is unknown here"},
    {"{'operation':'distribute','':1}", "an empty key"},
    {"{'operation':'distribute','app':null,'id':null,'min_serial':null}", "null is not given"},
    {"{'operation':'distribute','app':{'sponsor':null,'fingerprint':null,'offline':null}}",
     "null at each level"},
    {"{'operation':'distribute','app':{}}", "an empty app"},
    {"{'operation':'distribute','app':{'fingerprint':[],'domains':[],'ips':[]}}", "empty lists"},
    {"{'operation':'distribute','app':{'fingerprint':''}}", "an empty item is not given"},
    {"{'operation':'distribute','as_of':'','detail':'','app':{'kind':''}}", "empty texts"},
    {"{'operation':'distribute','as_of':'2024-02-29'}", "a leap day"},
    {"{'operation':'distribute','min_serial':0}", "serial 0"},
    {"{'operation':'distribute','min_serial':9223372036854775807}", "2^63-1"},
    {"{'operation':'distribute','x':1e308,'y':-0,'z':1E+2,'w':0.0}", "numbers of every form"},
    {"{'operation':'distribute','x':18446744073709551615}", "2^64-1 where nobody looks"},
    {"{'operation':'distribute','app':{'name':'\\ud83d\\ude00'}}", "a pair of surrogates"},
    {"{'operation':'distribute','app':{'name':'😀\\u0000\\n\\/'}}", "an escaped NUL in free text"},
    {"{'operation':'distribute','app':{'name':'\x7F'}}", "DEL is no control character of JSON"},
    {"{'operation':'distribute','app':{'platform':'iOS'}}", "a known platform in its own spelling"},
    {"{'operation':'distribute','app':{'domains':['例子.中国']}}", "a domain in Chinese"},
};

TEST(RequestJson, AcceptsWhatIsUnusualButRight) {
  for (const JsonRow& row : kAcceptedJson)
    EXPECT_EQ(JsonReading(json_of(row.json)).told_as(), "accepted") << row.why << ": " << row.json;
}

TEST(RequestJson, EscapesAreResolved) {
  const JsonReading reading(
      R"({"operation":"distribute","app":{"name":"\u793a\u4f8b\"\\\/\t\ud83d\ude00"}})");
  ASSERT_EQ(reading.told_as(), "accepted");
  EXPECT_EQ(reading.request().app.name, "示例\"\\/\t😀");
}

TEST(RequestJson, BlanksAroundWhatAnAppIsKnownByDoNotCount) {
  const JsonReading reading(
      R"({"id":" 7 ","operation":"distribute","app":{"platform":"\tiOS\n","package":" cn.a ",)"
      R"("host_platform":" ","sponsor":{"certificate_number":"91110000MA0000000X\r\n"}}})");
  ASSERT_EQ(reading.told_as(), "accepted");
  EXPECT_EQ(reading.request().id, " 7 ");  // comes back as given
  EXPECT_EQ(reading.request().app.platform, "ios");
  EXPECT_EQ(reading.request().app.package, "cn.a");
  EXPECT_EQ(reading.request().app.host_platform, "");
  EXPECT_EQ(reading.request().app.sponsor_certificate, "91110000MA0000000X");
}

TEST(RequestJson, CategoriesAreOneAnItemHoweverTheyAreJoined) {
  const JsonReading reading(
      R"({"operation":"distribute","app":{"categories":[" news\t","宗教、出版 ，; games；",""," "]}})");
  ASSERT_EQ(reading.told_as(), "accepted");
  EXPECT_EQ(reading.request().app.categories,
            (std::vector<std::string_view>{"news", "宗教", "出版", "games"}));
}

TEST(RequestJson, IntegerIdsAreKeptDigitByDigit) {
  for (const std::string_view id :
       {"0", "1", "-1", "9007199254740993", "9223372036854775807", "-9223372036854775808"}) {
    const JsonReading reading(R"({"operation":"distribute","id":)" + std::string(id) + "}");
    ASSERT_EQ(reading.told_as(), "accepted") << id;
    EXPECT_EQ(reading.request().id, id);
    EXPECT_TRUE(reading.request().is_id_number);
  }
}

TEST(RequestJson, WhatIsRefusedKeepsItsIdWhereverThatStands) {
  struct {
    std::string_view json, id;
    bool is_number;
  } const rows[] = {
      {"{'id':'a','operation':'x'}", "a", false},
      {"{'operation':'x','id':'behind'}", "behind", false},
      {"{'app':{'ips':['x']},'operation':'connect','id':7}", "7", true},
      {"{'id':'behind'}", "behind", false},
      {"{'operation':'x','app':{'id':'inside'}}", "", false},
      {"{'operation':'x','id':2.5}", "", false},
      {"{'operation':'x','id':null}", "", false},
      {"['id','a']", "", false},
      {"{'operation':'x','id':'cut", "", false},
  };
  for (const auto& row : rows) {
    const JsonReading reading(json_of(row.json));
    EXPECT_NE(reading.told_as(), "accepted") << row.json;
    EXPECT_EQ(reading.request().id, row.id) << row.json;
    EXPECT_EQ(reading.request().is_id_number, row.is_number) << row.json;
  }
}

TEST(RequestJson, AnIdBeyondItsBoundIsNotSaidToBeNoInteger) {
  for (const std::string_view id : {"9223372036854775808", "1.5", "true"})
    EXPECT_EQ(JsonReading(R"({"operation":"distribute","id":)" + std::string(id) + "}").detail(),
              "must be a string, or an integer from -2^63 to 2^63-1")
        << id;
}

TEST(RequestJson, NothingOfTheRequestBeforeStays) {
  RequestReader reader;
  CheckRequest request;
  Problem problem;
  ASSERT_TRUE(reader.read(json_of("{'operation':'connect','id':7,'app':{'ips':['192.0.2.7'],"
                                  "'kind':'quick_app','displayed_number':''},'min_serial':3}"),
                          {}, &request, &problem));
  ASSERT_TRUE(reader.read(json_of("{'operation':'distribute'}"), {}, &request, &problem));
  EXPECT_EQ(request.id, "");
  EXPECT_FALSE(request.is_id_number);
  EXPECT_TRUE(request.app.ips.empty());
  EXPECT_EQ(request.app.kind, Kind::kApp);
  EXPECT_FALSE(request.app.displayed_number || request.min_serial);
}

// --- strict ---

TEST(RequestJson, StrictRefusesUnknownFieldsByPointer) {
  struct {
    std::string_view json, want;
  } const rows[] = {
      {"{'operation':'distribute'}", "accepted"},
      {"{'operation':'distribute','x':1}", "400 invalid-field /x"},
      {"{'operation':'distribute','x':null}", "400 invalid-field /x"},
      {"{'operation':'distribute','app':{'pakage':'a'}}", "400 invalid-field /app/pakage"},
      {"{'operation':'distribute','app':{'sponsor':{'x':1}}}", "400 invalid-field /app/sponsor/x"},
      {"{'operation':'distribute','a/b~c':1}", "400 invalid-field /a~1b~0c"},
  };
  for (const auto& row : rows)
    EXPECT_EQ(JsonReading(json_of(row.json), true).told_as(), row.want) << row.json;
}

TEST(RequestJson, StrictNamesTheNearestField) {
  const JsonReading reading(json_of("{'operation':'distribute','app':{'pakage':'a'}}"), true);
  EXPECT_EQ(reading.detail(), "unknown field; did you mean package?");
}

// --- batches ---

struct CheckBatch {
  std::string json;
  RequestReader reader;
  Problem problem;

  explicit CheckBatch(std::string_view text) : json(json_of(text)) {}
  std::string parse(bool is_strict = false) {
    return told(reader.parse_batch(json, {is_strict}, &problem), problem);
  }
};

TEST(RequestJson, BatchesAreRefusedAsAWholeOnlyForTheirFrame) {
  struct {
    std::string_view json, want, why;
  } const rows[] = {
      {"{'checks':[]}", "accepted", "empty"},
      {"{'checks':[1,null,{}]}", "accepted", "bad items are told one by one"},
      {"{'other':1,'checks':[]}", "accepted", "unknown fields"},
      {"", "400 invalid-json", "empty body"},
      {"{'checks':[}", "400 invalid-json", "syntax"},
      {"{'checks':[{'operation':'distribute'},]}", "400 invalid-json", "trailing comma"},
      {"[]", "400 invalid-field", "an array"},
      {"null", "400 invalid-field", "null"},
      {"{}", "400 missing-field /checks", "no checks"},
      {"{'checks':null}", "400 invalid-field /checks", "null"},
      {"{'checks':{}}", "400 invalid-field /checks", "an object"},
      {"{'checks':'x'}", "400 invalid-field /checks", "a string"},
      {"{'checks':[],'checks':[]}", "400 invalid-field /checks", "twice"},
  };
  for (const auto& row : rows) EXPECT_EQ(CheckBatch(row.json).parse(), row.want) << row.why;
  EXPECT_EQ(CheckBatch("{'checks':[],'x':1}").parse(true), "400 invalid-field /x");
}

TEST(RequestJson, BatchHoldsOneThousandItems) {
  std::string items;
  for (std::size_t i = 0; i < limits::kBatchItemsMax; ++i) items += i == 0 ? "1" : ",1";
  CheckBatch full("{'checks':[" + items + "]}");
  EXPECT_EQ(full.parse(), "accepted");
  EXPECT_EQ(full.reader.item_count(), 1'000U);
  EXPECT_EQ(CheckBatch("{'checks':[" + items + ",1]}").parse(), "413 too-many-checks /checks");
}

TEST(RequestJson, BadItemsKeepTheirIdAndTheirPlace) {
  CheckBatch batch(
      "{'checks':[{'id':'a','operation':'distribute'},{'id':'b','operation':'x'},"
      "{'operation':7,'id':'behind'},{'app':{'ips':['x']},'operation':'connect','id':"
      "9007199254740993},"
      "7,{'id':2.5},{'operation':'preinstall'}]}");
  ASSERT_EQ(batch.parse(), "accepted");
  struct {
    std::string_view id, want;
    bool is_number;
  } const rows[] = {
      {"a", "accepted", false},
      {"b", "400 invalid-field /checks/1/operation", false},
      {"behind", "400 invalid-field /checks/2/operation", false},
      {"9007199254740993", "400 invalid-field /checks/3/app/ips/0", true},
      {"", "400 invalid-field /checks/4", false},
      {"", "400 invalid-field /checks/5/id", false},
      {"", "accepted", false},
  };
  ASSERT_EQ(batch.reader.item_count(), std::size(rows));
  CheckRequest request;
  for (const auto& row : rows) {
    const bool is_accepted = batch.reader.read_next(&request, &batch.problem);
    EXPECT_EQ(told(is_accepted, batch.problem), row.want);
    EXPECT_EQ(request.id, row.id);
    EXPECT_EQ(request.is_id_number, row.is_number);
  }
}

struct ItemRow {
  std::string_view item;
  std::string_view want;  // for the item between two good ones
};

// Good items on both sides must not be blamed for the bad one.
TEST(RequestJson, ABadItemOfABatchIsItsOwnFaultAlone) {
  const std::string deep = std::string(15, '[') + std::string(15, ']');
  const ItemRow rows[] = {
      {"{'operation':'connect','x':1e400}", "400 invalid-json /checks/1"},
      {"{'operation':'connect','x':18446744073709551616}", "400 invalid-json /checks/1"},
      {"{'operation':'connect','x':'\\ud800'}", "400 invalid-json /checks/1"},
      {"{'operation':'connect','x':'\xFF'}", "400 invalid-json /checks/1"},
      {"{'operation':'connect','x':'a\nb'}", "400 invalid-json /checks/1"},
      {"{'operation':'connect','x':'],[{\\'','y':01}", "400 invalid-json /checks/1"},
      {"{'operation':'connect' 'x':1}", "400 invalid-json /checks/1"},
      {"{'operation':'connect',}", "400 invalid-json /checks/1"},
      {"nul", "400 invalid-json /checks/1"},
  };
  const auto read = [](const std::string& item, std::string_view end = "") {
    CheckBatch batch("{'x':[{}],'checks' : [{'operation':'connect','id':'a'} , " + item +
                     " ,{'operation':'connect','id':'c'}]" + std::string(end) + "}");
    std::string told = batch.parse();
    if (told != "accepted") return told;
    told.clear();
    EXPECT_EQ(batch.reader.item_count(), 3U);
    CheckRequest request;
    for (std::size_t i = 0; i < 3; ++i) {
      Problem problem;
      const bool is_read = batch.reader.read_next(&request, &problem);
      if (i == 1)
        told = wire::test::told(is_read, problem);
      else
        EXPECT_TRUE(is_read && request.id == (i == 0 ? "a" : "c")) << item << problem.detail;
    }
    return told;
  };
  for (const ItemRow& row : rows) EXPECT_EQ(read(std::string(row.item)), row.want) << row.item;
  const std::string nested = "{'operation':'connect','x':" + deep + "}";
  EXPECT_EQ(read(nested), "accepted") << "as deep as it may be alone";
  EXPECT_EQ(read("{'operation':'connect','x':[" + deep + "]}"), "400 invalid-json /checks/1");
  EXPECT_EQ(read("{'operation':'connect','x':1e400}", ",'y':[1"), "400 invalid-json");
  EXPECT_EQ(read("{'operation':'connect','x':1e400}", ",'checks':[]"), "400 invalid-field /checks");
}

TEST(RequestJson, ABatchThatCannotBeTakenApartIsRefusedAsAWhole) {
  for (const std::string_view json : {"",
                                      "[",
                                      "{",
                                      "{'checks'",
                                      "{'checks':",
                                      "{'checks':[",
                                      "{'checks':[1",
                                      "{'checks':[1,",
                                      "{'checks':[1e400",
                                      "{'checks':[1e400,]}",
                                      "{'checks':[,1e400]}",
                                      "{'checks':[1e400}",
                                      "{'checks':[1e400]",
                                      "{'checks':[1e400]]",
                                      "{'checks':[1e400],}",
                                      "{'checks':['a]}",
                                      "{'checks':[{'a':1e400]}",
                                      "{'checks':{'a':1e400}}",
                                      "{'check':[1e400]}",
                                      "{checks:[1e400]}",
                                      "{'checks':[1e400]}x",
                                      "\xEF\xBB\xBF{'checks':[]}",
                                      "{'a':1e400,'checks':[1]}"})
    EXPECT_EQ(CheckBatch(json).parse(), "400 invalid-json") << json;
}

}  // namespace
}  // namespace beian::wire::test
