// Messages: guidance, the values that a finding mentions, and hostile values, which stay harmless.
#include <gmock/gmock.h>

#include "cache/base/bytes.h"
#include "tests/wire/messages_fixture.h"

namespace beian::wire {
namespace {

using test::Messages;
using test::number;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

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
  EXPECT_THAT(remedy(made), HasSubstr("其宿主平台（例如微信、支付宝、抖音"));
  EXPECT_THAT(remedy(made), Not(HasSubstr("快应用")));
  request.app.kind = Kind::kQuickApp;
  EXPECT_THAT(remedy(made), HasSubstr("在上架该快应用的手机厂商的开放平台提交备案"));
  request.app.host_platform = "harmonyos";
  EXPECT_THAT(remedy(made), HasSubstr("在华为 AppGallery Connect 提交备案"));
}

// The administration of the sponsor's domicile decides on a new filing [F-5]; whoever holds an old
// one is told to ask there.
TEST_F(Messages, WhereToFileIsTheSponsorsDomicile) {
  const Finding cancelled = finding(Code::kSubjectCancelled);
  const Finding revoked = finding(Code::kRevoked);
  use("企业", 5);  // 合字B2 of a sponsor in Sichuan
  EXPECT_THAT(remedy(cancelled), HasSubstr("由四川省通信管理局审核"));
  EXPECT_THAT(remedy(revoked), HasSubstr("请向四川省通信管理局了解原因"));
  use("企业", 7);  // 湘ICP备 of a sponsor that moved to Guangdong
  EXPECT_THAT(remedy(cancelled), HasSubstr("由广东省通信管理局审核"));
  EXPECT_THAT(remedy(revoked), HasSubstr("请向湖南省通信管理局了解原因"));
  forget_filing();
  EXPECT_THAT(remedy(cancelled), HasSubstr("由主办者住所所在地的通信管理局审核"));
}

// Whichever name the request uses for the platform; without one, the platform that was filed.
TEST_F(Messages, MiniProgramIsSentToItsRunningPlatformByAnyOfItsNames) {
  use_mini_program();
  const Finding made = finding(Code::kReturned, FieldId::kFilingNumber);
  for (const char* const word : {"", "WeChat", "微信", "weixin"}) {
    request.app.host_platform = word;
    EXPECT_THAT(remedy(made), HasSubstr("在微信公众平台的小程序后台提交备案")) << word;
  }
  request.app.host_platform = "支付宝";
  EXPECT_THAT(remedy(made, Language::kEn), HasSubstr("console of the Alipay Open Platform"));
  request.app.kind = Kind::kQuickApp;  // the filing is of another kind, so it says nothing
  request.app.host_platform = "";
  EXPECT_THAT(remedy(made), HasSubstr("在上架该快应用的手机厂商的开放平台提交备案"));
}

// What runs inside another app has no access provider of its own: its host platform files it
// [F-14].
TEST_F(Messages, WhatRunsInAnotherAppIsFiledByThatAppsPlatform) {
  const auto stage = [&](Status status, Language language = Language::kZh) {
    Finding made = finding(Code::kPending, FieldId::kFilingNumber);
    made.stage = status;
    return message(made, language);
  };
  constexpr Code kCodes[] = {Code::kCancelling, Code::kAccessRestricted, Code::kNameMismatch,
                             Code::kPlatformNotFiled, Code::kIpNotFiled};
  for (const Code code : kCodes) {
    EXPECT_THAT(remedy(finding(code)), HasSubstr("接入服务商")) << name_of(code);
    EXPECT_THAT(remedy(finding(code), Language::kEn), HasSubstr("access provider"));
  }
  EXPECT_THAT(stage(Status::kProviderReview), HasSubstr("接入服务商初审中"));

  use_mini_program();
  for (const Code code : kCodes) {
    EXPECT_THAT(remedy(finding(code)), Not(HasSubstr("接入服务商"))) << name_of(code);
    EXPECT_THAT(remedy(finding(code)), HasSubstr("宿主平台")) << name_of(code);
    EXPECT_THAT(remedy(finding(code), Language::kEn), Not(HasSubstr("provider")));
  }
  EXPECT_THAT(remedy(finding(Code::kReturned)),
              HasSubstr("接入服务商或宿主平台现场采集的照片；使用域名的，域名证书"));
  EXPECT_THAT(remedy(finding(Code::kDisplayMissing)), Not(HasSubstr("应用商店")));
  EXPECT_THAT(stage(Status::kSubmitted), HasSubstr("等待宿主平台受理"));
  EXPECT_THAT(stage(Status::kProviderReview), HasSubstr("宿主平台初审中"));
  EXPECT_THAT(stage(Status::kAuthorityReview), HasSubstr("通信管理局审核中"));
  EXPECT_THAT(stage(Status::kSubmitted, Language::kEn), HasSubstr("for the running platform"));
  Finding overdue = finding(Code::kPending, FieldId::kFilingNumber);
  overdue.date = test::day("2026-11-02");
  overdue.is_overdue = true;
  EXPECT_THAT(remedy(overdue), HasSubstr("可向宿主平台或广东省通信管理局询问进度"));
}

// Guidance may be any text: what JSON must escape in it is escaped.
TEST_F(Messages, GuidanceWithQuotesStaysJson) {
  const auto guidance = Guidance::parse(R"toml(
query_url = "https://q.example/?a=b"
portal = [ { name = { zh = "“甲\\”", en = "\"A\"" }, url = "https://a.example" } ]
host_platform = [ { id = "w", name = { zh = "微", en = "W\\" }, where = { zh = "微\"台", en = "\"W\"" } } ]
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
  EXPECT_THAT(remedy_of(Language::kZh), HasSubstr("https://q.example/?a=b"));
  EXPECT_THAT(remedy_of(Language::kZh), HasSubstr("（例如 “甲\\” https://a.example）"));
  EXPECT_THAT(remedy_of(Language::kZh),
              HasSubstr("单位主办者需准备：\"单\"。个人主办者需准备：个。"));
  EXPECT_THAT(remedy_of(Language::kEn), HasSubstr("\"A\" https://a.example"));
  request.app.kind = Kind::kMiniProgram;
  EXPECT_THAT(remedy_of(Language::kEn), HasSubstr("its running platform (for example W\\)"));
  request.app.host_platform = "w";
  EXPECT_THAT(remedy_of(Language::kZh), HasSubstr("在微\"台提交备案"));
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

// If the registry holds a value in another form, the remedy asks for that form instead of calling
// the value missing.
TEST_F(Messages, WhatCannotBeComparedIsToldWithWhatToGive) {
  request.app.platform = "android";
  request.app.fingerprints = {
      *parse_fingerprint("9F:86:D0:81:88:4C:7D:65:9A:2F:EA:A0:C5:5A:D0:15:A3:BF:4F:1B")};  // SHA-1
  Finding made = finding(Code::kNotComparable);
  made.fields = field_bit(FieldId::kFingerprint) | field_bit(FieldId::kSponsorName);
  EXPECT_THAT(message(made), StartsWith("未能比对：主办者名称、证书指纹。登记库没有这些信息、"
                                        "记得不全，或者不是可以比对的形式"));
  EXPECT_THAT(remedy(made), StartsWith("请给出签名证书的 MD5 指纹（备案所用的算法），"));
  EXPECT_THAT(remedy(made, Language::kEn),
              StartsWith("Give the MD5 fingerprint of the signing certificate, which is what the "
                         "filing has, or better all of its fingerprints. To compare"));
  made.fields = field_bit(FieldId::kSponsorName);
  EXPECT_THAT(remedy(made), StartsWith("如须核对登记库没有的信息"));
  made.fields = field_bit(FieldId::kFingerprint);
  request.app.platform = "ios";  // for which none is filed
  EXPECT_THAT(remedy(made, Language::kEn), StartsWith("To compare what the registry"));
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

TEST_F(Messages, ExpectedValuesAreEachToldOnce) {
  use("企业", 5);
  EXPECT_THAT(expected(finding(Code::kPlatformNotFiled)), ElementsAre("android", "ios"));
  EXPECT_THAT(expected(finding(Code::kPackageNotFiled)), ElementsAre("a", "b", "c"));
}

// What runs inside another app is filed by that app's platform [F-14], whatever its own platform
// is.
TEST_F(Messages, AHostPlatformThatDiffersIsToldFromAPlatformThatDoes) {
  const Finding made = finding(Code::kPlatformNotFiled, FieldId::kHostPlatform);
  request.app.kind = Kind::kMiniProgram;
  request.app.platform = "android";
  request.app.host_platform = "alipay";
  EXPECT_EQ(given(made), "alipay");
  EXPECT_THAT(expected(made), ElementsAre("wechat"));
  EXPECT_EQ(message(made), "粤ICP备2023000001号-2A 没有备案“alipay”平台，已备案的平台是：wechat。");
  EXPECT_EQ(message(made, Language::kEn),
            "粤ICP备2023000001号-2A is not filed for “alipay”; it is filed for: wechat.");
  EXPECT_EQ(
      remedy(made),
      "请核对宿主平台。小程序由宿主平台提交备案；尚未在“alipay”备案的，请在支付宝开放平台的小程"
      "序控制台提交备案，由广东省通信管理局审核。");
  EXPECT_THAT(
      remedy(made, Language::kEn),
      StartsWith("Check the host platform. A mini-program is filed through the platform that "
                 "it runs on; if it is not filed for “alipay” yet, "));
}

// An individual's certificate number is that of an identity card.
TEST_F(Messages, CertificateNumberIsShownForUnitsOnly) {
  const Finding made = finding(Code::kSponsorMismatch, FieldId::kSponsorCertificate);
  request.app.sponsor_certificate = "91440300TEST000002";
  EXPECT_THAT(expected(made), ElementsAre("91440300TEST000001"));
  EXPECT_EQ(message(made),
            "主办者不一致：填写的主办者证件号码是“91440300TEST000002”，粤ICP备2023000001号-2A "
            "备案的是“91440300TEST000001”。");
  EXPECT_EQ(message(made, Language::kEn),
            "The sponsors differ: the sponsor's certificate number given is “91440300TEST000002”, "
            "and 粤ICP备2023000001号-2A is filed with “91440300TEST000001”.");
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

// An access provider that asks by domain alone has not said that it means an app.
TEST_F(Messages, WhatIsConnectedByDomainAloneIsCalledWhatIsFiled) {
  request.operation = Operation::kConnect;
  request.app.domains = {"example.cn"};
  const Finding resolved = finding(Code::kNumberResolved, FieldId::kFilingNumber);
  use("企业", 3);
  EXPECT_EQ(remedy(resolved),
            "请确认这是本小程序的备案；按域名或 IP 地址即可找到它，无须填写备案号。");
  EXPECT_THAT(remedy(resolved, Language::kEn), HasSubstr("filing of this mini-program"));
  EXPECT_THAT(remedy(finding(Code::kAmbiguous)), HasSubstr("如是网站，请填写其备案名称"));
  EXPECT_THAT(remedy(finding(Code::kSubjectCancelled)), HasSubstr("再为本小程序备案"));
  forget_filing();
  Finding missing = finding(Code::kNumberMissing, FieldId::kFilingNumber);
  EXPECT_THAT(message(missing), HasSubstr("未备案的网站或APP不得接入网络"));
  EXPECT_THAT(message(missing, Language::kEn), HasSubstr("an unfiled site or app may not be"));
  EXPECT_THAT(remedy(missing), HasSubstr("如是已备案的网站，请在其备案中增加这里的域名"));
  request.app.is_kind_given = true;
  EXPECT_THAT(message(missing), HasSubstr("未备案的APP不得接入网络"));
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

TEST_F(Messages, AmbiguousSaysWhereNotAllWereCompared) {
  forget_filing();
  decision.candidates[0] = number("粤ICP备2023000001号-2A");
  decision.candidate_count = 1;
  Finding made = finding(Code::kAmbiguous, FieldId::kFilingNumber);
  made.offset = 4096;
  EXPECT_EQ(message(made),
            "没有填写备案号，符合条件的备案有 1 个：粤ICP备2023000001号-2A（只比对了前 4096 "
            "个备案，此外还有）。");
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
