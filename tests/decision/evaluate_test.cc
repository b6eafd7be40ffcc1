// The rules as a table: one registry that holds every state, one row a rule, its positive case and
// negatives one step away. Rows name the clause or FAQ line (F-n) that they rest on.
#include "gate/decision/evaluate.h"

#include <gtest/gtest.h>

#include "tests/decision/evaluate_feed.h"
#include "tests/support/builders.h"

namespace beian {
namespace {

using test::Checker;
using test::kFeed;
using test::registry_of;
using test::request_of;
using test::summary;

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

constexpr Row kNumberRows[] = {
    {"filed", "distribute", NUMBER, "allow | number"},
    {"full_width_folds", "distribute", "'filing_number':'京ＩＣＰ备２０２３０００００１号－２ａ'",
     "allow | number"},
    {"repaired", "distribute", "'filing_number':'京ICP备案2023000001号-2A'",
     "allow NUMBER_REPAIRED | number"},
    {"missing", "distribute", "", "deny NUMBER_MISSING | none"},
    {"empty_is_missing", "distribute", "'filing_number':' '", "deny NUMBER_MISSING | none"},
    {"blanks_of_every_kind_are_missing", "distribute",
     "'filing_number':'\u3000\u00A0\u200B\uFEFF\u2800\u3164'", "deny NUMBER_MISSING | none"},
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
    {"X_for_app_not_filed", "distribute", "'filing_number':'京ICP备2023000001号-99X'",
     "deny WRONG_KIND NOT_FILED | none"},
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
    {"pending_is_no_shell", "connect",
     "'filing_number':'京ICP备2023000001号-5A','as_of':'2024-01-01',"
     "'app':{'first_published':'2022-05-01'}",
     "allow STOCK_GRACE PENDING | number"},
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
    {"sponsor_certificate_in_groups", "distribute",
     APP("'sponsor':{'certificate_number':'91110000 MA000000 01'}"), "allow | number"},
    {"sponsor_certificate_in_full_width", "distribute",
     APP("'sponsor':{'certificate_number':'９１１１００００ＭＡ００００００01'}"),
     "allow | number"},
    {"sponsor_certificate_of_the_first_and_the_last_letter", "distribute",
     "'filing_number':'浙ICP备2024000005号-1A',"
     "'app':{'sponsor':{'certificate_number':'az0000001'}}",
     "allow | number"},
    {"sponsor_certificate_in_full_width_on_both_sides", "distribute",
     "'filing_number':'赣ICP备2023000009号-1A','app':{'sponsor':{'certificate_number':'ａｚ１'}}",
     "allow CHANGE_PENDING | number"},
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
    {"rented_suffix_below_a_filed_name_is_its_owners", "connect",
     "'filing_number':'粤B2-20090059-1627A','app':{'domains':['s3.cn-north-1.amazonaws.com.cn']}",
     "allow | number"},
    {"below_a_rented_suffix_that_nobody_filed_is_the_tenants", "connect",
     "'filing_number':'粤B2-20090059-1627A','app':{'domains':['a.s3.cn-north-1.amazonaws.com.cn']}",
     "deny DOMAIN_NOT_FILED | number"},
    {"beside_a_rented_suffix_is_the_owners", "connect",
     "'filing_number':'粤B2-20090059-1627A','app':{'domains':['console.amazonaws.com.cn']}",
     "allow | number"},
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
    {"one_domain_is_the_siblings_and_one_cannot_be_compared", "connect",
     "'filing_number':'京ICP备2023000001号-9A','app':{'domains':['api.example.cn','x.example.org']"
     "}",
     "allow CHANGE_PENDING NOT_COMPARABLE | number"},
    {"all_domains_are_the_siblings", "connect",
     "'filing_number':'京ICP备2023000001号-9A','app':{'domains':['api.example.cn']}",
     "allow CHANGE_PENDING | number"},
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
    {"cancelled_subdomain_of_live_domain", "connect", "'app':{'domains':['a.old.example.cn']}",
     "allow NUMBER_RESOLVED | none"},
    {"cancelled_domain", "connect", "'app':{'domains':['a.old.example.net']}",
     "deny NUMBER_RESOLVED SERVICE_CANCELLED | none"},
    {"F15_no_site_is_preinstalled", "preinstall", "'app':{'domains':['www.example.cn']}",
     "deny WRONG_KIND | none"},
    {"F15_no_site_is_distributed", "distribute", "'app':{'domains':['www.example.cn']}",
     "deny WRONG_KIND | none"},
    {"preinstall_by_domain_of_app", "preinstall", "'app':{'domains':['v1.app.example.com']}",
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
    {"health_care_is_not_drugs", "distribute",
     "'filing_number':'京ICP证030173号-1A','app':{'categories':['药品和医疗器械']}",
     "review APPROVAL_MISSING | number"},
    {"health_care_by_another_word", "distribute",
     "'filing_number':'京ICP证030173号-1A','app':{'categories':['health']}", "allow | number"},
    {"tutoring_is_not_education", "distribute",
     "'filing_number':'京ICP证030173号-1A','app':{'categories':['校外培训']}",
     "review APPROVAL_MISSING | number"},
    {"ride_hailing_and_finance", "distribute", APP("'categories':['网络预约车','互联网金融']"),
     "review APPROVAL_MISSING APPROVAL_MISSING | number"},
    {"bulletin_board", "distribute", APP("'categories':['电子公告','BBS']"),
     "review APPROVAL_MISSING APPROVAL_MISSING | number"},
    {"F8_category_with_margins", "distribute",
     APP("'categories':[' religion','宗教 \\t',' News ']"),
     "review APPROVAL_MISSING APPROVAL_MISSING | number"},
    {"F8_category_in_full_width", "distribute", APP("'categories':'ｒｅｌｉｇｉｏｎ'"),
     "review APPROVAL_MISSING | number"},
    {"F8_category_with_a_wide_blank", "distribute", APP("'categories':['\u3000宗 教\u200B']"),
     "review APPROVAL_MISSING | number"},
    {"F8_categories_in_one_item", "distribute",
     APP("'categories':['新闻、宗教','news, religion，出版；games']"),
     "review APPROVAL_MISSING APPROVAL_MISSING APPROVAL_MISSING | number"},
    {"F8_approvals_in_one_item", "distribute",
     "'filing_number':'京ICP备2023000001号-14A','app':{'categories':['news','宗教','出版','drugs']"
     "}",
     "review APPROVAL_MISSING | number"},
    {"F8_category_by_the_document_that_approves_it", "distribute",
     APP("'categories':['互联网新闻信息服务','互联网宗教信息服务许可证']"),
     "review APPROVAL_MISSING | number"},
    {"categories_of_separators_alone", "distribute", APP("'categories':[' 、,，',' ']"),
     "allow | number"},
    {"other_category_needs_none", "distribute", APP("'categories':['games']"), "allow | number"},
    {"category_with_a_control_character", "distribute", APP("'categories':['news\x7F']"),
     "allow | number"},
    {"approvals_not_known", "distribute",
     "'filing_number':'京ICP备2023000001号-9A','app':{'categories':['news']}",
     "allow CHANGE_PENDING NOT_COMPARABLE | number"},
    {"F12_displayed", "distribute", APP("'displayed_number':'京ICP备2023000001号－2a'"),
     "allow | number"},
    {"F12_not_displayed", "distribute", APP("'displayed_number':''"),
     "review DISPLAY_MISSING | number"},
    {"F12_displayed_a_wide_blank", "distribute", APP("'displayed_number':'\u3000\u200B'"),
     "review DISPLAY_MISSING | number"},
    {"F12_other_displayed", "preinstall", APP("'displayed_number':'京ICP备2023000001号'"),
     "review DISPLAY_MISMATCH | number"},
    {"F12_displayed_among_others", "distribute",
     APP("'displayed_number':'备案号：京ICP备2023000001号-2A；京公网安备11010502025545号'"),
     "allow | number"},
    {"F12_displayed_behind_that_of_the_site", "distribute",
     APP("'displayed_number':'京ICP备2023000001号-1 | 京ICP备2023000001号-2A'"), "allow | number"},
    {"F12_others_displayed", "distribute",
     APP("'displayed_number':'京ICP备2023000001号-1、京公网安备11010502025545号 '"),
     "review DISPLAY_MISMATCH | number"},
    {"F12_of_a_subject_number", "distribute",
     "'filing_number':'京ICP备2023000001号','app':{'displayed_number':''}",
     "deny SUBJECT_ONLY DISPLAY_MISSING | none"},
    {"F12_is_a_note_for_access", "connect", APP("'displayed_number':''"),
     "allow DISPLAY_MISSING | number"},
};
INSTANTIATE_TEST_SUITE_P(Duty, Evaluate, testing::ValuesIn(kDutyRows), test::row_name);

}  // namespace
}  // namespace beian
