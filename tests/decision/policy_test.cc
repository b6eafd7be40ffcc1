// Policy turns findings into a decision: the table of the contract, precedence, exemptions, dates,
// modes. Method: findings are put into a Decision by hand, so no registry is needed.
#include "gate/decision/policy.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <ostream>

#include "tests/decision/policy_support.h"

namespace beian {
namespace {

using test::day;
using test::kToday;

constexpr Effect kNote = Effect::kNote;
constexpr Effect kAllow = Effect::kAllow;
constexpr Effect kReview = Effect::kReview;
constexpr Effect kUnknown = Effect::kUnknown;
constexpr Effect kDeny = Effect::kDeny;

std::unique_ptr<Decision> decision_with(std::initializer_list<Code> codes) {
  auto decision = std::make_unique<Decision>();
  for (const Code code : codes) decision->add(code);
  return decision;
}

std::unique_ptr<Decision> applied(const Policy& policy, std::initializer_list<Code> codes,
                                  Operation operation = Operation::kDistribute, Day on = kToday) {
  CheckRequest request;
  request.operation = operation;
  auto decision = decision_with(codes);
  policy.apply(request, on, decision.get());
  return decision;
}

// --- the table that API.md prints: d deny, r review, u unknown, a allow, - note ---

struct TableRow {
  const char* code;
  const char* effects;  // distribute, connect, preinstall
};
std::ostream& operator<<(std::ostream& out, const TableRow& row) {
  return out << row.code;
}

class DefaultEffect : public ::testing::TestWithParam<TableRow> {};

char letter(Effect effect) {
  switch (effect) {
    case kNote:
      return '-';
    case kAllow:
      return 'a';
    case kReview:
      return 'r';
    case kUnknown:
      return 'u';
    case kDeny:
      return 'd';
  }
  return '?';
}

TEST_P(DefaultEffect, IsTheContracts) {
  const auto code = parse_code(GetParam().code);
  ASSERT_TRUE(code);
  const Policy policy = Policy::defaults();
  for (int i = 0; i < kOperationCount; ++i)
    EXPECT_EQ(letter(policy.effect(*code, static_cast<Operation>(i), kToday)),
              GetParam().effects[i]);
}

constexpr TableRow kContract[] = {
    {"NUMBER_MISSING", "ddd"},
    {"NUMBER_RESOLVED", "r--"},
    {"AMBIGUOUS", "rrr"},
    {"NUMBER_MALFORMED", "ddd"},
    {"NUMBER_REPAIRED", "---"},
    {"NUMBER_IMPLAUSIBLE", "---"},
    {"NOT_A_FILING", "ddd"},
    {"SUBJECT_ONLY", "ddd"},
    {"WRONG_KIND", "ddd"},
    {"NOT_FILED", "ddd"},
    {"PENDING", "ddd"},
    {"RETURNED", "ddd"},
    {"SERVICE_CANCELLED", "ddd"},
    {"SUBJECT_CANCELLED", "ddd"},
    {"REVOKED", "ddd"},
    {"BLACKLISTED", "ddd"},
    {"CANCELLING", "rrr"},
    {"CHANGE_PENDING", "---"},
    {"ACCESS_RESTRICTED", "ddd"},
    {"SHELL", "rdr"},
    {"NAME_MISMATCH", "ddd"},
    {"PACKAGE_NOT_FILED", "ddd"},
    {"CERTIFICATE_MISMATCH", "ddd"},
    {"PUBLIC_KEY_MISMATCH", "ddd"},
    {"PLATFORM_NOT_FILED", "ddd"},
    {"SPONSOR_MISMATCH", "rrr"},
    {"DOMAIN_NOT_FILED", "rdr"},
    {"IP_NOT_FILED", "rdr"},
    {"ACCESS_NOT_ADDED", "-d-"},
    {"APPROVAL_MISSING", "rrr"},
    {"DISPLAY_MISSING", "r-r"},
    {"DISPLAY_MISMATCH", "r-r"},
    {"PROVINCE_MISMATCH", "rrr"},
    {"NOT_COMPARABLE", "---"},
    {"EXEMPT_OFFLINE", "aaa"},
    {"EXEMPT_OVERSEAS", "aaa"},
    {"EXEMPTION_CONTRADICTED", "ddd"},
    {"BEFORE_REGIME", "aaa"},
    {"STOCK_GRACE", "aaa"},
    {"REGISTRY_STALE", "---"},
    {"REGISTRY_EXPIRED", "uuu"},
    {"REGISTRY_INCOMPLETE", "uuu"},
    {"REGISTRY_BEHIND", "uuu"},
};
static_assert(std::size(kContract) == kCodeCount, "every code of the contract");

INSTANTIATE_TEST_SUITE_P(Contract, DefaultEffect, ::testing::ValuesIn(kContract),
                         [](const auto& row) { return std::string(row.param.code); });

// --- precedence ---

TEST(Precedence, NothingFoundIsAllow) {
  EXPECT_EQ(applied(Policy::defaults(), {})->effect, kAllow);
}

TEST(Precedence, NotesOnlyIsAllow) {
  EXPECT_EQ(applied(Policy::defaults(), {Code::kNumberRepaired, Code::kNotComparable})->effect,
            kAllow);
}

// One code for each effect: every subset must yield its worst effect, in any order.
TEST(Precedence, WorstOfEverySubsetWins) {
  const std::pair<Code, Effect> kByEffect[] = {{Code::kNumberRepaired, kNote},
                                               {Code::kExemptOverseas, kAllow},
                                               {Code::kCancelling, kReview},
                                               {Code::kRegistryExpired, kUnknown},
                                               {Code::kRevoked, kDeny}};
  const Policy policy = Policy::defaults();
  for (unsigned set = 0; set < 32; ++set) {
    for (const bool is_reversed : {false, true}) {
      Decision decision;
      Effect want = kAllow;
      for (unsigned i = 0; i < 5; ++i) {
        const unsigned pick = is_reversed ? 4 - i : i;
        if ((set >> pick & 1) == 0) continue;
        decision.add(kByEffect[pick].first);
        want = std::max(want, kByEffect[pick].second);
      }
      policy.apply(CheckRequest{}, kToday, &decision);
      EXPECT_EQ(decision.effect, want) << set;
      EXPECT_EQ(decision.would_be, want) << set;
    }
  }
}

// --- exemptions and grace: each against each code ---

class Exemption : public ::testing::TestWithParam<Code> {};

TEST_P(Exemption, TakesAwayOnlyTheDutyToHaveAFiling) {
  const Policy policy = Policy::defaults();
  for (int i = 0; i < kCodeCount; ++i) {
    const Code code = static_cast<Code>(i);
    const bool is_duty = code == Code::kNumberMissing || code == Code::kNotFiled ||
                         code == Code::kPending || code == Code::kReturned;
    const Effect before = policy.effect(code, Operation::kPreinstall, kToday);
    // Before and after the exemption: order must not matter.
    for (const auto& codes : {std::pair{GetParam(), code}, std::pair{code, GetParam()}}) {
      const auto decision = applied(policy, {codes.first, codes.second}, Operation::kPreinstall);
      const Finding& finding = decision->findings()[codes.first == GetParam() ? 1 : 0];
      EXPECT_EQ(finding.effect, is_duty ? kNote : before) << name_of(code);
      EXPECT_EQ(decision->effect, is_duty ? kAllow : std::max(before, kAllow)) << name_of(code);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, Exemption,
                         ::testing::Values(Code::kExemptOffline, Code::kExemptOverseas,
                                           Code::kBeforeRegime, Code::kStockGrace),
                         [](const auto& row) { return std::string(name_of(row.param)); });

TEST(ExemptionSetToNote, IsNotHonoured) {
  PolicySetting setting;
  setting.code = Code::kExemptOffline;
  setting.effects.fill(kNote);
  const Policy policy = Policy::compile({&setting, 1}, PolicyMode::kEnforce, nullptr);
  EXPECT_EQ(applied(policy, {Code::kNotFiled, Code::kExemptOffline})->effect, kDeny);
}

TEST(ExemptionSetToReview, LiftsTheDenyAndAsksAPerson) {
  PolicySetting setting;
  setting.code = Code::kExemptOffline;
  setting.effects.fill(kReview);
  const Policy policy = Policy::compile({&setting, 1}, PolicyMode::kEnforce, nullptr);
  EXPECT_EQ(applied(policy, {Code::kNotFiled, Code::kExemptOffline})->effect, kReview);
}

// --- dates ---

struct DateRow {
  const char* on;
  Effect want;
  const char* why;
};
std::ostream& operator<<(std::ostream& out, const DateRow& row) {
  return out << row.on;
}

class EffectiveDate : public ::testing::TestWithParam<DateRow> {};

TEST_P(EffectiveDate, IncludesBothEnds) {
  PolicySetting window;
  window.code = Code::kDisplayMissing;
  window.effects[0] = kDeny;
  window.from = day("2027-01-01");
  window.until = day("2027-03-31");
  PolicySetting later;
  later.code = Code::kDisplayMissing;
  later.effects[0] = kNote;
  later.from = day("2027-03-01");
  later.until = day("2027-03-01");
  const PolicySetting settings[] = {window, later};
  const Policy policy = Policy::compile(settings, PolicyMode::kEnforce, nullptr);
  EXPECT_EQ(policy.effect(Code::kDisplayMissing, Operation::kDistribute, day(GetParam().on)),
            GetParam().want)
      << GetParam().why;
  EXPECT_EQ(policy.effect(Code::kDisplayMissing, Operation::kConnect, day(GetParam().on)), kNote)
      << "an operation that is not named stays";
}

INSTANTIATE_TEST_SUITE_P(Boundary, EffectiveDate,
                         ::testing::Values(DateRow{"1999-01-01", kReview, "long before"},
                                           DateRow{"2026-12-31", kReview, "the day before"},
                                           DateRow{"2027-01-01", kDeny, "first day"},
                                           DateRow{"2027-02-28", kDeny, "before the later setting"},
                                           DateRow{"2027-03-01", kNote,
                                                   "a later setting goes over an earlier one"},
                                           DateRow{"2027-03-02", kDeny, "which ends the same day"},
                                           DateRow{"2027-03-31", kDeny, "last day"},
                                           DateRow{"2027-04-01", kReview, "the day after"}));

// --- modes ---

struct ModeRow {
  const char* name;
  PolicyMode gate;
  std::optional<PolicyMode> code;  // of REVOKED alone
  Effect shown;
  Effect decision;
};
std::ostream& operator<<(std::ostream& out, const ModeRow& row) {
  return out << row.name;
}

class Mode : public ::testing::TestWithParam<ModeRow> {};

TEST_P(Mode, ChangesTheDecisionAndNeverWhatItWouldBe) {
  PolicySetting setting;
  setting.code = Code::kRevoked;
  setting.mode = GetParam().code;
  const Policy policy = Policy::compile({&setting, 1}, GetParam().gate, nullptr);
  const auto decision = applied(policy, {Code::kRevoked});
  EXPECT_EQ(decision->findings()[0].effect, GetParam().shown);
  EXPECT_EQ(decision->effect, GetParam().decision);
  EXPECT_EQ(decision->would_be, kDeny);
  EXPECT_EQ(decision->is_softened,
            GetParam().gate != PolicyMode::kEnforce || GetParam().decision != kDeny);
}

constexpr auto kEnforceMode = PolicyMode::kEnforce;
constexpr auto kWarnMode = PolicyMode::kWarn;
constexpr auto kDryMode = PolicyMode::kDryRun;
INSTANTIATE_TEST_SUITE_P(
    All, Mode,
    ::testing::Values(ModeRow{"enforce", kEnforceMode, {}, kDeny, kDeny},
                      ModeRow{"warn", kWarnMode, {}, kNote, kAllow},
                      ModeRow{"dry_run", kDryMode, {}, kDeny, kAllow},
                      ModeRow{"code_warn", kEnforceMode, kWarnMode, kNote, kAllow},
                      ModeRow{"code_dry_run", kEnforceMode, kDryMode, kDeny, kAllow},
                      ModeRow{"code_enforced_under_warn", kWarnMode, kEnforceMode, kDeny, kDeny},
                      ModeRow{"nothing_enforced_in_dry_run", kDryMode, kEnforceMode, kDeny,
                              kAllow}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Mode, OfOneCodeLeavesOthersAlone) {
  PolicySetting setting;
  setting.code = Code::kRevoked;
  setting.mode = PolicyMode::kWarn;
  const Policy policy = Policy::compile({&setting, 1}, PolicyMode::kEnforce, nullptr);
  const auto decision = applied(policy, {Code::kRevoked, Code::kCancelling});
  EXPECT_EQ(decision->effect, kReview);
  EXPECT_EQ(decision->would_be, kDeny);
}

TEST(Mode, WarnLeavesAnExemptionStanding) {
  const Policy policy = Policy::compile({}, PolicyMode::kWarn, nullptr);
  const auto decision = applied(policy, {Code::kExemptOffline, Code::kNotFiled});
  EXPECT_EQ(decision->findings()[0].effect, kAllow);
  EXPECT_EQ(decision->would_be, kAllow);
}

TEST(Mode, IsToldWithAnAllowToo) {
  EXPECT_TRUE(applied(Policy::compile({}, PolicyMode::kDryRun, nullptr), {})->is_softened);
  EXPECT_FALSE(applied(Policy::defaults(), {})->is_softened);
}

}  // namespace
}  // namespace beian
