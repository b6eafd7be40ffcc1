// Check requests from query strings: percent-decoding, flat names, lists, and refusals by name.
#include "tests/wire/request_support.h"

namespace beian::wire::test {
namespace {

struct QueryRow {
  std::string_view query;
  std::string_view want;
  std::string_view why;
};

constexpr QueryRow kRefusedQueries[] = {
    {"", "400 missing-field /operation", "nothing"},
    {"&&&", "400 missing-field /operation", "only separators"},
    {"number=x", "400 missing-field /operation", "no operation"},
    {"Operation=distribute", "400 missing-field /operation", "names are exact"},
    {"operation", "400 invalid-parameter /operation", "no value"},
    {"operation=", "400 invalid-parameter /operation", "empty"},
    {"operation=publish", "400 invalid-parameter /operation", "no operation of ours"},
    {"operation=DISTRIBUTE", "400 invalid-parameter /operation", "capitals"},
    {"operation=distribute+", "400 invalid-parameter /operation", "a space behind it"},
    {"operation=distribute&operation=distribute", "400 invalid-parameter /operation", "twice"},
    {"operation=connect&number=a&number=b", "400 invalid-parameter /number", "twice"},
    {"operation=connect&number=a&filing_number=b", "400 invalid-parameter /filing_number",
     "twice by two names"},
    {"operation=connect&name=a&app.name=b", "400 invalid-parameter /app.name", "with the prefix"},
    {"operation=connect&sponsor=a&sponsor.name=b", "400 invalid-parameter /sponsor.name", "dotted"},
    {"operation=connect&name=%", "400 invalid-parameter /name", "a percent sign alone"},
    {"operation=connect&name=%4", "400 invalid-parameter /name", "one digit"},
    {"operation=connect&name=%4g", "400 invalid-parameter /name", "no digit"},
    {"operation=connect&name=%%41", "400 invalid-parameter /name", "two percent signs"},
    {"operation=connect&name=%FF", "400 invalid-parameter /name", "not UTF-8"},
    {"operation=connect&name=%E4%BA", "400 invalid-parameter /name", "a character cut short"},
    {"operation=connect&name=%C0%AF", "400 invalid-parameter /name", "overlong"},
    {"operation=connect&name=%ED%A0%80", "400 invalid-parameter /name", "a surrogate"},
    {"operation=connect&name=a%00b", "400 invalid-parameter /name", "NUL"},
    {"operation=connect&unknown=%FF", "400 invalid-parameter /unknown", "unknown, but not UTF-8"},
    {"operation=connect&%FF=1", "400 invalid-parameter /%FF", "a name that is not UTF-8"},
    {"operation=connect&kind=website", "400 invalid-parameter /kind", "not a kind that is checked"},
    {"operation=connect&platform=MyOS", "400 invalid-parameter /platform", "capitals"},
    {"operation=connect&fingerprint=zz", "400 invalid-parameter /fingerprint", "no digest"},
    {"operation=connect&fingerprint=9f86d081884c7d659a2feaa0c55ad015,zz",
     "400 invalid-parameter /fingerprint", "the second one"},
    {"operation=connect&public_key=zz", "400 invalid-parameter /public_key", "no key"},
    {"operation=connect&ip=192.0.2.256", "400 invalid-parameter /ip", "256"},
    {"operation=connect&domain=a..b", "400 invalid-parameter /domain", "an empty label"},
    {"operation=connect&offline=yes", "400 invalid-parameter /offline", "neither true nor false"},
    {"operation=connect&offline=TRUE", "400 invalid-parameter /offline", "capitals"},
    {"operation=connect&min_serial=-1", "400 invalid-parameter /min_serial", "below zero"},
    {"operation=connect&min_serial=1.0", "400 invalid-parameter /min_serial", "a fraction"},
    {"operation=connect&min_serial=0x1", "400 invalid-parameter /min_serial", "hexadecimal"},
    {"operation=connect&min_serial=+1", "400 invalid-parameter /min_serial", "a plus is a space"},
    {"operation=connect&min_serial=9223372036854775808", "400 invalid-parameter /min_serial",
     "2^63, as in JSON"},
    {"operation=connect&min_serial=99999999999999999999", "400 invalid-parameter /min_serial",
     "beyond"},
    {"operation=connect&as_of=2024-02-30", "400 invalid-parameter /as_of", "no such day"},
    {"operation=connect&first_published=2024", "400 invalid-parameter /first_published", "a year"},
    {"operation=connect&detail=all", "400 invalid-parameter /detail", "no such detail"},
};

TEST(RequestQuery, RefusalsNameTheParameter) {
  for (const QueryRow& row : kRefusedQueries)
    EXPECT_EQ(QueryReading(row.query).told_as(), row.want) << row.why << ": " << row.query;
}

constexpr QueryRow kAcceptedQueries[] = {
    {"operation=distribute", "", "alone"},
    {"&operation=distribute&&", "", "empty parts"},
    {"operation=%64istribute", "", "an escape in the value"},
    {"o%70eration=distribute", "", "an escape in the name"},
    {"operation=distribute&unknown=1&unknown=2", "", "unknown parameters"},
    {"operation=distribute&lang=en&strict=false", "", "options"},
    {"operation=distribute&number=&kind=&as_of=&min_serial=&offline=", "", "empty is not given"},
    {"operation=distribute&name=a=b", "", "an equals sign in the value"},
    {"operation=distribute&name=a%26b%3Dc", "", "separators escaped"},
    {"operation=distribute&min_serial=9223372036854775807", "", "2^63-1"},
};

TEST(RequestQuery, AcceptsWhatIsUnusualButRight) {
  for (const QueryRow& row : kAcceptedQueries)
    EXPECT_EQ(QueryReading(row.query).told_as(), "accepted") << row.why << ": " << row.query;
}

TEST(RequestQuery, StrictRefusesUnknownParametersButNotOptions) {
  EXPECT_EQ(QueryReading("operation=connect&lang=en&strict=true", true).told_as(), "accepted");
  EXPECT_EQ(QueryReading("operation=connect&pakage=a", true).told_as(),
            "400 invalid-parameter /pakage");
}

TEST(RequestQuery, ReadsFlatNames) {
  const QueryReading reading(
      "id=r&operation=connect&number=%E4%BA%ACICP%E5%A4%872023000001%E5%8F%B7-1A&kind=mini_program"
      "&app.name=a+b%2Bc&platform=iOS&package=cn.example.app&sponsor=s&certificate_number=c"
      "&domain=a.example.cn,b.example.cn&domains=c.example.cn&ip=192.0.2.7&ips=2001:db8::1"
      "&category=news&provider=aliyun&offline=1&network_permission=0&operator_overseas=true"
      "&first_published=2022-05-01&displayed_number=&as_of=2024-02-01&min_serial=7&detail=brief");
  ASSERT_EQ(reading.told_as(), "accepted");
  const CheckRequest& request = reading.request();
  EXPECT_EQ(request.id, "r");
  EXPECT_EQ(request.operation, Operation::kConnect);
  EXPECT_EQ(request.filing_number, "京ICP备2023000001号-1A");
  EXPECT_EQ(request.app.kind, Kind::kMiniProgram);
  EXPECT_EQ(request.app.name, "a b+c");
  EXPECT_EQ(request.app.platform, "ios");
  EXPECT_EQ(request.app.package, "cn.example.app");
  EXPECT_EQ(request.app.sponsor_name, "s");
  EXPECT_EQ(request.app.sponsor_certificate, "c");
  EXPECT_EQ(request.app.domains,
            (std::vector<std::string_view>{"a.example.cn", "b.example.cn", "c.example.cn"}));
  EXPECT_EQ(request.app.ips.size(), 2U);
  EXPECT_EQ(request.app.categories, std::vector<std::string_view>{"news"});
  EXPECT_EQ(request.provider, "aliyun");
  EXPECT_EQ(request.app.offline, true);
  EXPECT_EQ(request.app.network_permission, false);
  EXPECT_EQ(request.app.operator_overseas, true);
  EXPECT_FALSE(request.app.servers_overseas.has_value());
  EXPECT_EQ(request.app.displayed_number, "");
  EXPECT_EQ(request.min_serial, 7U);
  EXPECT_EQ(request.is_detail_full, false);
}

TEST(RequestQuery, PlusIsASpaceOnlyInAQuery) {
  std::string out;
  ASSERT_TRUE(percent_decode("a+b%2B", true, &out));
  EXPECT_EQ(out, "a b+");
  ASSERT_TRUE(percent_decode("a+b%2b", false, &out));
  EXPECT_EQ(out, "a+b+");
}

std::string_view value_of(const QueryParameters& parameters, std::string_view name) {
  std::string_view value;
  Problem problem;
  EXPECT_TRUE(parameters.get_once(name, &value, &problem)) << problem.detail;
  return value;
}

// Decoded texts are kept from one query to the next: many of them, long ones, refused ones.
TEST(RequestQuery, NothingIsLeftOfTheQueryBefore) {
  std::string many;
  for (int i = 0; i < 300; ++i)
    many += "&x" + std::to_string(i) + "=" + std::string(static_cast<std::size_t>(i) * 10, 'y');
  QueryParameters parameters;
  Problem problem;
  for (const std::string& before : {many, std::string("name=abc&name=%FF"), std::string("a=b")}) {
    parameters.parse(before, &problem);
    ASSERT_TRUE(parameters.parse("operation=connect&name=&number=%31", &problem)) << before;
    ASSERT_EQ(parameters.all().size(), 3U);
    EXPECT_EQ(value_of(parameters, "operation"), "connect");
    EXPECT_EQ(value_of(parameters, "name"), "");
    EXPECT_EQ(value_of(parameters, "number"), "1");
    parameters.add("domain", "example.cn");
    EXPECT_EQ(value_of(parameters, "operation"), "connect");
    EXPECT_EQ(value_of(parameters, "domain"), "example.cn");
  }
}

// A blank parameter says nothing, so it hides nothing: another source may still fill the field.
TEST(RequestQuery, BlanksAreAsGoodAsNoParameter) {
  struct Filling {
    std::string_view query;
    bool has_number;
    bool has_domains;
  };
  for (const auto& [query, has_number, has_domains] :
       {Filling{"", false, false}, Filling{"number=&domain=", false, false},
        Filling{"app.filing_number=%20%09&app.domains=,%20,", false, false},
        Filling{"number=x&domains=a", true, true},
        Filling{"number=&domain=&ip=&domains=a", false, true}}) {
    QueryParameters parameters;
    Problem problem;
    ASSERT_TRUE(parameters.parse(query, &problem));
    EXPECT_EQ(parameters.has(Slot::kFilingNumber), has_number) << query;
    EXPECT_EQ(parameters.has(Slot::kDomains), has_domains) << query;
  }
  QueryParameters parameters;
  Problem problem;
  CheckRequest request;
  ASSERT_TRUE(parameters.parse("operation=connect&number=&app.number=", &problem));
  parameters.fill("filing_number", "y");
  ASSERT_TRUE(read_request(parameters, {}, &request, &problem)) << problem.detail;
  EXPECT_EQ(request.filing_number, "y");
}

TEST(RequestQuery, OptionsAreGivenOnceAndBooleansAreOfOneKind) {
  struct Option {
    std::string_view query;
    std::string_view want;
  };
  for (const auto& [query, want] :
       {Option{"", "unset"}, Option{"verify=", "unset"}, Option{"verify=true", "true"},
        Option{"verify=1", "true"}, Option{"verify=false", "false"}, Option{"verify=0", "false"},
        Option{"verify=yes", "400 /verify"}, Option{"verify=TRUE", "400 /verify"},
        Option{"verify=1&verify=1", "400 /verify"}, Option{"verify&verify=1", "400 /verify"}}) {
    for (const bool before : {false, true}) {
      QueryParameters parameters;
      Problem problem;
      bool flag = before;
      ASSERT_TRUE(parameters.parse(query, &problem));
      const std::string told = !parameters.get_flag("verify", &flag, &problem)
                                   ? "400 " + problem.pointer
                                   : (flag ? "true" : "false");
      EXPECT_EQ(told, want == "unset" ? (before ? "true" : "false") : want) << query;
    }
  }
}

}  // namespace
}  // namespace beian::wire::test
