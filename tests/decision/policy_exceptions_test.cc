// Exceptions in conf/policy.toml: for which app and codes they lift findings, and until when.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "cache/filing/parse.h"
#include "gate/decision/policy.h"
#include "tests/decision/policy_support.h"

namespace beian {
namespace {

using test::day;
using test::kToday;
using test::loaded;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

#define ANY_EXCEPTION "[[exception]]\nowner='o'\nnote='n'\ncodes=['SHELL']\nexpires=2026-12-31\n"

constexpr std::string_view kExceptions = R"([[exception]]
owner = "wang"
note = "ticket 4711"
filing_number = "京ICP备2023000001号-1A"
operations = ["distribute"]
codes = ["NAME_MISMATCH"]
from = 2026-11-01
expires = 2026-12-31

[[exception]]
owner = "li"
note = "whole subject"
filing_number = "沪ICP备2023000002号"
codes = ["SHELL"]
expires = 2026-10-31

[[exception]]
owner = "zhao"
note = "by package"
package = "cn.example.app"
platform = "android"
codes = ["NUMBER_MISSING", "SHELL"]
expires = 2027-12-31

[[exception]]
owner = "sun"
note = "number and package"
filing_number = "京ICP备2023000003号-1A"
package = " cn.example.three\t"
platform = "iOS "
codes = ["NAME_MISMATCH"]
expires = 2027-12-31
)";

struct ExceptionRow {
  const char* name;
  const char* number;
  const char* platform;
  const char* package;
  Operation operation;
  const char* on;
  Code code;
  bool is_lifted;
};
std::ostream& operator<<(std::ostream& out, const ExceptionRow& row) {
  return out << row.name;
}

class Exception : public ::testing::TestWithParam<ExceptionRow> {};

TEST_P(Exception, LiftsItsCodesInItsScopeAndTimeOnly) {
  const ExceptionRow& row = GetParam();
  const PolicySet set = loaded(kExceptions);
  CheckRequest request;
  request.operation = row.operation;
  request.filing_number = row.number;
  request.app.platform = row.platform;
  request.app.package = row.package;
  Decision decision;
  decision.is_number_claimed = !request.filing_number.empty();
  if (decision.is_number_claimed) decision.number = parse_number(request.filing_number);
  decision.add(row.code);
  set.base().apply(request, day(row.on), &decision);
  EXPECT_EQ(decision.findings()[0].effect == Effect::kNote, row.is_lifted);
  EXPECT_EQ(decision.effect == Effect::kAllow, row.is_lifted);
  EXPECT_EQ(decision.would_be == Effect::kAllow, row.is_lifted);
}

constexpr auto kDistribute = Operation::kDistribute;
constexpr auto kConnect = Operation::kConnect;
constexpr const char* kOne = "京ICP备2023000001号-1A";
INSTANTIATE_TEST_SUITE_P(
    All, Exception,
    ::testing::Values(
        ExceptionRow{"first_day", kOne, "", "", kDistribute, "2026-11-01", Code::kNameMismatch,
                     true},
        ExceptionRow{"before", kOne, "", "", kDistribute, "2026-10-31", Code::kNameMismatch, false},
        ExceptionRow{"last_day", kOne, "", "", kDistribute, "2026-12-31", Code::kNameMismatch,
                     true},
        ExceptionRow{"expired", kOne, "", "", kDistribute, "2027-01-01", Code::kNameMismatch,
                     false},
        ExceptionRow{"operation", kOne, "", "", kConnect, "2026-12-01", Code::kNameMismatch, false},
        ExceptionRow{"code", kOne, "", "", kDistribute, "2026-12-01", Code::kRevoked, false},
        ExceptionRow{"serial", "京ICP备2023000001号-2A", "", "", kDistribute, "2026-12-01",
                     Code::kNameMismatch, false},
        ExceptionRow{"kind", "京ICP备2023000001号-1X", "", "", kDistribute, "2026-12-01",
                     Code::kNameMismatch, false},
        ExceptionRow{"typography", "京ICP备 2023000001号－1a", "", "", kDistribute, "2026-12-01",
                     Code::kNameMismatch, true},
        ExceptionRow{"service_of_subject", "沪ICP备2023000002号-7K", "", "", kConnect, "2026-10-31",
                     Code::kShell, true},
        ExceptionRow{"subject_itself", "沪ICP备2023000002号", "", "", kConnect, "2026-10-31",
                     Code::kShell, true},
        ExceptionRow{"other_subject", "沪ICP备2023000003号-7K", "", "", kConnect, "2026-10-31",
                     Code::kShell, false},
        ExceptionRow{"package", "", "android", "cn.example.app", kConnect, "2026-12-01",
                     Code::kNumberMissing, true},
        ExceptionRow{"package_on_its_last_day", "", "android", "cn.example.app", kConnect,
                     "2027-12-31", Code::kNumberMissing, true},
        ExceptionRow{"package_expired", "", "android", "cn.example.app", kConnect, "2028-01-01",
                     Code::kNumberMissing, false},
        ExceptionRow{"platform", "", "ios", "cn.example.app", kConnect, "2026-12-01",
                     Code::kNumberMissing, false},
        ExceptionRow{"other_package", "", "android", "cn.example.app2", kConnect, "2026-12-01",
                     Code::kNumberMissing, false},
        ExceptionRow{"both_fit", "京ICP备2023000003号-1A", "ios", "cn.example.three", kConnect,
                     "2026-12-01", Code::kNameMismatch, true},
        ExceptionRow{"number_alone", "京ICP备2023000003号-1A", "ios", "cn.evil", kConnect,
                     "2026-12-01", Code::kNameMismatch, false},
        ExceptionRow{"package_alone", kOne, "ios", "cn.example.three", kConnect, "2026-12-01",
                     Code::kNameMismatch, false},
        ExceptionRow{"malformed", "京ICP备", "", "", kDistribute, "2026-12-01", Code::kNameMismatch,
                     false}),
    [](const auto& row) { return std::string(row.param.name); });

// Alone in the file, and whatever number is claimed.
TEST(ExceptionByPackage, HoldsWhenANumberIsClaimedToo) {
  const PolicySet set = loaded(ANY_EXCEPTION
                               "package='cn.example.app'\n"
                               "platform='android'\n");
  CheckRequest request;
  request.app.platform = "android";
  request.app.package = "cn.example.app";
  Decision decision;
  decision.is_number_claimed = true;
  decision.number = parse_number(kOne);
  decision.add(Code::kShell);
  set.base().apply(request, kToday, &decision);
  EXPECT_EQ(decision.effect, Effect::kAllow);
}

TEST(Exceptions, AreFoundInWhateverOrderTheyAreWritten) {
  const std::string_view packages[] = {"cn.z", "cn.a", "cn.m"};
  const std::string_view numbers[] = {"粤ICP备2023000009号-3A", "京ICP备2023000001号-1A",
                                      "沪ICP备2023000005号-2A"};
  std::string text;
  for (const std::string_view package : packages)
    text += ANY_EXCEPTION "platform='ios'\npackage='" + std::string(package) + "'\n";
  for (const std::string_view number : numbers)
    text += ANY_EXCEPTION "filing_number='" + std::string(number) + "'\n";
  const PolicySet set = loaded(text);
  const auto effect = [&](std::string_view package, std::string_view number) {
    CheckRequest request;
    request.app.platform = "ios";
    request.app.package = package;
    Decision decision;
    decision.is_number_claimed = !number.empty();
    if (decision.is_number_claimed) decision.number = parse_number(number);
    decision.add(Code::kShell);
    set.base().apply(request, kToday, &decision);
    return decision.effect;
  };
  for (const std::string_view package : packages)
    EXPECT_EQ(effect(package, ""), Effect::kAllow) << package;
  for (const std::string_view number : numbers)
    EXPECT_EQ(effect("", number), Effect::kAllow) << number;
  EXPECT_EQ(effect("cn.b", "京ICP备2023000002号-1A"), Effect::kReview);
}

// Exception and exemption each lift what they say; neither undoes the other, in whichever order
// they are found.
TEST(ExceptionByPackage, HoldsBesideAnExemption) {
  const PolicySet set = loaded(ANY_EXCEPTION "package='cn.example.app'\nplatform='android'\n");
  CheckRequest request;
  request.app.platform = "android";
  request.app.package = "cn.example.app";
  for (const auto& codes : {std::array{Code::kExemptOffline, Code::kNotFiled, Code::kShell},
                            std::array{Code::kShell, Code::kNotFiled, Code::kExemptOffline}}) {
    Decision decision;
    for (const Code code : codes) decision.add(code);
    set.base().apply(request, kToday, &decision);
    EXPECT_EQ(decision.effect, Effect::kAllow);
    EXPECT_EQ(decision.would_be, Effect::kAllow);
  }
}

TEST(ExpiredException, IsAWarningWithOwnerAndLine) {
  const PolicySet set = loaded(kExceptions);
  EXPECT_THAT(set.warnings(day("2026-10-31")), IsEmpty());
  EXPECT_THAT(set.warnings(day("2026-11-01")),
              ElementsAre(testing::AllOf(HasSubstr("p.toml:10:"), HasSubstr("2026-10-31"),
                                         HasSubstr("li"))));
}

}  // namespace
}  // namespace beian
