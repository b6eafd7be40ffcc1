// What may be asserted from an old, incomplete or outrun registry, and details that no row of
// evaluate_test.cc shows.
#include "gate/decision/evaluate.h"

#include <gtest/gtest.h>

#include "gate/decision/compare.h"
#include "tests/decision/evaluate_feed.h"
#include "tests/support/builders.h"

namespace beian {
namespace {

using test::Checker;
using test::kFeed;
using test::registry_of;
using test::request_of;
using test::summary;

// Absence is asserted only from a sealed, unexpired registry that is not behind the caller; a deny
// that rests on presence stands in any case.
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
     "unknown REGISTRY_EXPIRED | number"},
    {"expired_address_of_nobody", kExpired, true, NUMBER ",'app':{'ips':['192.0.3.0']}",
     "unknown REGISTRY_EXPIRED | number"},
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
  for (const auto& [day, is_overdue] : {std::pair{"2025-12-29", false}, {"2025-12-30", true}}) {
    const std::string as_of = ",'as_of':'" + std::string(day) + "'";
    checker.check(request_of("'filing_number':'京ICP备2023000001号-5A'" + as_of));
    EXPECT_EQ(checker.decision().findings()[0].is_overdue, is_overdue) << day;
  }
}

TEST(EvaluateDetails, AmbiguityListsItsCandidates) {
  Checker checker(registry_of(kFeed));
  const Decision& decision = checker.check(
      request_of("'app':{'platform':'android','package':'cn.example.shared'}", "preinstall"));
  ASSERT_EQ(decision.candidate_count, 2U);
  EXPECT_EQ(canonical(decision.candidates[0]), "京ICP备2023000001号-14A");
  EXPECT_EQ(canonical(decision.candidates[1]), "粤B2-20090059-1626A");
}

TEST(EvaluateDetails, SeveralRecordsOfOneNumberAreOneCandidate) {
  const auto service = [](int id, std::string_view number, std::string_view status) {
    return R"({"record":"service","id":)" + std::to_string(id) + R"(,"number":")" +
           std::string(number) + R"(","status":")" + std::string(status) +
           R"(","platforms":[{"os":"android","package":"cn.two"}]})" + "\n";
  };
  const std::string_view one = "京ICP备05000001号-1A";
  const std::string_view other = "京ICP备05000001号-2A";
  const struct {
    std::string_view first, first_status, second, second_status, summary;
  } rows[] = {
      {one, "filed", one, "filed", "allow NUMBER_RESOLVED"},
      {one, "returned", one, "filed", "allow NUMBER_RESOLVED"},
      {one, "filed", one, "submitted", "allow NUMBER_RESOLVED"},
      {one, "submitted", one, "returned", "deny"},
      {one, "filed", other, "filed", "review AMBIGUOUS"},
  };
  for (const auto& row : rows) {
    Checker checker(registry_of(service(1, row.first, row.first_status) +
                                service(2, row.second, row.second_status)));
    const Decision& decision =
        checker.check(request_of("'app':{'platform':'android','package':'cn.two'}", "preinstall"));
    EXPECT_TRUE(summary(decision).starts_with(row.summary))
        << row.first_status << " " << row.second_status << ": " << summary(decision);
    EXPECT_EQ(decision.candidate_count, row.first == row.second ? 0U : 2U);
  }
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

// Of filings that fit equally well, the answer is about the one that is filed.
TEST(EvaluateDetails, OfEqualFilingsUnderOneNumberTheFiledOneIsMeant) {
  const auto row = [](int id, const std::string& of_app, const std::string& status) {
    return R"({"record":"service","id":)" + std::to_string(id) +
           R"(,"number":"京ICP备05000001号-1A",)" + of_app + R"(,"status":")" + status + "\"}\n";
  };
  const std::string same = R"("names":["甲"],"platforms":[{"os":"android","package":"p.x"}])";
  const std::string other = R"("names":["乙"],"platforms":[{"os":"android","package":"p.y"}])";
  const auto claim = request_of(
      "'filing_number':'京ICP备05000001号-1A',"
      "'app':{'name':'甲','platform':'android','package':'p.x'}");
  for (const std::string status : {"submitted", "authority_review", "returned"}) {
    Checker checker(registry_of(row(1, same, status) + row(2, same, "filed")));
    EXPECT_EQ(summary(checker.check(claim)), "allow | package") << status;
  }
  // A filing that fits better is still the one meant, whatever its state.
  Checker checker(registry_of(row(1, same, "submitted") + row(2, other, "filed")));
  EXPECT_EQ(summary(checker.check(claim)), "deny PENDING | package");
}

TEST(EvaluateDetails, OfFilingsThatDifferOneThatStandsIsTheClosest) {
  Checker checker(registry_of(R"(
{"record":"service","id":1,"number":"京ICP备05000001号-1A","names":["甲"],"status":"cancelled","platforms":[{"os":"android","package":"p.x"}]}
{"record":"service","id":2,"number":"京ICP备05000001号-2A","names":["乙"],"status":"filed","platforms":[{"os":"android","package":"p.x"}]}
{"record":"service","id":3,"number":"京ICP备05000001号-3A","names":["丙"],"status":"cancelled","platforms":[{"os":"android","package":"p.x"}]}
)"));
  EXPECT_EQ(summary(checker.check(
                request_of("'app':{'platform':'android','package':'p.x','name':'丁'}"))),
            "deny NAME_MISMATCH | package");
  EXPECT_EQ(canonical(checker.decision().filing->number()), "京ICP备05000001号-2A");
}

TEST(EvaluateDetails, OfFilingsThatDifferTheOneThatDiffersLeastIsTheClosest) {
  Checker checker(registry_of(R"(
{"record":"service","id":1,"number":"京ICP备05000001号-1A","names":["甲"],"status":"filed","platforms":[{"os":"android","package":"p.x","fingerprints":["00000000000000000000000000000001"]}]}
{"record":"service","id":2,"number":"京ICP备05000001号-2A","names":["乙"],"status":"filed","platforms":[{"os":"android","package":"p.x","fingerprints":["00000000000000000000000000000002"]}]}
)"));
  EXPECT_EQ(
      summary(checker.check(request_of("'app':{'platform':'android','package':'p.x','name':'丁',"
                                       "'fingerprint':'00000000000000000000000000000002'}"))),
      "deny NAME_MISMATCH | certificate");
  EXPECT_EQ(canonical(checker.decision().filing->number()), "京ICP备05000001号-2A");
}

TEST(EvaluateDetails, EachDifferenceCountsOnce) {
  IdentityComparison comparison;
  comparison.kind = Match::kMatches;
  EXPECT_EQ(comparison.differences(), 0);
  comparison.name = comparison.package = Match::kDiffers;
  EXPECT_EQ(comparison.differences(), 2);
}

// What happened to the previous holder of a number is not reported about its new holder.
TEST(EvaluateDetails, AReclaimedNumberIsThatOfItsNewSubject) {
  Checker checker(registry_of(R"(
{"record":"subject","id":1,"number":"京ICP备05000001号","sponsor":"旧","status":"cancelled"}
{"record":"subject","id":2,"number":"京ICP备05000001号","sponsor":"新","status":"filed"}
{"record":"service","id":1,"subject_id":1,"number":"京ICP备05000001号-1A","status":"cancelled"}
{"record":"service","id":2,"subject_id":2,"number":"京ICP备05000001号-1A","status":"filed"}
{"record":"subject","id":3,"number":"京ICP备05000002号","sponsor":"旧","status":"cancelled"}
{"record":"subject","id":4,"number":"京ICP备05000002号","sponsor":"亦旧","status":"revoked"}
{"record":"service","id":4,"subject_id":4,"number":"京ICP备05000002号-1A","status":"filed"}
)"));
  EXPECT_EQ(summary(checker.check(request_of("'filing_number':'京ICP备05000001号'"))),
            "deny SUBJECT_ONLY | none");
  EXPECT_EQ(checker.decision().subject->sponsor(), "新");
  EXPECT_EQ(summary(checker.check(request_of("'filing_number':'京ICP备05000001号-7A',"
                                             "'app':{'offline':true}"))),
            "allow EXEMPT_OFFLINE NOT_FILED | none");
  EXPECT_EQ(summary(checker.check(request_of("'filing_number':'京ICP备05000002号-7A',"
                                             "'app':{'offline':true}"))),
            "deny EXEMPT_OFFLINE NOT_FILED SUBJECT_CANCELLED | none");
}

// Nor does a service without a subject stand for a new holder of the number.
TEST(EvaluateDetails, AServiceWithoutASubjectIsNoNewHolderOfItsNumber) {
  Checker checker(registry_of(R"(
{"record":"subject","id":1,"number":"京ICP备05000001号","sponsor":"旧","status":"cancelled"}
{"record":"service","id":2,"number":"京ICP备05000001号-1A","status":"filed"}
)"));
  EXPECT_EQ(summary(checker.check(request_of("'filing_number':'京ICP备05000001号'"))),
            "deny SUBJECT_ONLY SUBJECT_CANCELLED | none");
}

// An exception for a number also holds when the app claims none and that filing was found for it;
// it holds for no other filing.
TEST(EvaluateDetails, AnExceptionIsForTheFilingThatWasFoundToo) {
  const auto policy = PolicySet::load(R"([[exception]]
owner = "wang"
note = "ticket 4711"
filing_number = "京ICP备2023000001号-2A"
codes = ["NAME_MISMATCH"]
expires = 2026-12-31
)",
                                      "p.toml");
  ASSERT_TRUE(policy) << policy.error().message;
  Checker checker(registry_of(kFeed), kFresh, policy->base());
  EXPECT_EQ(summary(checker.check(request_of(
                "'app':{'platform':'android','package':'cn.example.app','name':'别的'}"))),
            "allow NAME_MISMATCH | package");
  EXPECT_EQ(summary(checker.check(request_of(
                "'app':{'platform':'android','package':'cn.example.gone','name':'别的'}"))),
            "deny SERVICE_CANCELLED NAME_MISMATCH | package");
}

// ACCESS_NOT_ADDED needs a live filing: not one that is not filed yet or no longer filed. A stock
// app within its grace period stays connected.
TEST(EvaluateDetails, AccessIsMissedOnlyWhereThereIsAFiling) {
  Checker checker(registry_of(R"(
{"record":"service","id":1,"number":"京ICP备05000001号-1A","status":"provider_review","providers":["aliyun"]}
{"record":"service","id":2,"number":"京ICP备05000001号-2A","status":"cancelled","providers":["aliyun"]}
{"record":"service","id":3,"number":"京ICP备05000001号-3A","status":"changing","providers":["aliyun"]}
)"));
  const auto answer = [&](std::string_view number, std::string_view more = "") {
    return summary(checker.check(request_of(
        "'filing_number':'" + std::string(number) + "','provider':'tencent'" + std::string(more),
        "connect")));
  };
  EXPECT_EQ(answer("京ICP备05000001号-1A"), "deny PENDING | number");
  EXPECT_EQ(answer("京ICP备05000001号-1A",
                   ",'as_of':'2024-01-02','app':{'first_published':'2022-05-01'}"),
            "allow STOCK_GRACE PENDING | number");
  EXPECT_EQ(answer("京ICP备05000001号-2A"), "deny SERVICE_CANCELLED | number");
  EXPECT_EQ(answer("京ICP备05000001号-3A"), "deny CHANGE_PENDING ACCESS_NOT_ADDED | number");
}

// The finding points at what was given: the number if one is claimed, else the kind.
TEST(EvaluateDetails, AWrongKindIsFoundWhereItWasClaimed) {
  Checker checker(registry_of(kFeed));
  const auto field = [&](std::string_view fields) {
    const Decision& decision = checker.check(request_of(fields));
    for (const Finding& finding : decision.findings())
      if (finding.code == Code::kWrongKind) return finding.field;
    return FieldId::kNone;
  };
  for (const std::string_view number : {"京ICP备2023000001号-1", "京ICP备2023000001号-2X",
                                        "京ICP备2023000001号-11A", "京ICP备2023000001号-99X"})
    EXPECT_EQ(field("'filing_number':'" + std::string(number) + "'"), FieldId::kFilingNumber)
        << number;
  EXPECT_EQ(field("'app':{'domains':['www.example.cn']}"), FieldId::kKind);
}

// The state of another service with the same serial is not reported about the one that was claimed.
TEST(EvaluateDetails, TheClaimedLetterIsMeantWhereThereIsOne) {
  Checker checker(registry_of(R"(
{"record":"service","id":1,"number":"京ICP备05000001号-5A","status":"cancelled"}
{"record":"service","id":2,"number":"京ICP备05000001号-5","status":"filed"}
)"));
  EXPECT_EQ(summary(checker.check(request_of("'filing_number':'京ICP备05000001号-5'"))),
            "deny WRONG_KIND | none");
  EXPECT_EQ(summary(checker.check(request_of("'filing_number':'京ICP备05000001号-5A'"))),
            "deny SERVICE_CANCELLED | number");
  // Nothing has the claimed letter, so the service of the requested kind is meant.
  EXPECT_EQ(summary(checker.check(request_of("'filing_number':'京ICP备05000001号-5X'"))),
            "deny WRONG_KIND SERVICE_CANCELLED | none");
}

}  // namespace
}  // namespace beian
