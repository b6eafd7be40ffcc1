// Messages: every code has words in both languages, every placeholder is filled, hostile values
// stay harmless. Method: findings are made by hand over a small registry built in memory.
#include "gate/wire/messages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include "cache/base/bytes.h"
#include "cache/snapshot/snapshot_writer.h"
#include "gate/wire/values.h"

namespace beian::wire {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

Day day(std::string_view text) {
  return parse_day(text).value();
}
FilingNumber number(std::string_view text) {
  return parse_number(text).number;
}

// One subject with an app on two platforms; nature as told.
std::shared_ptr<const cache::Snapshot> registry(const char* nature) {
  SubjectRecord subject;
  subject.id = 1;
  subject.number = number("粤ICP备2023000001号");
  subject.sponsor = "深圳示例科技有限公司";
  subject.nature = nature;
  subject.certificate_number = "91440300TEST000001";
  subject.status = Status::kFiled;
  ServiceRecord service;
  service.id = 2;
  service.subject_id = 1;
  service.number = number("粤ICP备2023000001号-2A");
  service.names = {{"示例应用", "示例"}};
  service.status = Status::kFiled;
  service.domains = {{"example.cn", "example.com.cn"}};
  service.ips = {{*parse_ip_range("192.0.2.0/24")}};
  service.providers = {{"aliyun"}};
  PlatformRecord android;
  android.os = "android";
  android.package = "cn.example.app";
  android.fingerprints = {{*parse_fingerprint("9F:86:D0:81:88:4C:7D:65:9A:2F:EA:A0:C5:5A:D0:15")}};
  android.public_keys = {{KeyDigest{1, 2, 3}}};
  PlatformRecord ios;
  ios.os = "ios";
  ios.package = "cn.example.ios";
  service.platforms = {{android, ios}};
  cache::SnapshotWriter writer;
  writer.add(subject);
  writer.add(service);
  cache::SealOptions seal;
  seal.serial = 48213;
  seal.as_of = *parse_instant("2026-11-22T19:00:00Z");
  auto bytes = std::move(writer).to_bytes(seal);
  EXPECT_TRUE(bytes);
  auto opened = cache::Snapshot::from_bytes(*std::move(bytes));
  EXPECT_TRUE(opened);
  return *opened;
}

class Messages : public ::testing::Test {
 protected:
  Messages() { use("企业"); }

  void use(const char* nature) {
    snapshot_ = registry(nature);
    decision.filing = snapshot_->by_service_id(2);
    decision.subject = decision.filing->subject();
    decision.serial = 48213;
    decision.registry_as_of = *parse_instant("2026-11-22T19:00:00Z");
  }
  void claim(std::string_view text) {
    request.filing_number = text;
    decision.is_number_claimed = true;
    decision.number = parse_number(text);
  }
  void forget_filing() {
    decision.filing.reset();
    decision.subject.reset();
  }

  // What is written, as whoever parses the answer reads it.
  template <class Write>
  static std::string read(Write write) {
    std::string json;
    {
      Pen pen(&json);
      pen.literal("\"");
      write(&pen);
      pen.literal("\"");
    }
    simdjson::dom::parser parser;
    std::string_view text;
    EXPECT_EQ(parser.parse(json).get(text), simdjson::SUCCESS) << json;
    return std::string(text);
  }
  MessageContext context(Language language) const {
    return {request, decision, Guidance::built_in(), language};
  }
  std::string message(const Finding& finding, Language language = Language::kZh) const {
    return read([&](Pen* pen) { write_message(context(language), finding, pen); });
  }
  std::string remedy(const Finding& finding, Language language = Language::kZh) const {
    return read([&](Pen* pen) { write_remedy(context(language), finding, pen); });
  }
  std::string given(const Finding& finding) const {
    std::string storage;
    return std::string(given_value(context(Language::kZh), finding, &storage));
  }
  std::vector<std::string> expected(const Finding& finding) const {
    std::vector<std::string> out;
    for_each_expected(context(Language::kZh), finding,
                      [&](std::string_view value) { out.emplace_back(value); });
    return out;
  }
  static Finding finding(Code code, FieldId field = FieldId::kNone) {
    Finding made;
    made.code = code;
    made.field = field;
    return made;
  }

  CheckRequest request;
  Decision decision;

 private:
  std::shared_ptr<const cache::Snapshot> snapshot_;
};

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

// The number that an exemption makes unnecessary is not asked for, and nothing is forbidden.
TEST_F(Messages, ALiftedDutyIsNotPreached) {
  forget_filing();
  const Finding made = finding(Code::kNumberMissing, FieldId::kFilingNumber);
  EXPECT_THAT(message(made), HasSubstr("未备案的APP不得分发"));
  EXPECT_THAT(remedy(made), HasSubstr("阿里云"));
  decision.add(Code::kExemptOffline);
  EXPECT_EQ(message(made), "没有填写备案号，也没有按包名、证书、域名或 IP 地址找到对应的备案。");
  EXPECT_EQ(remedy(made), "无须处理：此处不要求备案号。");
  Finding denied = made;  // policy does not honour the exemption
  denied.effect = Effect::kDeny;
  EXPECT_THAT(message(denied), HasSubstr("未备案的APP不得分发"));
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
  made.offset = 9;  // 京 three bytes, ICP three, 备 three
  EXPECT_EQ(message(made),
            "“京ICP备202300793号-10A”不是有效的备案号：主体序号位数不对（备案号为 8 位或 10 "
            "位数字）；位置：第 6 个字符。");
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

TEST_F(Messages, WebsiteNumberForAnAppIsToldInKinds) {
  claim("粤ICP备2023000001号-2");
  const Finding made = finding(Code::kWrongKind, FieldId::kFilingNumber);
  EXPECT_EQ(message(made), "备案号 粤ICP备2023000001号-2 对应的是网站，而这里需要APP的备案。");
  EXPECT_EQ(given(made), "website");
  EXPECT_THAT(expected(made), ElementsAre("app"));
}

// --- guidance: F-6, F-8, F-9, F-14 ---

TEST_F(Messages, UnfiledAppIsToldPortalsAndTheMaterialOfItsKindOfSponsor) {
  claim("粤ICP备2023000001号-9A");
  decision.filing.reset();
  const Finding made = finding(Code::kNotFiled, FieldId::kFilingNumber);
  const std::string unit = remedy(made);
  EXPECT_THAT(unit, HasSubstr("阿里云 https://beian.aliyun.com"));
  EXPECT_THAT(unit, HasSubstr("由广东省通信管理局审核"));
  EXPECT_THAT(unit, HasSubstr("单位主办者需准备：备案真实性核验单；"));
  EXPECT_THAT(unit, Not(HasSubstr("个人主办者")));

  use("个人");
  const std::string individual = remedy(made);
  EXPECT_THAT(individual, HasSubstr("个人主办者需准备：备案真实性核验单；本人身份证件；"));
  EXPECT_THAT(individual, Not(HasSubstr("单位主办者")));

  forget_filing();
  const std::string unknown = remedy(made, Language::kEn);
  EXPECT_THAT(unknown, HasSubstr("A unit needs: "));
  EXPECT_THAT(unknown, HasSubstr(". An individual needs: "));
}

TEST_F(Messages, MiniProgramIsSentToItsRunningPlatform) {
  forget_filing();
  request.app.kind = Kind::kMiniProgram;
  request.app.host_platform = "wechat";
  const Finding made = finding(Code::kNumberMissing, FieldId::kFilingNumber);
  EXPECT_THAT(remedy(made), HasSubstr("在微信公众平台的小程序后台提交备案"));
  EXPECT_THAT(remedy(made), Not(HasSubstr("阿里云")));
  request.app.host_platform = "nobody-knows";
  EXPECT_THAT(remedy(made), HasSubstr("其运行平台（例如微信、支付宝、抖音"));
  EXPECT_THAT(remedy(made), Not(HasSubstr("快应用")));
  request.app.kind = Kind::kQuickApp;
  EXPECT_THAT(remedy(made), HasSubstr("在上架该快应用的手机厂商的开放平台提交备案"));
  request.app.host_platform = "harmonyos";
  EXPECT_THAT(remedy(made), HasSubstr("在华为 AppGallery Connect提交备案"));
}

// Guidance is anybody's text: what JSON escapes in it is escaped.
TEST_F(Messages, GuidanceWithQuotesStaysJson) {
  const auto guidance = Guidance::parse(R"toml(
query_url = "https://q.example/?a=\"b\""
portal = [ { name = { zh = "“甲\\”", en = "\"A\"" }, url = "https://a.example" } ]
host_platform = [ { id = "w", name = { zh = "微", en = "W\n" }, where = { zh = "微\t台", en = "\"W\"" } } ]
checklist = { unit = [ { zh = "\"单\"", en = "u" } ], individual = [ { zh = "个", en = "i" } ] }
administration = []
)toml",
                                        "g.toml");
  ASSERT_TRUE(guidance) << guidance.error().message;
  forget_filing();
  const auto remedy_of = [&](Language language) {
    return read([&](Pen* pen) {
      write_remedy({request, decision, *guidance, language}, finding(Code::kNumberMissing), pen);
    });
  };
  EXPECT_THAT(remedy_of(Language::kZh), HasSubstr("https://q.example/?a=\"b\""));
  EXPECT_THAT(remedy_of(Language::kZh), HasSubstr("（例如 “甲\\” https://a.example）"));
  EXPECT_THAT(remedy_of(Language::kZh),
              HasSubstr("单位主办者需准备：\"单\"。个人主办者需准备：个。"));
  EXPECT_THAT(remedy_of(Language::kEn), HasSubstr("\"A\" https://a.example"));
  request.app.kind = Kind::kMiniProgram;
  EXPECT_THAT(remedy_of(Language::kEn), HasSubstr("its running platform (for example W\n)"));
  request.app.host_platform = "w";
  EXPECT_THAT(remedy_of(Language::kZh), HasSubstr("在微\t台提交备案"));
}

// --- values ---

TEST_F(Messages, DigestsAreLowerCaseHexadecimal) {
  request.app.platform = "android";
  request.app.fingerprints = {*parse_fingerprint("00112233445566778899AABBCCDDEEFF"),
                              *parse_fingerprint("ffeeddccbbaa99887766554433221100")};
  EXPECT_EQ(given(finding(Code::kCertificateMismatch, FieldId::kFingerprint)),
            "00112233445566778899aabbccddeeff, ffeeddccbbaa99887766554433221100");
  EXPECT_THAT(expected(finding(Code::kCertificateMismatch, FieldId::kFingerprint)),
              ElementsAre("9f86d081884c7d659a2feaa0c55ad015"));
  EXPECT_THAT(expected(finding(Code::kPublicKeyMismatch, FieldId::kPublicKey)),
              ElementsAre(StartsWith("sha256:010203")));
}

TEST_F(Messages, ExpectedValuesComeFromTheFiling) {
  EXPECT_THAT(expected(finding(Code::kNameMismatch)), ElementsAre("示例应用", "示例"));
  EXPECT_THAT(expected(finding(Code::kPlatformNotFiled)), ElementsAre("android", "ios"));
  EXPECT_THAT(expected(finding(Code::kPackageNotFiled)),
              ElementsAre("cn.example.app", "cn.example.ios"));
  EXPECT_THAT(expected(finding(Code::kSponsorMismatch, FieldId::kSponsorName)),
              ElementsAre("深圳示例科技有限公司"));
  EXPECT_THAT(expected(finding(Code::kDomainNotFiled)), SizeIs(2));
  EXPECT_THAT(expected(finding(Code::kIpNotFiled)), SizeIs(1));
  EXPECT_THAT(expected(finding(Code::kAccessNotAdded)), ElementsAre("aliyun"));
  EXPECT_THAT(expected(finding(Code::kDisplayMissing)), ElementsAre("粤ICP备2023000001号-2A"));
  EXPECT_THAT(expected(finding(Code::kNumberResolved)), ElementsAre("粤ICP备2023000001号-2A"));
  EXPECT_THAT(expected(finding(Code::kRegistryStale)), IsEmpty());
}

// An individual's certificate number is the number of an identity card.
TEST_F(Messages, CertificateNumberIsShownForUnitsOnly) {
  const Finding made = finding(Code::kSponsorMismatch, FieldId::kSponsorCertificate);
  request.app.sponsor_certificate = "91440300TEST000002";
  EXPECT_THAT(expected(made), ElementsAre("91440300TEST000001"));
  use("个人");
  EXPECT_THAT(expected(made), IsEmpty());
  EXPECT_THAT(message(made), Not(HasSubstr("TEST000001")));
}

TEST_F(Messages, ListItemsAreFoundByIndexAndABadIndexIsNothing) {
  request.app.domains = {"a.example", "b.example"};
  Finding made = finding(Code::kDomainNotFiled, FieldId::kDomains);
  made.index = 1;
  EXPECT_EQ(given(made), "b.example");
  made.index = 2;
  EXPECT_EQ(given(made), "");
}

TEST_F(Messages, AmbiguousListsCandidates) {
  forget_filing();
  decision.candidates[0] = number("粤ICP备2023000001号-2A");
  decision.candidates[1] = number("粤ICP备2023000001号-3A");
  decision.candidate_count = 2;
  EXPECT_EQ(
      message(finding(Code::kAmbiguous, FieldId::kFilingNumber)),
      "没有填写备案号，符合条件的备案有 2 个：粤ICP备2023000001号-2A、粤ICP备2023000001号-3A。");
}

// --- hostile values ---

TEST_F(Messages, HostileTextIsCutOnACharacterAndMadeSafe) {
  std::string hostile = "{number}[x]\x1b[31m\xE2\x80\xAE\xFF";
  for (int i = 0; i < 1'000; ++i) hostile += "名";
  request.app.name = hostile;
  const std::string text = message(finding(Code::kNameMismatch, FieldId::kName));
  EXPECT_TRUE(is_utf8(text));
  EXPECT_LT(text.size(), 500U);
  EXPECT_THAT(text, HasSubstr("…"));
  EXPECT_THAT(text, HasSubstr("{number}[x]\\u{1B}")) << "values are no templates";
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(text, Not(HasSubstr("\xE2\x80\xAE")));
}

TEST_F(Messages, PlaceBeyondTheTextIsItsEnd) {
  claim("京");
  Finding made = finding(Code::kNumberMalformed);
  made.offset = 4'000'000'000U;
  EXPECT_THAT(message(made), HasSubstr("第 2 个字符"));
}

}  // namespace
}  // namespace beian::wire
