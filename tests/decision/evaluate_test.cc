// The rules as a table: one registry that holds every state, one row per rule, with its positive
// case and negatives one step away. Here: which filing is meant, its standing, and whose app it is.
#include "gate/decision/evaluate.h"

#include <gtest/gtest.h>

#include "tests/decision/evaluate_feed.h"
#include "tests/decision/evaluate_rows.h"
#include "tests/support/builders.h"

namespace beian::test {

TEST_P(Evaluate, FindsExactlyWhatTheRowSays) {
  static const auto kRegistry = registry_of(kFeed);
  Checker checker(kRegistry);
  const EvaluateRow& row = GetParam();
  EXPECT_EQ(summary(checker.check(request_of(row.fields, row.operation))), row.want);
}

namespace {

using Row = EvaluateRow;

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
INSTANTIATE_TEST_SUITE_P(Number, Evaluate, testing::ValuesIn(kNumberRows), row_name);

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
INSTANTIATE_TEST_SUITE_P(Standing, Evaluate, testing::ValuesIn(kStandingRows), row_name);

constexpr Row kIdentityRows[] = {
    {"name", "distribute", APP("'name':'示例应用'"), "allow | name"},
    {"name_of_several", "distribute", APP("'name':'example  APP'"), "allow | name"},
    {"name_differs", "distribute", APP("'name':'示例应用2'"), "deny NAME_MISMATCH | number"},
    {"name_of_blanks_is_none", "distribute", APP("'name':' \u3000\u00A0\u200B'"), "allow | number"},
    {"name_behind_a_wide_blank", "distribute", APP("'name':'\u3000示例应用'"), "allow | name"},
    {"name_of_blanks_and_a_letter_differs", "distribute", APP("'name':' x'"),
     "deny NAME_MISMATCH | number"},
    {"sponsor_of_blanks_is_none", "distribute",
     APP("'sponsor':{'name':'\u3000','certificate_number':'\u3000'}"), "allow | number"},
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
INSTANTIATE_TEST_SUITE_P(Identity, Evaluate, testing::ValuesIn(kIdentityRows), row_name);

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
INSTANTIATE_TEST_SUITE_P(Resolve, Evaluate, testing::ValuesIn(kResolveRows), row_name);

}  // namespace
}  // namespace beian::test
