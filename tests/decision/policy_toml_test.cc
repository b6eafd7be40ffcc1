// conf/policy.toml as a language: what it can express, and the errors for what is wrong in it.
#include "gate/decision/policy_toml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cache/base/limits.h"
#include "tests/decision/policy_support.h"
#include "tests/support/paths.h"

namespace beian {
namespace {

using test::day;
using test::kToday;
using test::loaded;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

std::vector<std::string> errors_of(std::string_view text) {
  const auto set = PolicySet::load(text, "p.toml");
  std::vector<std::string> lines;
  if (set) return lines;
  const Error error = set.error();
  EXPECT_EQ(error.kind, ErrorKind::kBadInput);
  std::string_view rest = error.message;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    lines.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return lines;
}

TEST(ShippedPolicy, IsTheDefaultForEveryCodeAndDay) {
  const auto set = PolicySet::load_file(beian::test::source_path("conf/policy.toml"));
  ASSERT_TRUE(set) << set.error().message;
  const Policy defaults = Policy::defaults();
  EXPECT_EQ(set->base().mode(), PolicyMode::kEnforce);
  for (int code = 0; code < kCodeCount; ++code)
    for (int operation = 0; operation < kOperationCount; ++operation)
      for (const char* on : {"2020-01-01", "2023-09-01", "2026-11-23", "2099-12-31"})
        EXPECT_EQ(
            set->base().effect(static_cast<Code>(code), static_cast<Operation>(operation), day(on)),
            defaults.effect(static_cast<Code>(code), static_cast<Operation>(operation), day(on)))
            << name_of(static_cast<Code>(code));
  EXPECT_THAT(set->warnings(kToday), IsEmpty());
  EXPECT_EQ(set->profile("observe").mode(), PolicyMode::kDryRun);
  // A production line has nobody to ask, so it never gets an answer that needs a person.
  for (int i = 0; i < kCodeCount; ++i) {
    const Code code = static_cast<Code>(i);
    const Effect usual = defaults.effect(code, Operation::kPreinstall, kToday);
    EXPECT_EQ(set->profile("factory").effect(code, Operation::kPreinstall, kToday),
              usual == Effect::kReview ? Effect::kDeny : usual)
        << name_of(code);
  }
}

TEST(PolicyFile, EmptyIsTheDefault) {
  const PolicySet set = loaded("");
  EXPECT_EQ(set.base().effect(Code::kNotFiled, Operation::kConnect, kToday), Effect::kDeny);
}

TEST(PolicyFile, ThreeWaysToWriteAnEffect) {
  const PolicySet set = loaded(R"([codes]
NAME_MISMATCH = "review"
SHELL = { connect = "note" }
CANCELLING = [ { all = "note" }, { distribute = "deny", from = 2027-01-01 } ]
)");
  const auto effect = [&](Code code, Operation operation, const char* on) {
    return set.base().effect(code, operation, day(on));
  };
  EXPECT_EQ(effect(Code::kNameMismatch, Operation::kPreinstall, "2026-01-01"), Effect::kReview);
  EXPECT_EQ(effect(Code::kShell, Operation::kConnect, "2026-01-01"), Effect::kNote);
  EXPECT_EQ(effect(Code::kShell, Operation::kDistribute, "2026-01-01"), Effect::kReview);
  EXPECT_EQ(effect(Code::kCancelling, Operation::kDistribute, "2026-12-31"), Effect::kNote);
  EXPECT_EQ(effect(Code::kCancelling, Operation::kDistribute, "2027-01-01"), Effect::kDeny);
  EXPECT_EQ(effect(Code::kCancelling, Operation::kConnect, "2027-01-01"), Effect::kNote);
}

TEST(PolicyFile, AWindowIncludesBothOfItsDays) {
  const PolicySet set =
      loaded("[codes]\nSHELL = { all = 'deny', from = 2027-01-01, until = 2027-01-02 }\n");
  for (const auto& [on, want] : {std::pair{"2026-12-31", Effect::kReview},
                                 {"2027-01-01", Effect::kDeny},
                                 {"2027-01-02", Effect::kDeny},
                                 {"2027-01-03", Effect::kReview}})
    EXPECT_EQ(set.base().effect(Code::kShell, Operation::kDistribute, day(on)), want) << on;
}

TEST(PolicyFile, ThatIsNotThereIsAnError) {
  const auto set = PolicySet::load_file("no/such/policy.toml");
  ASSERT_FALSE(set.has_value());
  EXPECT_THAT(set.error().message, HasSubstr("no/such/policy.toml"));
}

TEST(PolicyFile, ChangesAreCountedByModeProfileAndCode) {
  const PolicySet before = loaded(R"([codes]
SHELL = "note"
[profile.a]
[profile.gone]
)");
  const auto changes = [&](std::string_view toml) {
    return loaded(toml).changes_since(before, kToday);
  };
  EXPECT_THAT(before.changes_since(before, kToday), IsEmpty());
  EXPECT_THAT(changes("# moved\n[profile.gone]\n[profile.a]\n[codes]\nSHELL = 'note'\n"),
              IsEmpty());
  EXPECT_THAT(changes("mode = 'dry_run'\n[codes]\nSHELL = 'note'\n[profile.a]\nmode = 'enforce'\n"
                      "[profile.new]\nmode = 'warn'\n"),
              ElementsAre("policy: mode enforce is now dry_run",
                          "policy, profile new: new, mode warn", "policy, profile gone: gone"));
  EXPECT_THAT(changes("[codes]\nSHELL = 'deny'\nPENDING = { mode = 'warn' }\n[profile.a]\n"
                      "[profile.gone]\n[profile.gone.codes]\nSHELL = 'note'\nPENDING = 'deny'\n"),
              ElementsAre("policy: codes with other effects: 2",
                          "policy, profile a: codes with other effects: 2",
                          "policy, profile gone: codes with other effects: 1"))
      << "PENDING warns in the profile too";
  EXPECT_THAT(changes("[codes]\nSHELL = [ { all = 'note' }, { all = 'deny', from = 2199-01-01 } ]\n"
                      "[profile.a.codes]\nSHELL = 'note'\n[profile.gone.codes]\nSHELL = 'note'\n"),
              ElementsAre("policy: codes with other effects on a later day: 1"));
  EXPECT_THAT(changes("[codes]\nSHELL = 'note'\n[profile.a]\n[profile.gone]\n[[exception]]\n"
                      "owner = 'o'\nnote = 'n'\ncodes = ['SHELL']\n"
                      "filing_number = '京ICP备2023000001号-1A'\nexpires = 2199-12-31\n"),
              ElementsAre("policy: other exceptions: 0 are now 1"));
  std::string many = "[codes]\nSHELL = 'note'\n[profile.a]\n[profile.gone]\n";
  for (std::size_t i = 0; i < std::size_t{13}; ++i)
    many += "[profile.p" + std::to_string(i) + "]\n";
  const auto told = changes(many);
  EXPECT_THAT(told, SizeIs(9));
  EXPECT_EQ(told.back(), "policy: 5 more profiles are other ones");
}

TEST(PolicyFile, AProfileComesOnTopOfTheBase) {
  const PolicySet set = loaded(R"([codes]
SHELL = "note"
[profile.strict.codes]
NUMBER_RESOLVED = "deny"
[profile.soft]
mode = "warn"
)");
  const auto effect = [&](std::string_view profile, Code code) {
    return set.profile(profile).effect(code, Operation::kDistribute, kToday);
  };
  EXPECT_EQ(effect("strict", Code::kNumberResolved), Effect::kDeny);
  EXPECT_EQ(effect("strict", Code::kShell), Effect::kNote);
  EXPECT_EQ(effect("soft", Code::kNumberResolved), Effect::kReview);
  EXPECT_EQ(set.profile("soft").mode(), PolicyMode::kWarn);
  EXPECT_TRUE(set.has_profile("soft"));
  EXPECT_FALSE(set.has_profile("sof"));
  EXPECT_FALSE(set.has_profile("z")) << "behind the last";
  EXPECT_EQ(&set.profile("sof"), &set.base());
}

// --- errors ---

TEST(PolicyFile, AllErrorsAreReportedAtOnceInOrder) {
  EXPECT_THAT(
      errors_of(R"(mod = "warn"
[codes]
NOT_FILD = "deny"
NAME_MISMATCH = "dney"
SHELL = { conect = "deny", mode = "soft" }
REVOKED = 7
PENDING = { all = "deny", from = 2027-02-01, until = 2027-01-31 }
RETURNED = { all = "deny", from = "2027-02-01" }
[profile.x]
mode = "off"
[[exception]]
owner = "me"
filing_number = "京ICP备1号"
operations = ["distribut"]
codes = ["NOT_FILED", "XYZ"]
)"),
      ElementsAre(
          HasSubstr("p.toml:1: mod: unknown key; did you mean mode?"),
          HasSubstr("p.toml:3: codes.NOT_FILD: unknown code \"NOT_FILD\"; did you mean NOT_FILED?"),
          HasSubstr("p.toml:4: codes.NAME_MISMATCH: unknown effect \"dney\"; did you mean deny?"),
          HasSubstr("p.toml:5: codes.SHELL.conect: unknown key; did you mean connect?"),
          HasSubstr(
              "p.toml:5: codes.SHELL.mode: unknown mode \"soft\"; one of enforce warn dry_run"),
          HasSubstr("p.toml:6: codes.REVOKED: an effect, a { … } or a list of { … } is wanted"),
          HasSubstr("p.toml:7: codes.PENDING: until lies before from"),
          HasSubstr("p.toml:8: codes.RETURNED.from: a date without quotes is wanted"),
          HasSubstr("p.toml:10: profile.x.mode: unknown mode \"off\""),
          HasSubstr("p.toml:11: exception.note: missing"),
          HasSubstr("p.toml:11: exception.expires: missing"),
          HasSubstr("p.toml:13: exception.filing_number: no filing number"),
          HasSubstr(
              "p.toml:14: exception.operations: unknown operation \"distribut\"; did you mean "
              "distribute?"),
          HasSubstr("p.toml:15: exception.codes: unknown code \"XYZ\"")));
}

struct RefusedRow {
  const char* name;
  const char* text;
  const char* want;
};
std::ostream& operator<<(std::ostream& out, const RefusedRow& row) {
  return out << row.name;
}

class RefusedPolicy : public ::testing::TestWithParam<RefusedRow> {};

TEST_P(RefusedPolicy, SaysWhy) {
  EXPECT_THAT(errors_of(GetParam().text), ElementsAre(HasSubstr(GetParam().want)));
}

#define BEIAN_EXCEPTION "[[exception]]\nowner='o'\nnote='n'\ncodes=['SHELL']\n"
INSTANTIATE_TEST_SUITE_P(
    All, RefusedPolicy,
    ::testing::Values(
        RefusedRow{"not_toml", "[codes\n", "p.toml:1: "},
        RefusedRow{"mode_type", "mode = 1", "p.toml:1: mode: a text in quotes is wanted"},
        RefusedRow{"codes_type", "codes = 1", "p.toml:1: codes: a table is wanted"},
        RefusedRow{"effect_type", "[codes]\nSHELL={all=1}", "codes.SHELL.all: an effect in quotes"},
        RefusedRow{"only_dates", "[codes]\nSHELL={from=2026-01-01}",
                   "codes.SHELL: changes nothing"},
        RefusedRow{"only_a_last_date", "[codes]\nSHELL={until=2026-01-01}",
                   "codes.SHELL: changes nothing"},
        RefusedRow{"no_entry", "[codes]\nSHELL=[]", "codes.SHELL: changes nothing"},
        RefusedRow{"empty_entry", "[codes]\nSHELL=[{}]", "codes.SHELL: changes nothing"},
        RefusedRow{"nobody",
                   "[[exception]]\nowner=' '\nnote='n'\ncodes=['SHELL']\nexpires=2026-12-31\n"
                   "filing_number='京ICP备2023000001号-1A'",
                   "exception.owner: is empty"},
        RefusedRow{"no_reason",
                   "[[exception]]\nowner='o'\nnote=''\ncodes=['SHELL']\nexpires=2026-12-31\n"
                   "filing_number='京ICP备2023000001号-1A'",
                   "exception.note: is empty"},
        RefusedRow{"list_item", "[codes]\nSHELL=['deny']", "codes.SHELL: { distribute"},
        RefusedRow{"profile_type", "profile.x = 1", "profile.x: a table is wanted"},
        RefusedRow{"profile_key", "[profile.x]\ncode={}", "profile.x.code: unknown key; did you"},
        RefusedRow{"exception_type", "exception = [1]", "exception: [[exception]] is wanted"},
        RefusedRow{"no_scope", BEIAN_EXCEPTION "expires=2026-12-31",
                   "a filing_number, or a package"},
        RefusedRow{"half_scope", BEIAN_EXCEPTION "expires=2026-12-31\npackage='a'",
                   "package and platform are given together"},
        RefusedRow{"blank_scope", BEIAN_EXCEPTION "expires=2026-12-31\npackage=' '\nplatform='\t'",
                   "a filing_number, or a package"},
        RefusedRow{"platform_in_capitals",
                   BEIAN_EXCEPTION "expires=2026-12-31\npackage='a'\nplatform='Symbian'",
                   "p.toml:7: exception.platform: a lower-case word such as android"},
        RefusedRow{"order",
                   BEIAN_EXCEPTION "expires=2026-12-31\nfrom=2027-01-01\npackage='a'\n"
                                   "platform='b'",
                   "expires lies before from"},
        RefusedRow{"no_codes",
                   "[[exception]]\nowner='o'\nnote='n'\ncodes=[]\nexpires=2026-12-31\n"
                   "filing_number='京ICP备2023000001号-1A'",
                   "exception.codes: at least one is wanted"},
        RefusedRow{"codes_in_one_text",
                   "[[exception]]\nowner='o'\nnote='n'\ncodes='SHELL'\nexpires=2026-12-31\n"
                   "filing_number='京ICP备2023000001号-1A'",
                   "exception.codes: "},
        RefusedRow{"code_type",
                   "[[exception]]\nowner='o'\nnote='n'\ncodes=[1]\nexpires=2026-12-31\n"
                   "filing_number='京ICP备2023000001号-1A'",
                   "exception.codes: a code in quotes is wanted"},
        RefusedRow{"number_that_needs_repair",
                   BEIAN_EXCEPTION "expires=2026-12-31\nfiling_number='京ICP备案2023000001号-1A'",
                   "exception.filing_number: no filing number"},
        RefusedRow{"operations_in_one_text",
                   BEIAN_EXCEPTION "expires=2026-12-31\noperations='connect'\n"
                                   "filing_number='京ICP备2023000001号-1A'",
                   "exception.operations: "},
        RefusedRow{"operation_type",
                   BEIAN_EXCEPTION "expires=2026-12-31\noperations=[1]\n"
                                   "filing_number='京ICP备2023000001号-1A'",
                   "exception.operations: unknown operation"},
        RefusedRow{"codes_left_out",
                   "[[exception]]\nowner='o'\nnote='n'\nexpires=2026-12-31\n"
                   "filing_number='京ICP备2023000001号-1A'",
                   "exception.codes: missing"},
        RefusedRow{"no_operations",
                   BEIAN_EXCEPTION "expires=2026-12-31\noperations=[]\n"
                                   "filing_number='京ICP备2023000001号-1A'",
                   "exception.operations: at least one is wanted"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(PolicyFile, TooManyDatesAreRefused) {
  std::string text = "[codes]\nSHELL = [\n";
  for (int i = 0; i < 65; ++i)
    text += "{ all = \"deny\", from = 20" + std::to_string(10 + i) + "-01-01 },\n";
  EXPECT_THAT(errors_of(text + "]\n"), ElementsAre(HasSubstr("more than 64 different dates")));
}

// The day after one window's last day and the first day of the next window count as one date.
TEST(PolicyFile, WindowsThatFollowEachOtherShareADate) {
  std::string text = "[codes]\nSHELL = [\n";
  for (int i = 10; i < 73; ++i)
    text += "{ all = 'deny', from = 20" + std::to_string(i) + "-01-01, until = 20" +
            std::to_string(i) + "-12-31 },\n";
  EXPECT_THAT(errors_of(text + "]\n"), IsEmpty());
  EXPECT_THAT(errors_of(text + "{ all = 'deny', from = 2080-01-01 } ]\n"),
              ElementsAre(HasSubstr("more than 64 different dates")));
}

TEST(PolicyFile, TooManyProfilesOrExceptionsAreRefused) {
  std::string text;
  for (std::size_t i = 0; i < limits::kPolicyProfilesMax; ++i)
    text += "profile.p" + std::to_string(i) + " = {}\n";
  EXPECT_THAT(errors_of(text), IsEmpty());
  EXPECT_THAT(errors_of(text + "profile.q = {}\n"),
              ElementsAre(HasSubstr("profile: more than 64 profiles")));
  text.clear();
  for (std::size_t i = 0; i < limits::kPolicyExceptionsMax; ++i)
    text += BEIAN_EXCEPTION "expires=2026-12-31\nfiling_number='京ICP备2023000001号-1A'\n";
  EXPECT_THAT(errors_of(text), IsEmpty());
  EXPECT_THAT(errors_of(text + BEIAN_EXCEPTION
                        "expires=2026-12-31\nfiling_number='京ICP备2023000001号-1A'\n"),
              ElementsAre(HasSubstr("exception: more than 10000 exceptions")));
}

TEST(ErrorText, IsSafeToPrint) {
  const auto errors = errors_of("[codes]\n\"a\\u001b[31m\" = 'deny'\n");
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_THAT(errors[0], Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace beian
