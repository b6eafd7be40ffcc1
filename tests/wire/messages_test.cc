// Messages: every code has words in both languages, every placeholder is filled, and hostile values
// stay harmless.
#include <gmock/gmock.h>

#include "tests/wire/messages_fixture.h"

namespace beian::wire {
namespace {

using test::day;
using test::Messages;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// --- every code, both languages, with and without a filing ---

void expect_sentence(const std::string& text, Code code) {
  EXPECT_THAT(text, Not(HasSubstr("{"))) << name_of(code);
  EXPECT_THAT(text, Not(HasSubstr("}"))) << name_of(code);
  EXPECT_THAT(text, Not(HasSubstr("["))) << name_of(code);
  EXPECT_THAT(text, Not(HasSubstr("]"))) << name_of(code);
  EXPECT_THAT(text, Not(HasSubstr("  "))) << name_of(code);
  EXPECT_TRUE(is_utf8(text)) << name_of(code);
}

TEST_F(Messages, EveryCodeHasAMessageWithNothingLeftOpen) {
  for (const bool has_filing : {true, false}) {
    if (!has_filing) forget_filing();
    for (int i = 0; i < kCodeCount; ++i) {
      Finding made = finding(static_cast<Code>(i));
      for (const bool has_date : {false, true}) {
        if (has_date) made.date = day("2026-12-21");
        for (const Language language : {Language::kZh, Language::kEn}) {
          const std::string text = message(made, language);
          EXPECT_GT(text.size(), 10U) << name_of(made.code);
          expect_sentence(text, made.code);
          expect_sentence(remedy(made, language), made.code);
        }
      }
    }
  }
}

TEST_F(Messages, EveryCodeHasARemedyAndABasis) {
  for (int i = 0; i < kCodeCount; ++i) {
    const Code code = static_cast<Code>(i);
    for (const Language language : {Language::kZh, Language::kEn}) {
      EXPECT_FALSE(remedy(finding(code), language).empty()) << name_of(code);
      EXPECT_FALSE(basis_of(code, language).empty()) << name_of(code);
    }
  }
}

// A number that an exemption makes unnecessary is not asked for, and nothing is said to be
// forbidden.
TEST_F(Messages, ALiftedDutyIsNotPreached) {
  forget_filing();
  const Finding made = finding(Code::kNumberMissing, FieldId::kFilingNumber);
  EXPECT_THAT(message(made), HasSubstr("未备案的APP不得分发"));
  EXPECT_THAT(remedy(made), HasSubstr("阿里云"));
  decision.add(Code::kExemptOffline);
  EXPECT_EQ(message(made), "没有填写备案号。");
  EXPECT_EQ(remedy(made), "无须处理：此处不要求备案号。");
  Finding denied = made;  // when policy does not honour the exemption
  denied.effect = Effect::kDeny;
  EXPECT_THAT(message(denied), HasSubstr("未备案的APP不得分发"));
}

// Whoever needs no filing is not told to wait for one before going online, or to submit one again.
TEST_F(Messages, AnExemptionLiftsWhatIsUnderWayToo) {
  Finding pending = finding(Code::kPending, FieldId::kFilingNumber);
  pending.date = day("2024-02-28");
  pending.is_overdue = true;
  const Finding returned = finding(Code::kReturned, FieldId::kFilingNumber);
  for (const Code why : {Code::kExemptOffline, Code::kExemptOverseas, Code::kBeforeRegime}) {
    decision.clear();
    decision.add(why);
    for (const Finding& made : {pending, returned})
      EXPECT_EQ(remedy(made), "无须处理：此处不要求备案号。") << name_of(why);
  }
  Finding denied = pending;
  denied.effect = Effect::kDeny;
  EXPECT_THAT(remedy(denied), HasSubstr("备案成功后再上线"));
}

// During the grace period of F-2 an app stays online, but must be filed by the end of it.
TEST_F(Messages, GraceIsATimeToFileInAndNoExemption) {
  decision.clear();
  decision.add(Code::kStockGrace);
  for (const Code code : {Code::kNumberMissing, Code::kNotFiled}) {
    EXPECT_EQ(remedy(finding(code)), "过渡期内暂不影响分发，但须不晚于 2024-03-31 完成备案。");
    EXPECT_THAT(remedy(finding(code), Language::kEn), HasSubstr("it has to be filed by then"));
  }
  const Finding pending = finding(Code::kPending, FieldId::kFilingNumber);
  EXPECT_EQ(remedy(pending),
            "请等待审核结果；过渡期内暂不影响分发，但须不晚于 2024-03-31 备案成功。");
  EXPECT_THAT(remedy(finding(Code::kReturned)), HasSubstr("修改后重新提交"));
  decision.add(Code::kExemptOffline);
  EXPECT_EQ(remedy(pending), "无须处理：此处不要求备案号。");
}

// Only what was looked for is said to be missing.
TEST_F(Messages, WhatWasNotLookedForIsNotSaidToBeMissing) {
  forget_filing();
  const Finding missing = finding(Code::kNumberMissing, FieldId::kFilingNumber);
  EXPECT_EQ(message(missing), "没有填写备案号；未备案的APP不得分发。");
  EXPECT_EQ(message(missing, Language::kEn),
            "No filing number was given; an unfiled app may not be distributed.");
  request.app.ips = {*parse_ip("192.0.2.1")};
  EXPECT_THAT(message(missing), Not(HasSubstr("IP"))) << "only `connect` looks for addresses";
  request.app.domains = {"a.example"};
  EXPECT_THAT(message(missing), HasSubstr("没有填写备案号，按域名也没有找到对应的备案"));
  request.app.fingerprints = {*parse_fingerprint("00112233445566778899AABBCCDDEEFF")};
  request.app.public_keys = {KeyDigest{1}};
  EXPECT_THAT(message(missing, Language::kEn),
              HasSubstr("none was found by certificate fingerprint and public key; "));
  request.app.package = "cn.a";
  EXPECT_THAT(message(missing, Language::kEn), HasSubstr("none was found by package; "));
  request.app.platform = "android";
  EXPECT_THAT(message(missing), HasSubstr("按操作系统平台和包名也没有找到"));
  use("企业");
  EXPECT_EQ(message(finding(Code::kNumberResolved)),
            "没有填写备案号；按操作系统平台和包名找到的备案是 "
            "粤ICP备2023000001号-2A（示例应用）。");
}

// A complete registry may still lack one status.
TEST_F(Messages, AFilingWithoutAStatusIsNoIncompleteRegistry) {
  EXPECT_THAT(message(finding(Code::kRegistryIncomplete)), HasSubstr("登记库不完整"));
  const Finding own = finding(Code::kRegistryIncomplete, FieldId::kFilingNumber);
  EXPECT_EQ(message(own), "登记库没有记载 粤ICP备2023000001号-2A 的状态，现在不能认定它已备案。");
  EXPECT_EQ(remedy(own, Language::kEn),
            "Look it up at https://beian.miit.gov.cn, or try again later. For the operator of the "
            "gate: add its status to the registry.");
  request.app.domains = {"a.example"};
  const Finding holder = finding(Code::kRegistryIncomplete, FieldId::kDomains);
  EXPECT_THAT(message(holder), HasSubstr("登记“a.example”的是同一主体的另一服务"));
  EXPECT_THAT(message(holder, Language::kEn), Not(HasSubstr("The registry is incomplete")));
}

// A remedy must read well after whatever stands before it.
TEST_F(Messages, EnglishSentencesStandOnTheirOwn) {
  EXPECT_THAT(remedy(finding(Code::kStockGrace), Language::kEn),
              StartsWith("By 2024-03-31, file it through your access provider or app store"));
  EXPECT_THAT(remedy(finding(Code::kReturned), Language::kEn),
              HasSubstr("correct it; then file it through"));
  EXPECT_THAT(remedy(finding(Code::kServiceCancelled), Language::kEn),
              HasSubstr("with a new filing, file it through"));
  decision.clear();
  decision.add(Code::kStockGrace);
  for (const Code code : {Code::kNotFiled, Code::kPending})
    EXPECT_THAT(remedy(finding(code), Language::kEn),
                HasSubstr("it may be distributed without a filing"));
}

// The operating system and the host app have different names.
TEST_F(Messages, TheTwoPlatformsAreToldApartInChinese) {
  Finding made = finding(Code::kNotComparable);
  made.fields = field_bit(FieldId::kPlatform) | field_bit(FieldId::kHostPlatform);
  EXPECT_THAT(message(made), StartsWith("未能比对：操作系统平台、宿主平台。"));
}

TEST_F(Messages, ExamplesAreOfTheKindThatIsAskedFor) {
  forget_filing();
  const Finding made = finding(Code::kNumberMissing, FieldId::kFilingNumber);
  EXPECT_THAT(remedy(made), HasSubstr("号-2A"));
  request.app.kind = Kind::kMiniProgram;
  EXPECT_THAT(remedy(made), HasSubstr("号-2X"));
  request.app.kind = Kind::kQuickApp;
  EXPECT_THAT(remedy(made, Language::kEn), HasSubstr("号-2K"));
}

TEST_F(Messages, ChineseAndEnglishDiffer) {
  for (int i = 0; i < kCodeCount; ++i) {
    const Finding made = finding(static_cast<Code>(i));
    EXPECT_NE(message(made, Language::kZh), message(made, Language::kEn)) << name_of(made.code);
  }
}

TEST(Basis, IsInBothLanguagesOrInNone) {
  for (int i = 0; i < kCodeCount; ++i) {
    const Code code = static_cast<Code>(i);
    EXPECT_EQ(basis_of(code, Language::kZh).empty(), basis_of(code, Language::kEn).empty())
        << name_of(code);
  }
  EXPECT_THAT(std::string(basis_of(Code::kNotFiled, Language::kZh)),
              HasSubstr("工信部信管〔2023〕105号"));
  EXPECT_EQ(basis_of(Code::kRegistryExpired, Language::kEn),
            "a rule of this gate, on no clause of law");
}

// --- golden sentences ---

TEST_F(Messages, PackageNotFiledSaysBothSides) {
  claim("粤ICP备2023000001号-2A");
  request.app.platform = "android";
  request.app.package = "cn.example.app2";
  const Finding made = finding(Code::kPackageNotFiled, FieldId::kPackage);
  EXPECT_EQ(message(made),
            "包名不一致：填写的是“cn.example.app2”，粤ICP备2023000001号-2A 备案的 android "
            "包名是“cn.example.app”。");
  EXPECT_EQ(message(made, Language::kEn),
            "The packages differ: “cn.example.app2” was given, and 粤ICP备2023000001号-2A is filed "
            "with the android package “cn.example.app”.");
  request.app.platform = {};
  EXPECT_THAT(message(made, Language::kEn),
              EndsWith("is filed with the package “cn.example.app”, “cn.example.ios”."));
  request.app.platform = "android";
  EXPECT_EQ(given(made), "cn.example.app2");
  EXPECT_THAT(expected(made), ElementsAre("cn.example.app"));
}

TEST_F(Messages, PendingTellsStageDueDateAndThatItIsOverdue) {
  claim("粤ICP备2023000001号-2A");
  Finding made = finding(Code::kPending, FieldId::kFilingNumber);
  made.stage = Status::kAuthorityReview;
  EXPECT_EQ(message(made), "粤ICP备2023000001号-2A 尚未备案成功：通信管理局审核中。");
  made.date = day("2024-02-28");
  EXPECT_EQ(message(made),
            "粤ICP备2023000001号-2A 尚未备案成功：通信管理局审核中，办理期限到 2024-02-28 为止"
            "（20 个工作日）。");
  EXPECT_EQ(remedy(made), "请等待审核结果，备案成功后再上线。");
  made.is_overdue = true;
  EXPECT_EQ(message(made, Language::kEn),
            "粤ICP备2023000001号-2A is not filed yet: it is under review by the communications "
            "administration, due by 2024-02-28 (20 working days), which has passed.");
  EXPECT_THAT(remedy(made), EndsWith("可向接入服务商或广东省通信管理局询问进度。"));
  made.is_calendar_known = false;
  EXPECT_THAT(message(made), HasSubstr("只按周末推算"));
}

TEST_F(Messages, MalformedNamesReasonAndPlaceInCharacters) {
  forget_filing();
  claim("京ICP备202300793号-10A");
  Finding made = finding(Code::kNumberMalformed, FieldId::kFilingNumber);
  made.reason = MalformedReason::kMainDigitCount;
  made.offset = 9;  // 京, ICP and 备 have three bytes each
  EXPECT_EQ(message(made),
            "“京ICP备202300793号-10A”不是有效的备案号：主体序号位数不对（备案号为 8 位或 10 "
            "位数字）；位置：第 6 个字符。");
}

// The fault is described for the displayed number, not for the one that should be displayed.
TEST_F(Messages, AMalformedNumberOnDisplayIsToldWithWhatIsWrongInIt) {
  request.app.displayed_number = "粤ICP备202300001号-2A";
  Finding made = finding(Code::kDisplayMismatch, FieldId::kDisplayedNumber);
  EXPECT_EQ(message(made), "展示的备案号是“粤ICP备202300001号-2A”；应为 粤ICP备2023000001号-2A。");
  made.reason = MalformedReason::kMainDigitCount;
  EXPECT_EQ(message(made),
            "展示的备案号是“粤ICP备202300001号-2A”，主体序号位数不对（备案号为 8 位或 10 位数字）；"
            "应为 粤ICP备2023000001号-2A。");
  EXPECT_THAT(message(made, Language::kEn), EndsWith("; it should be 粤ICP备2023000001号-2A."));
}

// A number under which nothing is filed must not be displayed.
TEST_F(Messages, NobodyIsToldToDisplayANumberThatIsNotFiled) {
  const Finding missing = finding(Code::kDisplayMissing, FieldId::kDisplayedNumber);
  const Finding mismatch = finding(Code::kDisplayMismatch, FieldId::kDisplayedNumber);
  EXPECT_THAT(remedy(missing), HasSubstr("展示 粤ICP备2023000001号-2A"));
  forget_filing();
  claim("粤ICP备2023000001号");
  request.app.displayed_number = "粤ICP备2023000009号-1A";
  EXPECT_EQ(remedy(missing),
            "请在APP的显著位置展示备案成功后取得的备案号，并链接 https://beian.miit.gov.cn。");
  EXPECT_EQ(message(mismatch),
            "展示的备案号是“粤ICP备2023000009号-1A”；填写的是 粤ICP备2023000001号。");
  EXPECT_THAT(remedy(mismatch, Language::kEn), Not(HasSubstr("粤ICP备2023000001号")));
  use_mini_program();  // in review
  EXPECT_THAT(remedy(missing), HasSubstr("请在小程序的显著位置展示备案成功后取得的备案号"));
}

TEST_F(Messages, EveryReasonRegisterRepairAndStageHasWords) {
  forget_filing();
  claim("x");
  const std::string without = message(finding(Code::kNumberMalformed), Language::kEn);
  for (int i = 1; i <= static_cast<int>(MalformedReason::kUnexpectedText); ++i) {
    Finding made = finding(Code::kNumberMalformed);
    made.reason = static_cast<MalformedReason>(i);
    EXPECT_NE(message(made, Language::kEn), without) << i;
  }
  for (int bit = 0; bit < kRepairCount; ++bit) {
    Finding made = finding(Code::kNumberRepaired);
    made.repairs = static_cast<std::uint16_t>(1U << bit);
    for (const Language language : {Language::kZh, Language::kEn})
      EXPECT_NE(message(made, language), message(finding(Code::kNumberRepaired), language)) << bit;
  }
  for (int i = 1; i <= static_cast<int>(OtherRegister::kEducation); ++i) {
    Finding made = finding(Code::kNotAFiling);
    made.what = static_cast<OtherRegister>(i);
    EXPECT_NE(message(made), message(finding(Code::kNotAFiling))) << i;
  }
}

// The words must be true of everything that a repair covers (API.md section 8).
TEST_F(Messages, RepairsAreToldAsTheyWereMade) {
  Finding made = finding(Code::kNumberRepaired);
  made.repairs = kExtraAn;  // 京ICP备：…, 京ICP证号：…
  EXPECT_THAT(message(made), EndsWith("：去掉“备”或“证”后多余的“案”“号”、冒号或连字符。"));
  made.repairs = kDoubledToken;  // 苏ICP证B2-…
  EXPECT_THAT(message(made),
              EndsWith("：去掉重复的省份简称、“ICP备”“ICP证”，或许可证号前的“ICP备”“ICP证”。"));
}

TEST_F(Messages, WebsiteNumberForAnAppIsToldInKinds) {
  forget_filing();
  claim("粤ICP备2023000001号-7");
  const Finding made = finding(Code::kWrongKind, FieldId::kFilingNumber);
  EXPECT_EQ(message(made), "备案号 粤ICP备2023000001号-7 对应的是网站，而这里需要APP的备案。");
  EXPECT_EQ(given(made), "website");
  EXPECT_THAT(expected(made), ElementsAre("app"));
}

TEST_F(Messages, EachFiledNameHasItsOwnQuotes) {
  request.app.name = "别的";
  const Finding made = finding(Code::kNameMismatch, FieldId::kName);
  EXPECT_EQ(message(made),
            "名称不一致：填写的是“别的”，粤ICP备2023000001号-2A 备案的名称是“示例应用”、“示例”。");
  EXPECT_THAT(message(made, Language::kEn), EndsWith("is filed as “示例应用”, “示例”."));
}

// All kinds share one counter for serials, so another letter names the same filing, misspelt.
TEST_F(Messages, AWrongLetterOfAFiledSerialIsToldTheRightOne) {
  const Finding made = finding(Code::kWrongKind, FieldId::kFilingNumber);
  claim("粤ICP备2023000001号-2X");
  EXPECT_EQ(
      message(made),
      "粤ICP备2023000001号-2X 是小程序备案号的写法；登记库中这个服务序号备案的是APP，备案号为 "
      "粤ICP备2023000001号-2A。");
  EXPECT_EQ(remedy(made), "如确属本APP，请改填 粤ICP备2023000001号-2A。");
  claim("粤ICP备2023000001号-2");
  EXPECT_EQ(message(made, Language::kEn),
            "粤ICP备2023000001号-2 is written as the number of the kind “website”; the registry "
            "has this serial as “app”, which is 粤ICP备2023000001号-2A.");
  EXPECT_EQ(given(made), "website");
  EXPECT_THAT(expected(made), ElementsAre("app"));
  request.app.kind = Kind::kQuickApp;  // neither claimed nor filed as such
  EXPECT_EQ(message(made),
            "登记库中 粤ICP备2023000001号-2 的服务序号备案的是APP，备案号为 "
            "粤ICP备2023000001号-2A；而这里需要快应用的备案。");
}

// What is wanted is the kind of the request, whether it contradicts the letter of the number or the
// registry.
TEST_F(Messages, WrongKindNamesTheWantedKindLast) {
  constexpr std::string_view kRemedy = "请填写快应用的备案号。";
  request.app.kind = Kind::kQuickApp;
  const Finding found = finding(Code::kWrongKind, FieldId::kKind);
  EXPECT_EQ(message(found), "备案号 粤ICP备2023000001号-2A 对应的是APP，而这里需要快应用的备案。");
  EXPECT_TRUE(remedy(found).starts_with(kRemedy)) << remedy(found);
  claim("粤ICP备2023000001号-2K");  // filed as -2A
  const Finding made = finding(Code::kWrongKind, FieldId::kFilingNumber);
  EXPECT_EQ(message(made),
            "登记库中 粤ICP备2023000001号-2K 的服务序号备案的是APP，备案号为 "
            "粤ICP备2023000001号-2A；而这里需要快应用的备案。");
  EXPECT_EQ(message(made, Language::kEn),
            "The registry has the serial of 粤ICP备2023000001号-2K as “app”, which is "
            "粤ICP备2023000001号-2A; wanted is “quick app”.");
  EXPECT_TRUE(remedy(made).starts_with(kRemedy)) << remedy(made);
}

}  // namespace
}  // namespace beian::wire
