// The rules as a table: one registry that holds every state, one row a rule, its positive case and
// negatives one step away. Rows name the clause or FAQ line (F-n) that they rest on.
#include "gate/decision/evaluate.h"

#include <gtest/gtest.h>

#include "tests/support/builders.h"

namespace beian {
namespace {

using test::Checker;
using test::registry_of;
using test::request_of;
using test::summary;

// Subjects: 1 a company in Beijing, 2 cancelled, 3 blacklisted, 4 a licence holder, 5 an
// individual, 6 moved: its domicile is recorded as another province, 7 revoked, 8 cancelling, 9
// changing.
constexpr std::string_view kFeed = R"(
{"record":"subject","id":1,"number":"京ICP备2023000001号","sponsor":"北京示例科技有限公司","nature":"企业","certificate_number":"91110000MA00000001","status":"filed"}
{"record":"subject","id":2,"number":"沪ICP备2023000002号","sponsor":"上海注销示例有限公司","status":"cancelled","cancelled_on":"2025-05-06"}
{"record":"subject","id":3,"number":"粤ICP备2023000003号","sponsor":"广州黑名单示例有限公司","status":"blacklisted"}
{"record":"subject","id":4,"number":"粤B2-20090059","sponsor":"深圳平台示例有限公司","status":"filed"}
{"record":"subject","id":5,"number":"浙ICP备2024000005号","sponsor":"张示例","nature":"个人","status":"filed"}
{"record":"subject","id":6,"number":"苏ICP备2023000006号","sponsor":"迁址示例有限公司","province":"浙","status":"filed"}
{"record":"subject","id":7,"number":"皖ICP备2023000007号","sponsor":"吊销示例有限公司","status":"revoked"}
{"record":"subject","id":8,"number":"闽ICP备2023000008号","sponsor":"注销中示例有限公司","status":"cancelling"}
{"record":"subject","id":9,"number":"赣ICP备2023000009号","sponsor":"变更中示例有限公司","status":"changing"}
{"record":"service","id":11,"subject_id":1,"number":"京ICP备2023000001号-1","names":["示例官网"],"status":"filed","domains":["example.cn"],"ips":["192.0.2.0-192.0.2.255"],"providers":["aliyun"]}
{"record":"service","id":12,"subject_id":1,"number":"京ICP备2023000001号-2A","names":["示例应用","Example App"],"status":"filed","limit_access":false,"approvals":["news"],"domains":["app.example.com"],"ips":["198.51.100.0/24"],"providers":["aliyun"],"platforms":[{"os":"android","package":"cn.example.app","fingerprints":["9f86d081884c7d659a2feaa0c55ad015"],"public_keys":["00c0ffee01020304050607080910111213"]},{"os":"ios","package":"cn.example.ios"}],"submitted_on":"2023-09-01","approved_on":"2023-09-20"}
{"record":"service","id":13,"subject_id":1,"number":"京ICP备2023000001号-3A","names":["已注销应用"],"status":"cancelled","cancelled_on":"2025-01-02","platforms":[{"os":"android","package":"cn.example.gone"}]}
{"record":"service","id":14,"subject_id":1,"number":"京ICP备2023000001号-4A","names":["被吊销应用"],"status":"revoked"}
{"record":"service","id":15,"subject_id":1,"number":"京ICP备2023000001号-5A","names":["审核中应用"],"status":"authority_review","submitted_on":"2025-12-01"}
{"record":"service","id":16,"subject_id":1,"number":"京ICP备2023000001号-6A","names":["被退回应用"],"status":"returned"}
{"record":"service","id":17,"subject_id":1,"number":"京ICP备2023000001号-7A","names":["限制接入应用"],"status":"filed","limit_access":true}
{"record":"service","id":18,"subject_id":1,"number":"京ICP备2023000001号-8A","names":["空壳应用"],"status":"filed","providers":[]}
{"record":"service","id":19,"subject_id":1,"number":"京ICP备2023000001号-9A","names":["变更中应用"],"status":"changing"}
{"record":"service","id":20,"subject_id":1,"number":"京ICP备2023000001号-10A","names":["注销中应用"],"status":"cancelling"}
{"record":"service","id":21,"subject_id":1,"number":"京ICP备2023000001号-11X","names":["示例小程序"],"status":"filed","host_platform":"wechat","providers":[]}
{"record":"service","id":22,"subject_id":1,"number":"京ICP备2023000001号-12K","names":["示例快应用"],"status":"filed"}
{"record":"service","id":23,"subject_id":1,"number":"京ICP备2023000001号-13A","names":["无状态应用"]}
{"record":"service","id":24,"subject_id":1,"number":"京ICP备2023000001号-14A","names":["单机应用"],"status":"filed","platforms":[{"os":"android","package":"cn.example.shared"}]}
{"record":"service","id":31,"subject_id":2,"number":"沪ICP备2023000002号-1A","names":["主体已注销的应用"],"status":"filed"}
{"record":"service","id":32,"subject_id":3,"number":"粤ICP备2023000003号-1A","names":["黑名单应用"],"status":"filed"}
{"record":"service","id":33,"subject_id":4,"number":"粤B2-20090059-1626A","names":["平台应用"],"status":"filed","platforms":[{"os":"android","package":"cn.example.shared"}]}
{"record":"service","id":40,"subject_id":4,"number":"粤B2-20090059-1627A","names":["租用平台"],"status":"filed","domains":["sinaapp.com","com.cn"]}
{"record":"service","id":34,"subject_id":5,"number":"浙ICP备2024000005号-1A","names":["个人应用"],"status":"filed","domains":["person.example.net"]}
{"record":"service","id":35,"subject_id":6,"number":"苏ICP备2023000006号-1A","names":["迁址应用"],"status":"filed"}
{"record":"service","id":36,"subject_id":7,"number":"皖ICP备2023000007号-1A","names":["吊销主体的应用"],"status":"filed"}
{"record":"service","id":37,"subject_id":8,"number":"闽ICP备2023000008号-1A","names":["主体注销中的应用"],"status":"filed"}
{"record":"service","id":38,"subject_id":9,"number":"赣ICP备2023000009号-1A","names":["主体变更中的应用"],"status":"filed"}
{"record":"service","id":39,"subject_id":1,"number":"京ICP证030173号-1A","names":["证下应用"],"status":"filed","domains":[],"ips":[]}
)";

struct Row {
  std::string_view name;
  std::string_view operation;
  std::string_view fields;
  std::string_view want;  // summary()
};

std::ostream& operator<<(std::ostream& out, const Row& row) {
  return out << row.name;
}

class Evaluate : public testing::TestWithParam<Row> {};

TEST_P(Evaluate, FindsExactlyWhatTheRowSays) {
  static const auto kRegistry = registry_of(kFeed);
  Checker checker(kRegistry);
  const Row& row = GetParam();
  EXPECT_EQ(summary(checker.check(request_of(row.fields, row.operation))), row.want);
}

#define NUMBER "'filing_number':'京ICP备2023000001号-2A'"
constexpr Row kNumberRows[] = {
    {"filed", "distribute", NUMBER, "allow | number"},
    {"full_width_folds", "distribute", "'filing_number':'京ＩＣＰ备２０２３０００００１号－２ａ'",
     "allow | number"},
    {"repaired", "distribute", "'filing_number':'京ICP备案2023000001号-2A'",
     "allow NUMBER_REPAIRED | number"},
    {"missing", "distribute", "", "deny NUMBER_MISSING | none"},
    {"empty_is_missing", "distribute", "'filing_number':' '", "deny NUMBER_MISSING | none"},
    {"malformed", "distribute", "'filing_number':'京ICP备202300001号-1A'",
     "deny NUMBER_MALFORMED | none"},
    {"public_security", "distribute", "'filing_number':'京公网安备11010502025545号'",
     "deny NOT_A_FILING | none"},
    {"placeholder_is_implausible", "distribute", "'filing_number':'京ICP备12345678号-1A'",
     "deny NUMBER_IMPLAUSIBLE NOT_FILED | none"},
    {"subject_only", "distribute", "'filing_number':'京ICP备2023000001号'",
     "deny SUBJECT_ONLY | none"},
    {"bare_licence", "distribute", "'filing_number':'粤B2-20090059'", "deny SUBJECT_ONLY | none"},
    {"subject_only_of_cancelled", "distribute", "'filing_number':'沪ICP备2023000002号'",
     "deny SUBJECT_ONLY SUBJECT_CANCELLED | none"},
    {"F15_website_for_app", "distribute", "'filing_number':'京ICP备2023000001号-1'",
     "deny WRONG_KIND | none"},
    {"letter_lost", "distribute", "'filing_number':'京ICP备2023000001号-2'",
     "deny WRONG_KIND | none"},
    {"letter_added_to_website", "distribute", "'filing_number':'京ICP备2023000001号-1A'",
     "deny WRONG_KIND | none"},
    {"X_for_app", "distribute", "'filing_number':'京ICP备2023000001号-11X'",
     "deny WRONG_KIND | none"},
    {"F14_mini_program", "distribute",
     "'filing_number':'京ICP备2023000001号-11X','app':{'kind':'mini_program'}", "allow | number"},
    {"F14_quick_app", "distribute",
     "'filing_number':'京ICP备2023000001号-12K','app':{'kind':'quick_app'}", "allow | number"},
    {"F1_not_filed", "distribute", "'filing_number':'京ICP备2023000001号-99A'",
     "deny NOT_FILED | none"},
    {"not_filed_subject_unknown", "connect", "'filing_number':'京ICP备2023999999号-1A'",
     "deny NOT_FILED | none"},
    {"not_filed_of_cancelled_subject", "distribute", "'filing_number':'沪ICP备2023000002号-9A'",
     "deny NOT_FILED SUBJECT_CANCELLED | none"},
    {"licence_service", "distribute", "'filing_number':'粤B2-20090059-1626A'", "allow | number"},
};
INSTANTIATE_TEST_SUITE_P(Number, Evaluate, testing::ValuesIn(kNumberRows), test::row_name);

constexpr Row kStandingRows[] = {
    {"cancelled", "distribute", "'filing_number':'京ICP备2023000001号-3A'",
     "deny SERVICE_CANCELLED | number"},
    {"revoked", "preinstall", "'filing_number':'京ICP备2023000001号-4A'", "deny REVOKED | number"},
    {"F7_pending", "distribute", "'filing_number':'京ICP备2023000001号-5A'",
     "deny PENDING | number"},
    {"returned", "distribute", "'filing_number':'京ICP备2023000001号-6A'",
     "deny RETURNED | number"},
    {"restricted", "connect", "'filing_number':'京ICP备2023000001号-7A'",
     "deny ACCESS_RESTRICTED | number"},
    {"shell_distribute", "distribute", "'filing_number':'京ICP备2023000001号-8A'",
     "review SHELL | number"},
    {"shell_connect", "connect", "'filing_number':'京ICP备2023000001号-8A'", "deny SHELL | number"},
    {"mini_program_is_no_shell", "connect",
     "'filing_number':'京ICP备2023000001号-11X','app':{'kind':'mini_program'}", "allow | number"},
    {"changing_stays_valid", "distribute", "'filing_number':'京ICP备2023000001号-9A'",
     "allow CHANGE_PENDING | number"},
    {"cancelling", "distribute", "'filing_number':'京ICP备2023000001号-10A'",
     "review CANCELLING | number"},
    {"status_not_known", "distribute", "'filing_number':'京ICP备2023000001号-13A'",
     "unknown REGISTRY_INCOMPLETE | number"},
    {"subject_cancelled_cascades", "distribute", "'filing_number':'沪ICP备2023000002号-1A'",
     "deny SUBJECT_CANCELLED | number"},
    {"subject_blacklisted", "distribute", "'filing_number':'粤ICP备2023000003号-1A'",
     "deny BLACKLISTED | number"},
    {"subject_revoked", "distribute", "'filing_number':'皖ICP备2023000007号-1A'",
     "deny REVOKED | number"},
    {"subject_cancelling", "distribute", "'filing_number':'闽ICP备2023000008号-1A'",
     "review CANCELLING | number"},
    {"subject_changing", "distribute", "'filing_number':'赣ICP备2023000009号-1A'",
     "allow CHANGE_PENDING | number"},
    {"F5_province", "distribute", "'filing_number':'苏ICP备2023000006号-1A'",
     "review PROVINCE_MISMATCH | number"},
};
INSTANTIATE_TEST_SUITE_P(Standing, Evaluate, testing::ValuesIn(kStandingRows), test::row_name);

#define APP(fields) NUMBER ",'app':{" fields "}"
constexpr Row kIdentityRows[] = {
    {"name", "distribute", APP("'name':'示例应用'"), "allow | name"},
    {"name_of_several", "distribute", APP("'name':'example  APP'"), "allow | name"},
    {"name_differs", "distribute", APP("'name':'示例应用2'"), "deny NAME_MISMATCH | number"},
    {"sponsor", "distribute", APP("'sponsor':{'name':'北京示例科技有限公司'}"), "allow | number"},
    {"sponsor_differs", "distribute", APP("'sponsor':{'name':'别人'}"),
     "review SPONSOR_MISMATCH | number"},
    {"sponsor_certificate", "distribute",
     APP("'sponsor':{'certificate_number':'91110000ma00000001'}"), "allow | number"},
    {"sponsor_certificate_differs", "distribute",
     APP("'sponsor':{'name':'北京示例科技有限公司','certificate_number':'1'}"),
     "review SPONSOR_MISMATCH | number"},
    {"platform", "distribute", APP("'platform':'android'"), "allow | number"},
    {"platform_not_filed", "distribute", APP("'platform':'harmonyos','package':'cn.example.app'"),
     "deny PLATFORM_NOT_FILED | number"},
    {"package", "distribute", APP("'platform':'android','package':'cn.example.app'"),
     "allow | package"},
    {"package_differs", "distribute", APP("'platform':'android','package':'cn.example.app2'"),
     "deny PACKAGE_NOT_FILED | number"},
    {"package_case_matters", "distribute", APP("'platform':'android','package':'cn.example.App'"),
     "deny PACKAGE_NOT_FILED | number"},
    {"package_of_other_platform", "distribute", APP("'platform':'ios','package':'cn.example.app'"),
     "deny PACKAGE_NOT_FILED | number"},
    {"package_without_platform", "distribute", APP("'package':'cn.example.app'"), "allow | number"},
    {"certificate", "distribute",
     APP("'platform':'android','package':'cn.example.app',"
         "'fingerprint':'9F:86:D0:81:88:4C:7D:65:9A:2F:EA:A0:C5:5A:D0:15'"),
     "allow | certificate"},
    {"certificate_differs", "distribute",
     APP("'platform':'android','package':'cn.example.app',"
         "'fingerprint':'00000000000000000000000000000001'"),
     "deny CERTIFICATE_MISMATCH | package"},
    {"certificate_of_other_length", "distribute",
     APP("'platform':'android','package':'cn.example.app',"
         "'fingerprint':'0000000000000000000000000000000000000001'"),
     "allow NOT_COMPARABLE | package"},
    {"certificate_any_of_list", "distribute",
     APP("'platform':'android','package':'cn.example.app','fingerprint':["
         "'00000000000000000000000000000001','9f86d081884c7d659a2feaa0c55ad015']"),
     "allow | certificate"},
    {"key", "distribute",
     APP("'platform':'android','package':'cn.example.app','public_key':'C0:FF:EE:01:02:03:04:05:06:"
         "07:08:09:10:11:12:13'"),
     "allow | certificate"},
    {"key_differs", "distribute",
     APP("'platform':'android','package':'cn.example.app','public_key':'"
         "c0ffee02020304050607080910111213'"),
     "deny PUBLIC_KEY_MISMATCH | package"},
    {"certificate_not_in_registry", "distribute",
     APP("'platform':'ios','package':'cn.example.ios',"
         "'fingerprint':'9f86d081884c7d659a2feaa0c55ad015'"),
     "allow NOT_COMPARABLE | package"},
    {"nothing_in_registry", "distribute",
     "'filing_number':'京ICP备2023000001号-7A','app':{'platform':'android','package':'a.b'}",
     "deny ACCESS_RESTRICTED NOT_COMPARABLE | number"},
};
INSTANTIATE_TEST_SUITE_P(Identity, Evaluate, testing::ValuesIn(kIdentityRows), test::row_name);

constexpr Row kNetworkRows[] = {
    {"domain_of_service", "connect", APP("'domains':['app.example.com']"), "allow | number"},
    {"domain_below_filed", "connect", APP("'domains':['v1.app.example.com']"), "allow | number"},
    {"domain_in_other_spellings", "connect",
     APP("'domains':['V1.App.Example.COM.','https://app.example.com:443/a..b']"), "allow | number"},
    {"domain_with_figures_and_hyphens", "connect", APP("'domains':['3-0.x--1.app.example.com']"),
     "allow | number"},
    {"domain_above_filed", "connect", APP("'domains':['example.com']"),
     "deny DOMAIN_NOT_FILED | number"},
    {"F18_shared_with_site", "connect", APP("'domains':['api.example.cn']"), "allow | number"},
    {"F18_shared_across_numbers_of_one_subject", "connect",
     "'filing_number':'京ICP证030173号-1A','app':{'domains':['api.example.cn'],'ips':['192.0.2.9']"
     "}",
     "allow | number"},
    {"other_subject_beside_that_number", "connect",
     "'filing_number':'京ICP证030173号-1A','app':{'domains':['person.example.net']}",
     "deny DOMAIN_NOT_FILED | number"},
    {"domain_of_other_subject", "connect", APP("'domains':['person.example.net']"),
     "deny DOMAIN_NOT_FILED | number"},
    {"rented_suffix_is_its_owners", "connect",
     "'filing_number':'粤B2-20090059-1627A','app':{'domains':['sinaapp.com']}", "allow | number"},
    {"below_a_rented_suffix_is_the_tenants", "connect",
     "'filing_number':'粤B2-20090059-1627A','app':{'domains':['shop.sinaapp.com']}",
     "deny DOMAIN_NOT_FILED | number"},
    {"public_suffix_is_nobodys", "connect",
     "'filing_number':'粤B2-20090059-1627A','app':{'domains':['com.cn','shop.com.cn']}",
     "deny DOMAIN_NOT_FILED DOMAIN_NOT_FILED | number"},
    {"domain_looks_alike", "connect", APP("'domains':['notexample.cn']"),
     "deny DOMAIN_NOT_FILED | number"},
    {"domain_distribute_is_review", "distribute", APP("'domains':['other.example.org']"),
     "review DOMAIN_NOT_FILED | number"},
    {"each_domain_has_its_finding", "connect",
     APP("'domains':['api.example.cn','a.example.org','b.example.org']"),
     "deny DOMAIN_NOT_FILED DOMAIN_NOT_FILED | number"},
    {"domain_not_in_registry", "distribute",
     "'filing_number':'京ICP备2023000001号-9A','app':{'domains':['x.example.org']}",
     "allow CHANGE_PENDING NOT_COMPARABLE | number"},
    {"ip_of_service", "connect", APP("'ips':['198.51.100.7']"), "allow | number"},
    {"ip_of_subject", "connect", APP("'ips':['192.0.2.255']"), "allow | number"},
    {"ip_beside", "connect", APP("'ips':['192.0.3.0']"), "deny IP_NOT_FILED | number"},
    {"provider_has_access", "connect", NUMBER ",'provider':'aliyun'", "allow | number"},
    {"provider_has_not", "connect", NUMBER ",'provider':'tencent'",
     "deny ACCESS_NOT_ADDED | number"},
    {"provider_is_a_note_for_stores", "distribute", NUMBER ",'provider':'tencent'",
     "allow ACCESS_NOT_ADDED | number"},
    {"connect_by_domain_alone", "connect", "'app':{'domains':['v1.app.example.com']}",
     "allow NUMBER_RESOLVED | none"},
    {"connect_by_domain_of_site", "connect", "'app':{'domains':['www.example.cn']}",
     "allow NUMBER_RESOLVED | none"},
    {"connect_by_ip_alone", "connect", "'app':{'ips':['198.51.100.9']}",
     "allow NUMBER_RESOLVED | none"},
    {"ip_alone_is_no_key_for_stores", "distribute", "'app':{'ips':['198.51.100.9']}",
     "deny NUMBER_MISSING | none"},
    {"connect_unknown_domain", "connect", "'app':{'domains':['nobody.example.org']}",
     "deny NUMBER_MISSING | none"},
};
INSTANTIATE_TEST_SUITE_P(Network, Evaluate, testing::ValuesIn(kNetworkRows), test::row_name);

constexpr Row kResolveRows[] = {
    {"by_package", "distribute", "'app':{'platform':'android','package':'cn.example.app'}",
     "review NUMBER_RESOLVED | package"},
    {"by_package_preinstall", "preinstall",
     "'app':{'platform':'android','package':'cn.example.app'}", "allow NUMBER_RESOLVED | package"},
    {"by_package_and_certificate", "preinstall",
     "'app':{'platform':'android','package':'cn.example.app',"
     "'fingerprint':'9f86d081884c7d659a2feaa0c55ad015'}",
     "allow NUMBER_RESOLVED | certificate"},
    {"by_certificate", "preinstall", "'app':{'fingerprint':'9f86d081884c7d659a2feaa0c55ad015'}",
     "allow NUMBER_RESOLVED | none"},
    {"other_certificate", "preinstall",
     "'app':{'platform':'android','package':'cn.example.app',"
     "'fingerprint':'00000000000000000000000000000001'}",
     "deny CERTIFICATE_MISMATCH | package"},
    {"other_name", "preinstall",
     "'app':{'platform':'android','package':'cn.example.app','name':'别的'}",
     "deny NAME_MISMATCH | package"},
    {"other_platform_is_not_found", "preinstall",
     "'app':{'platform':'harmonyos','package':'cn.example.app'}", "deny NUMBER_MISSING | none"},
    {"ambiguous", "preinstall", "'app':{'platform':'android','package':'cn.example.shared'}",
     "review AMBIGUOUS | none"},
    {"name_settles_it", "preinstall",
     "'app':{'platform':'android','package':'cn.example.shared','name':'平台应用'}",
     "allow NUMBER_RESOLVED | package"},
    {"cancelled_counts_when_alone", "preinstall",
     "'app':{'platform':'android','package':'cn.example.gone'}",
     "deny NUMBER_RESOLVED SERVICE_CANCELLED | package"},
    {"kind_given_contradicts", "preinstall",
     "'app':{'kind':'quick_app','platform':'android','package':'cn.example.app'}",
     "deny WRONG_KIND | package"},
    {"unknown_package", "preinstall", "'app':{'platform':'android','package':'no.such'}",
     "deny NUMBER_MISSING | none"},
};
INSTANTIATE_TEST_SUITE_P(Resolve, Evaluate, testing::ValuesIn(kResolveRows), test::row_name);

#define UNFILED "'filing_number':'京ICP备2023000001号-99A'"
constexpr Row kScopeRows[] = {
    {"F1_before_regime", "distribute", UNFILED ",'as_of':'2023-08-31'",
     "allow BEFORE_REGIME NOT_FILED | none"},
    {"F1_first_day", "distribute", UNFILED ",'as_of':'2023-09-01'", "deny NOT_FILED | none"},
    {"F2_stock_last_day", "distribute",
     UNFILED ",'as_of':'2024-03-31','app':{'first_published':'2023-08-31'}",
     "allow STOCK_GRACE NOT_FILED | none"},
    {"F2_stock_after", "distribute",
     UNFILED ",'as_of':'2024-04-01','app':{'first_published':'2023-08-31'}",
     "deny NOT_FILED | none"},
    {"F2_new_app_has_no_grace", "distribute",
     UNFILED ",'as_of':'2024-03-31','app':{'first_published':'2023-09-01'}",
     "deny NOT_FILED | none"},
    {"grace_covers_pending", "distribute",
     "'filing_number':'京ICP备2023000001号-5A','as_of':'2024-01-01',"
     "'app':{'first_published':'2022-05-01'}",
     "allow STOCK_GRACE PENDING | number"},
    {"grace_does_not_cover_cancelled", "distribute",
     "'filing_number':'京ICP备2023000001号-3A','as_of':'2024-01-01',"
     "'app':{'first_published':'2022-05-01'}",
     "deny STOCK_GRACE SERVICE_CANCELLED | number"},
    {"F17_offline", "distribute", "'app':{'offline':true}",
     "allow EXEMPT_OFFLINE NUMBER_MISSING | none"},
    {"F17_not_offline", "distribute", "'app':{'offline':false}", "deny NUMBER_MISSING | none"},
    {"F17_network_permission", "distribute", "'app':{'offline':true,'network_permission':true}",
     "deny EXEMPTION_CONTRADICTED NUMBER_MISSING | none"},
    {"F17_no_network_permission", "distribute", "'app':{'offline':true,'network_permission':false}",
     "allow EXEMPT_OFFLINE NUMBER_MISSING | none"},
    {"F17_domain", "distribute", "'app':{'offline':true,'domains':['nobody.example.org']}",
     "deny EXEMPTION_CONTRADICTED NUMBER_MISSING | none"},
    {"F17_mismatch_is_not_exempt", "distribute", APP("'offline':true,'name':'别的'"),
     "deny EXEMPT_OFFLINE NAME_MISMATCH | number"},
    {"F16_overseas", "distribute", "'app':{'operator_overseas':true,'servers_overseas':true}",
     "allow EXEMPT_OVERSEAS NUMBER_MISSING | none"},
    {"F16_mainland_operator", "distribute",
     "'app':{'operator_overseas':false,'servers_overseas':true}",
     "deny EXEMPTION_CONTRADICTED NUMBER_MISSING | none"},
    {"F16_half_declared", "distribute", "'app':{'servers_overseas':true}",
     "deny NUMBER_MISSING | none"},
};
INSTANTIATE_TEST_SUITE_P(Scope, Evaluate, testing::ValuesIn(kScopeRows), test::row_name);

constexpr Row kDutyRows[] = {
    {"F8_approval_recorded", "distribute", APP("'categories':['news']"), "allow | number"},
    {"F8_approval_in_chinese", "distribute", APP("'categories':['新闻']"), "allow | number"},
    {"F8_approval_missing", "distribute", APP("'categories':['religion']"),
     "review APPROVAL_MISSING | number"},
    {"F8_category_in_capitals", "distribute", APP("'categories':['Religion','NEWS']"),
     "review APPROVAL_MISSING | number"},
    {"F8_film_and_television", "distribute", APP("'categories':['film']"),
     "review APPROVAL_MISSING | number"},
    {"ride_hailing_and_finance", "distribute", APP("'categories':['网络预约车','互联网金融']"),
     "review APPROVAL_MISSING APPROVAL_MISSING | number"},
    {"other_category_needs_none", "distribute", APP("'categories':['games']"), "allow | number"},
    {"approvals_not_known", "distribute",
     "'filing_number':'京ICP备2023000001号-9A','app':{'categories':['news']}",
     "allow CHANGE_PENDING NOT_COMPARABLE | number"},
    {"F12_displayed", "distribute", APP("'displayed_number':'京ICP备2023000001号－2a'"),
     "allow | number"},
    {"F12_not_displayed", "distribute", APP("'displayed_number':''"),
     "review DISPLAY_MISSING | number"},
    {"F12_other_displayed", "preinstall", APP("'displayed_number':'京ICP备2023000001号'"),
     "review DISPLAY_MISMATCH | number"},
    {"F12_is_a_note_for_access", "connect", APP("'displayed_number':''"),
     "allow DISPLAY_MISSING | number"},
};
INSTANTIATE_TEST_SUITE_P(Duty, Evaluate, testing::ValuesIn(kDutyRows), test::row_name);

// Absence is only asserted from a sealed, unexpired registry that is not behind the caller; a deny
// that rests on presence stands all the same.
struct RegistryRow {
  std::string_view name;
  std::string_view now;
  bool is_sealed;
  std::string_view fields;
  std::string_view want;
};
std::ostream& operator<<(std::ostream& out, const RegistryRow& row) {
  return out << row.name;
}

class EvaluateRegistry : public testing::TestWithParam<RegistryRow> {};

TEST_P(EvaluateRegistry, AssertsAbsenceOnlyWhereItCan) {
  const RegistryRow& row = GetParam();
  test::RegistryOptions options;
  options.is_sealed = row.is_sealed;
  Checker checker(registry_of(kFeed, options), row.now);
  EXPECT_EQ(summary(checker.check(request_of(row.fields))), row.want);
}

constexpr std::string_view kFresh = "2026-01-02T03:00:00Z";
constexpr std::string_view kStale = "2026-01-03T03:00:00Z";
constexpr std::string_view kExpired = "2026-01-05T03:00:00Z";
#define CANCELLED "'filing_number':'京ICP备2023000001号-3A'"
constexpr RegistryRow kRegistryRows[] = {
    {"fresh", kFresh, true, UNFILED, "deny NOT_FILED | none"},
    {"stale_still_asserts", kStale, true, UNFILED, "deny REGISTRY_STALE NOT_FILED | none"},
    {"expired", kExpired, true, UNFILED, "unknown REGISTRY_EXPIRED | none"},
    {"expired_filed", kExpired, true, NUMBER, "unknown REGISTRY_EXPIRED | number"},
    {"expired_cancelled_stands", kExpired, true, CANCELLED,
     "deny REGISTRY_EXPIRED SERVICE_CANCELLED | number"},
    {"expired_lookup", kExpired, true, "'app':{'platform':'android','package':'no.such'}",
     "unknown REGISTRY_EXPIRED | none"},
    {"expired_lookup_names_and_does_not_judge", kExpired, true,
     "'app':{'platform':'android','package':'cn.example.app'}",
     "unknown REGISTRY_EXPIRED NUMBER_RESOLVED | none"},
    {"expired_lookup_of_cancelled", kExpired, true,
     "'app':{'platform':'android','package':'cn.example.gone'}", "unknown REGISTRY_EXPIRED | none"},
    {"expired_lookup_with_other_certificate", kExpired, true,
     "'app':{'platform':'android','package':'cn.example.app',"
     "'fingerprint':'00000000000000000000000000000001'}",
     "unknown REGISTRY_EXPIRED | none"},
    {"unsealed_lookup_of_cancelled", kFresh, false,
     "'app':{'platform':'android','package':'cn.example.gone'}",
     "unknown REGISTRY_INCOMPLETE | none"},
    {"expired_domain_of_nobody", kExpired, true, NUMBER ",'app':{'domains':['x.example.org']}",
     "unknown REGISTRY_EXPIRED NOT_COMPARABLE | number"},
    {"expired_address_of_nobody", kExpired, true, NUMBER ",'app':{'ips':['192.0.3.0']}",
     "unknown REGISTRY_EXPIRED NOT_COMPARABLE | number"},
    {"expired_nothing_to_look_for", kExpired, true, "",
     "deny REGISTRY_EXPIRED NUMBER_MISSING | none"},
    {"unsealed", kFresh, false, UNFILED, "unknown REGISTRY_INCOMPLETE | none"},
    {"unsealed_cancelled_stands", kFresh, false, CANCELLED,
     "deny REGISTRY_INCOMPLETE SERVICE_CANCELLED | number"},
    {"behind", kFresh, true, UNFILED ",'min_serial':48214", "unknown REGISTRY_BEHIND | none"},
    {"not_behind", kFresh, true, UNFILED ",'min_serial':48213", "deny NOT_FILED | none"},
    {"malformed_needs_no_registry", kExpired, true, "'filing_number':'x'",
     "deny REGISTRY_EXPIRED NUMBER_MALFORMED | none"},
};
INSTANTIATE_TEST_SUITE_P(Registry, EvaluateRegistry, testing::ValuesIn(kRegistryRows),
                         test::row_name);

TEST(EvaluateDetails, PendingTellsStageAndDueDateOfTwentyWorkingDays) {
  Checker checker(registry_of(kFeed));
  const Decision& decision = checker.check(request_of("'filing_number':'京ICP备2023000001号-5A'"));
  const Finding& finding = decision.findings()[0];
  EXPECT_EQ(finding.stage, Status::kAuthorityReview);
  // Submitted on Monday 2025-12-01: four weeks of five days end on Monday 2025-12-29.
  EXPECT_EQ(format_day(*finding.date), "2025-12-29");
  EXPECT_TRUE(finding.is_overdue);
}

TEST(EvaluateDetails, AmbiguityListsItsCandidates) {
  Checker checker(registry_of(kFeed));
  const Decision& decision = checker.check(
      request_of("'app':{'platform':'android','package':'cn.example.shared'}", "preinstall"));
  ASSERT_EQ(decision.candidate_count, 2U);
  EXPECT_EQ(canonical(decision.candidates[0]), "京ICP备2023000001号-14A");
  EXPECT_EQ(canonical(decision.candidates[1]), "粤B2-20090059-1626A");
}

TEST(EvaluateDetails, AmongEqualsByAddressTheFirstNumberIsTaken) {
  Checker checker(registry_of(R"(
{"record":"service","id":1,"number":"京ICP备05000001号-1A","status":"cancelled","ips":["192.0.2.7"]}
{"record":"service","id":2,"number":"京ICP备05000001号-2A","status":"cancelled","ips":["192.0.2.0/24"]}
)"));
  checker.check(request_of("'app':{'ips':['192.0.2.7']}", "connect"));
  EXPECT_EQ(canonical(checker.decision().filing->number()), "京ICP备05000001号-1A");
}

TEST(EvaluateDetails, SeveralServicesUnderOneNumberGiveTheOneThatFits) {
  Checker checker(registry_of(R"(
{"record":"service","id":1,"number":"京ICP备05000001号-1A","names":["甲"],"status":"cancelled"}
{"record":"service","id":2,"number":"京ICP备05000001号-1A","names":["乙"],"status":"filed"}
{"record":"service","id":3,"number":"京ICP备05000001号-1","names":["丙"],"status":"filed"}
)"));
  EXPECT_EQ(summary(checker.check(request_of("'filing_number':'京ICP备05000001号-1A'"))),
            "allow | number");
  EXPECT_EQ(checker.decision().filing->names()[0], "乙");
}

}  // namespace
}  // namespace beian
