// What the registry knows to be none, as opposed to what it does not know. An empty list means
// "none": any given value differs from it. Null or a missing field may be anything.
#include <gtest/gtest.h>

#include "gate/decision/evaluate.h"
#include "gate/decision/identity_text.h"
#include "gate/wire/values.h"
#include "tests/support/builders.h"

namespace beian {
namespace {

using test::Checker;
using test::registry_of;
using test::request_of;
using test::summary;

// -1A has nothing, -2A something of everything, -3A two platforms as is usual, -6A two
// certificates.
constexpr std::string_view kKnownFeed = R"(
{"record":"service","id":1,"number":"京ICP备2023000001号-1A","names":[],"status":"filed","platforms":[]}
{"record":"service","id":2,"number":"京ICP备2023000001号-2A","names":["半知应用"],"status":"filed","platforms":[{"os":"android","package":"cn.example.half","fingerprints":["0000000000000000000000000000000a"],"public_keys":[]},{"os":"ios","fingerprints":[]},{"os":"harmonyos","package":"cn.example.none","fingerprints":[]}]}
{"record":"service","id":3,"number":"京ICP备2023000001号-3A","status":"filed","platforms":[{"os":"android","package":"cn.example.app","fingerprints":["9f86d081884c7d659a2feaa0c55ad015"]},{"os":"ios","package":"cn.example.ios"}]}
{"record":"service","id":4,"number":"京ICP备2023000001号-4X","status":"filed","host_platform":"WeChat"}
{"record":"service","id":5,"number":"京ICP备2023000001号-5K","status":"filed"}
{"record":"service","id":7,"number":"京ICP备2023000001号-7K","status":"filed","host_platform":"harmonyos"}
{"record":"service","id":8,"number":"京ICP备2023000001号-8K","status":"filed","host_platform":"快应用"}
{"record":"service","id":6,"number":"京ICP备2023000001号-6A","status":"filed","platforms":[{"os":"android","package":"p.x","fingerprints":["00000000000000000000000000000001","00000000000000000000000000000002"]}]}
)";

struct KnownRow {
  std::string_view name;
  std::string_view fields;
  std::string_view want;  // summary()
};

std::ostream& operator<<(std::ostream& out, const KnownRow& row) {
  return out << row.name;
}

class EvaluateKnown : public testing::TestWithParam<KnownRow> {};

TEST_P(EvaluateKnown, FindsExactlyWhatTheRowSays) {
  static const auto kRegistry = registry_of(kKnownFeed);
  Checker checker(kRegistry);
  const KnownRow& row = GetParam();
  EXPECT_EQ(summary(checker.check(request_of(row.fields))), row.want);
}

#define EMPTY(fields) "'filing_number':'京ICP备2023000001号-1A','app':{" fields "}"
#define HALF(fields) "'filing_number':'京ICP备2023000001号-2A','app':{" fields "}"
#define FILED(fields) "'filing_number':'京ICP备2023000001号-3A','app':{" fields "}"
#define ROTATED(fields) \
  "'filing_number':'京ICP备2023000001号-6A','app':{'platform':'android','package':'p.x'," fields "}"
#define MD5 "'fingerprint':'0000000000000000000000000000000"  // followed by its last digit and `'`
constexpr KnownRow kKnownRows[] = {
    {"no_name_was_recorded", EMPTY("'name':'甲'"), "allow NOT_COMPARABLE | number"},
    {"no_platforms", EMPTY("'platform':'android','package':'a.b'," MD5 "1'"),
     "deny PLATFORM_NOT_FILED | number"},
    {"no_platforms_nor_packages", EMPTY("'package':'a.b'"), "deny PACKAGE_NOT_FILED | number"},
    {"no_platforms_nor_certificates", EMPTY(MD5 "1'"), "allow NOT_COMPARABLE | number"},
    {"no_platforms_nor_keys", EMPTY("'public_key':'c0ffee01020304050607080910111213'"),
     "allow NOT_COMPARABLE | number"},
    {"no_certificate_of_a_package_was_recorded",
     HALF("'platform':'harmonyos','package':'cn.example.none'," MD5 "a'"),
     "allow NOT_COMPARABLE | package"},
    {"no_key_of_a_package_was_recorded",
     HALF("'package':'cn.example.half','public_key':'c0ffee01020304050607080910111213'"),
     "allow NOT_COMPARABLE | number"},
    {"a_package_not_known_may_be_it", HALF("'package':'cn.example.other'"),
     "allow NOT_COMPARABLE | number"},
    {"of_a_platform_with_a_known_package_it_is_not",
     HALF("'platform':'android','package':'cn.example.other'"), "deny PACKAGE_NOT_FILED | number"},
    {"certificates_not_recorded_may_have_it", HALF(MD5 "b'"), "allow NOT_COMPARABLE | number"},
    {"keys_not_known_may_have_it", HALF("'public_key':'c0ffee01020304050607080910111213'"),
     "allow NOT_COMPARABLE | number"},
    {"certificates_not_known_may_have_it", FILED(MD5 "1'"), "allow NOT_COMPARABLE | number"},
    {"the_first_of_two_certificates_is_one", ROTATED(MD5 "1'"), "allow | certificate"},
    {"the_second_of_two_certificates_is_one", ROTATED(MD5 "2'"), "allow | certificate"},
    {"neither_of_two_certificates", ROTATED(MD5 "3'"), "deny CERTIFICATE_MISMATCH | package"},
    {"of_a_package_with_known_certificates_it_is_not",
     FILED("'package':'cn.example.app'," MD5 "1'"), "deny CERTIFICATE_MISMATCH | number"},
};
INSTANTIATE_TEST_SUITE_P(Identity, EvaluateKnown, testing::ValuesIn(kKnownRows), test::row_name);

#define MINI "'filing_number':'京ICP备2023000001号-4X'"
#define QUICK "'filing_number':'京ICP备2023000001号-5K'"
#define HARMONY "'filing_number':'京ICP备2023000001号-7K','app':{'kind':'quick_app'"
#define QUICK_HOST "'filing_number':'京ICP备2023000001号-8K','app':{'kind':'quick_app'"
constexpr KnownRow kHostRows[] = {
    {"F14_same_host", MINI ",'app':{'kind':'mini_program','host_platform':' ｗechat'}",
     "allow | number"},
    {"F14_other_host", MINI ",'app':{'kind':'mini_program','host_platform':'alipay'}",
     "deny PLATFORM_NOT_FILED | number"},
    {"F14_same_host_by_another_word", MINI ",'app':{'kind':'mini_program','host_platform':'微信'}",
     "allow | number"},
    {"F14_host_nobody_knows", MINI ",'app':{'kind':'mini_program','host_platform':'acme'}",
     "allow NOT_COMPARABLE | number"},
    {"F14_host_not_known", QUICK ",'app':{'kind':'quick_app','host_platform':'quickapp'}",
     "allow NOT_COMPARABLE | number"},
    {"F14_harmonyos_is_a_host_by_another_word", HARMONY ",'host_platform':'元服务'}",
     "allow | number"},
    {"F14_other_host_than_harmonyos", HARMONY ",'host_platform':'alipay'}",
     "deny PLATFORM_NOT_FILED | number"},
    {"F14_a_quick_app_may_run_on_harmonyos", HARMONY ",'host_platform':'quickapp'}",
     "allow NOT_COMPARABLE | number"},
    {"F14_harmonyos_may_run_a_quick_app", QUICK_HOST ",'host_platform':'harmonyos'}",
     "allow NOT_COMPARABLE | number"},
    {"F14_other_host_than_quick_apps", QUICK_HOST ",'host_platform':'wechat'}",
     "deny PLATFORM_NOT_FILED | number"},
    {"an_app_has_no_host", FILED("'host_platform':'alipay'"), "allow | number"},
};
INSTANTIATE_TEST_SUITE_P(Host, EvaluateKnown, testing::ValuesIn(kHostRows), test::row_name);

// The recorded province where it is one; otherwise that of the subject's number.
TEST(EvaluateDetails, ADomicileIsRecordedOrThatOfTheSubjectsNumber) {
  Checker checker(registry_of(R"(
{"record":"subject","id":1,"number":"京ICP备2023000001号","status":"filed"}
{"record":"subject","id":2,"number":"蜀ICP备2023000002号","status":"filed"}
{"record":"subject","id":3,"number":"川B2-20230003","status":"filed","province":"蜀"}
{"record":"subject","id":4,"number":"粤B2-20230004","status":"filed","province":"湘"}
{"record":"service","id":1,"subject_id":1,"number":"津ICP备2023000001号-1A","status":"filed"}
{"record":"service","id":2,"subject_id":2,"number":"津ICP备2023000001号-2A","status":"filed"}
{"record":"service","id":3,"subject_id":3,"number":"川B2-20230003-1A","status":"filed"}
{"record":"service","id":4,"subject_id":4,"number":"粤B2-20230004-1A","status":"filed"}
)"));
  const auto told = [&](std::string_view number) {
    const Decision& decision =
        checker.check(request_of("'filing_number':'" + std::string(number) + "'"));
    wire::MessageContext context{checker.request(), decision, wire::Guidance::built_in(),
                                 wire::Language::kZh};
    std::string out = summary(decision);
    for (const Finding& finding : decision.findings())
      wire::for_each_expected(context, finding,
                              [&](std::string_view value) { out.append(" ").append(value); });
    return out;
  };
  EXPECT_EQ(told("津ICP备2023000001号-1A"), "review PROVINCE_MISMATCH | number 北京");
  EXPECT_EQ(told("津ICP备2023000001号-2A"), "review PROVINCE_MISMATCH | number 四川");
  EXPECT_EQ(told("川B2-20230003-1A"), "allow | number");
  EXPECT_EQ(told("粤B2-20230004-1A"), "review PROVINCE_MISMATCH | number 湘");
}

// On both sides the check letter may be in either case, and there may be blanks and full-width
// forms.
TEST(EvaluateDetails, CertificateNumbersAreOneInEverySpelling) {
  const auto answer = [](std::string_view filed, std::string_view given) {
    Checker checker(registry_of(
        R"({"record":"subject","id":1,"number":"京ICP备2023000001号","status":"filed","certificate_number":")" +
        std::string(filed) + R"("}
{"record":"service","id":1,"subject_id":1,"number":"京ICP备2023000001号-1A","status":"filed"})"));
    return summary(
        checker.check(request_of("'filing_number':'京ICP备2023000001号-1A','app':{'sponsor':{"
                                 "'certificate_number':'" +
                                 std::string(given) + "'}}")));
  };
  constexpr std::string_view kSame = "allow | number";
  constexpr std::string_view kOther = "review SPONSOR_MISMATCH | number";
  EXPECT_EQ(answer("11010519491231002X", "11010519491231002x"), kSame);
  EXPECT_EQ(answer("11010519491231002x", "11010519491231002X"), kSame);
  EXPECT_EQ(answer("110105 19491231 002X", "11010519491231002X"), kSame);
  EXPECT_EQ(answer("11010519491231002Ｘ", "11010519491231002X"), kSame);
  EXPECT_EQ(answer("110105-19491231{}~", "110105-19491231{}~"), kSame);
  EXPECT_EQ(answer("110105-19491231{", "110105-19491231["), kOther);
  EXPECT_EQ(answer("11010519491231002\x7F", "11010519491231002X"), kOther);
}

TEST(EvaluateDetails, APlatformIsALowerCaseWordOrAUsualOne) {
  EXPECT_EQ(platform_word("iOS"), "ios");
  EXPECT_EQ(platform_word("my-os2"), "my-os2");
  EXPECT_EQ(platform_word("my-OS2"), std::nullopt);
  EXPECT_EQ(host_platform_index(""), std::nullopt);
  EXPECT_EQ(host_platform_index(" ｗechat"), host_platform_index("微信"));
}

// The host platform counts as the platform, both in `compared` and in findings.
TEST(EvaluateDetails, AHostThatDiffersIsFoundAtItsField) {
  Checker checker(registry_of(kKnownFeed));
  const auto compared = [&](std::string_view host) {
    const std::string fields =
        std::string(MINI ",'app':{'kind':'mini_program','host_platform':'").append(host) + "'}";
    return checker.check(request_of(fields)).compared.platform;
  };
  EXPECT_EQ(compared("wechat"), Match::kMatches);
  EXPECT_EQ(compared("alipay"), Match::kDiffers);
  EXPECT_EQ(checker.decision().findings()[0].field, FieldId::kHostPlatform);
}

}  // namespace
}  // namespace beian
