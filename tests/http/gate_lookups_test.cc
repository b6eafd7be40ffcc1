// Look-ups over HTTP without a socket: filings, subjects, packages, domains, numbers. Absence is
// reported only when it can be asserted.
#include "tests/http/gate_driver.h"

namespace beian::http::test {
namespace {

const std::string kPassPath = "/v1/filings/" + percent("京ICP备2099000000号-1A");

class GateLookups : public testing::Test {
 protected:
  GateDriver gate;
};

TEST_F(GateLookups, FilingByItsNumberInAnyTypography) {
  const Answer answer = gate.get(kPassPath);
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(gate.at(answer, "/number"), "京ICP备2099000000号-1A");
  EXPECT_EQ(gate.at(answer, "/platforms/0/package"), "cn.beian-gate.pass");
  const Answer wide = gate.get("/v1/filings/" + percent("京ＩＣＰ備2099000000號－1a"));
  EXPECT_EQ(wide.body, answer.body);
}

TEST_F(GateLookups, SubjectNumberGivesTheSubjectAndItsServices) {
  const Answer answer = gate.get("/v1/filings/" + percent("京ICP备2099000000号"));
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(gate.at(answer, "/number"), "京ICP备2099000000号");
  EXPECT_EQ(gate.at(answer, "/sponsor"), "测试主体（beian-gate）");
  EXPECT_EQ(gate.at(answer, "/services/0/number"), "京ICP备2099000000号-1A");
  EXPECT_EQ(gate.at(answer, "/services/7/number"), "京ICP备2099000000号-8A");
  EXPECT_EQ(gate.at(answer, "/services/8"), "absent");
}

// Anybody can look it up for themselves [F-11].
TEST_F(GateLookups, EveryAnswerAboutAFilingLinksThePublicQuery) {
  for (const std::string& target :
       {kPassPath, "/v1/filings/" + percent("京ICP备2099000000号"),
        std::string("/v1/packages/android/cn.beian-gate.pass"),
        std::string("/v1/domains/beian-gate.test"),
        "/v1/check?operation=distribute&number=" + percent("京ICP备2099000000号-1A")})
    EXPECT_EQ(gate.at(gate.get(target), "/query_url"), "https://beian.miit.gov.cn") << target;
}

// An individual's certificate number is that of an identity card, and a sponsor of unknown nature
// may be an individual.
TEST(GateSubjects, CertificateNumberIsShownForUnitsOnly) {
  GateDriver gate(state_of(generation_of(R"(
{"record":"subject","id":1,"number":"鄂ICP备2023000001号","nature":"企业","certificate_number":"TEST1","status":"filed"}
{"record":"subject","id":2,"number":"鄂ICP备2023000002号","nature":"个人","certificate_number":"TEST2","status":"filed"}
{"record":"subject","id":3,"number":"鄂ICP备2023000003号","certificate_number":"TEST3","status":"filed"}
)")));
  const auto shown = [&](std::string_view number) {
    return gate.at(gate.get("/v1/filings/" + percent(number)), "/certificate_number");
  };
  EXPECT_EQ(shown("鄂ICP备2023000001号"), "TEST1");
  EXPECT_EQ(shown("鄂ICP备2023000002号"), "null");
  EXPECT_EQ(shown("鄂ICP备2023000003号"), "null");
}

// A reclaimed number can be reissued to somebody else.
TEST(GateSubjects, AReclaimedNumberIsThatOfItsNewSubject) {
  GateDriver gate(state_of(generation_of(R"(
{"record":"subject","id":1,"number":"鄂ICP备2023000001号","sponsor":"旧","status":"cancelled"}
{"record":"subject","id":2,"number":"鄂ICP备2023000001号","sponsor":"新","status":"filed"}
{"record":"service","id":1,"subject_id":1,"number":"鄂ICP备2023000001号-1A","status":"filed"}
{"record":"service","id":2,"subject_id":2,"number":"鄂ICP备2023000001号-1A","status":"filed"}
)")));
  for (const char* const number : {"鄂ICP备2023000001号", "鄂ICP备2023000001号-1A"})
    EXPECT_EQ(gate.at(gate.get("/v1/filings/" + percent(number)), "/sponsor"), "新") << number;
}

// A look-up shows the filing that a check by the same number is judged by.
TEST(GateSubjects, ASubmissionIsNotShownInPlaceOfTheFiledOne) {
  GateDriver gate(state_of(generation_of(R"(
{"record":"service","id":1,"number":"鄂ICP备2023000001号-1A","names":["注销"],"status":"cancelled"}
{"record":"service","id":2,"number":"鄂ICP备2023000001号-1A","names":["提交"],"status":"submitted"}
{"record":"service","id":3,"number":"鄂ICP备2023000001号-1A","names":["备案"],"status":"filed"}
{"record":"service","id":4,"number":"鄂ICP备2023000001号-2A","names":["注销"],"status":"cancelled"}
{"record":"service","id":5,"number":"鄂ICP备2023000001号-2A","names":["提交"],"status":"submitted"}
)")));
  for (const auto& [number, name] :
       {std::pair{"鄂ICP备2023000001号-1A", "备案"}, std::pair{"鄂ICP备2023000001号-2A", "提交"}}) {
    EXPECT_EQ(gate.at(gate.get("/v1/filings/" + percent(number)), "/names/0"), name);
    const std::string check = "/v1/check?operation=distribute&number=" + percent(number);
    EXPECT_EQ(gate.at(gate.get(check), "/filing/names/0"), name);
  }
}

TEST_F(GateLookups, WhatIsNotThereIs404WhileAbsenceCanBeAsserted) {
  for (const std::string& target : {"/v1/filings/" + percent("京ICP备2099000000号-99A"),
                                    "/v1/filings/" + percent("京ICP备2099000000号-1X"),
                                    "/v1/filings/" + percent("京ICP备2098000000号"),
                                    std::string("/v1/packages/android/no.such"),
                                    std::string("/v1/packages/ios/cn.beian-gate.pass"),
                                    std::string("/v1/domains/no.such.test")}) {
    const Answer answer = gate.get(target);
    EXPECT_EQ(answer.status, 404U) << target;
    EXPECT_EQ(gate.at(answer, "/type"), "urn:beian-gate:problem:not-filed");
    EXPECT_EQ(answer.field("ETag"), "none");
  }
}

TEST_F(GateLookups, WrongLetterNamesTheNumberAsFiled) {
  const Answer answer = gate.get("/v1/filings/" + percent("京ICP备2099000000号-1X"));
  EXPECT_NE(gate.at(answer, "/detail").find("京ICP备2099000000号-1A"), std::string::npos);
}

TEST_F(GateLookups, ExpiredRegistryAnswers503InsteadOf404) {
  const ClockAt later("2026-01-05T03:00:01Z");
  for (const std::string& target :
       {"/v1/filings/" + percent("京ICP备2099000000号-99A"),
        std::string("/v1/packages/android/no.such"), std::string("/v1/domains/no.such.test")}) {
    const Answer answer = gate.get(target);
    EXPECT_EQ(answer.status, 503U) << target;
    EXPECT_NE(answer.field("Retry-After"), "none");
  }
  EXPECT_EQ(gate.get(kPassPath).status, 200U) << "what is there may be shown";
}

TEST_F(GateLookups, IncompleteRegistryAnswers503InsteadOf404) {
  GateDriver incomplete(fixture_state(/*is_sealed=*/false));
  const Answer answer = incomplete.get("/v1/packages/android/no.such");
  EXPECT_EQ(answer.status, 503U);
  EXPECT_NE(answer.field("Retry-After"), "none");
}

TEST_F(GateLookups, WhatIsNoNumberIs400) {
  for (const std::string& text :
       {percent("京ICP备123号-1A"), percent("京公网安备11010502025545号"), std::string("x"),
        std::string("%FF"), std::string("%0"), std::string("a%00b")})
    EXPECT_EQ(gate.get("/v1/filings/" + text).status, 400U) << text;
  EXPECT_EQ(gate.at(gate.get("/v1/filings/x"), "/detail"),
            "not a filing number: ICP备, ICP证 or a licence class is missing, at byte 0");
  EXPECT_EQ(gate.at(gate.get("/v1/filings/" + percent("2021SR0654199")), "/detail"),
            "not a filing number: it is a software copyright registration number");
}

TEST_F(GateLookups, KnownETagIs304WithoutBody) {
  const Answer first = gate.get(kPassPath);
  const std::string etag = first.field("ETag");
  ASSERT_TRUE(etag.size() > 2 && etag.front() == '"' && etag.back() == '"') << etag;
  const Fields same = {{"If-None-Match", etag}};
  const Answer again = gate.get(kPassPath, same);
  EXPECT_EQ(again.status, 304U);
  EXPECT_EQ(again.field("ETag"), etag);
  const Fields other = {{"If-None-Match", "\"other\""}};
  EXPECT_EQ(gate.get(kPassPath, other).status, 200U);
}

// RFC 9110 section 13.1.2: a list, a weak form and `*` match too.
TEST_F(GateLookups, IfNoneMatchTakesListsWeakFormsAndAny) {
  const std::string etag = gate.get(kPassPath).field("ETag");
  for (const std::string& value :
       {"\"a\", " + etag, etag + ",\"b\"", "W/" + etag, std::string("*")}) {
    const Fields fields = {{"If-None-Match", value}};
    EXPECT_EQ(gate.get(kPassPath, fields).status, 304U) << value;
  }
  const Fields lines = {
      {"If-None-Match", "\"a\""}, {"if-none-match", etag}, {"If-None-Match", "\"b\""}};
  EXPECT_EQ(gate.get(kPassPath, lines).status, 304U) << "several lines are one list";
}

TEST_F(GateLookups, ETagChangesWithTheRegistryAndWithTheGuidance) {
  const std::string before = gate.get(kPassPath).field("ETag");
  gate.service().set_state(state_of(generation_of("")));
  EXPECT_NE(gate.get(kPassPath).field("ETag"), before);
  GateState state = fixture_state();
  gate.service().set_state(state);
  EXPECT_EQ(gate.get(kPassPath).field("ETag"), before);
  std::string text = *read_file(beian::test::source_path("conf/guidance.toml"), 64 * 1024);
  const std::string_view url = "https://beian.miit.gov.cn";
  text.replace(text.find("query_url = \"" + std::string(url)) + 13, url.size(),
               "https://query.test");
  const auto guidance = wire::Guidance::parse(text, "guidance.toml");
  ASSERT_TRUE(guidance) << guidance.error().message;
  state.guidance = std::make_shared<const wire::Guidance>(*guidance);
  gate.service().set_state(state);
  const Fields fields = {{"If-None-Match", before}};
  EXPECT_EQ(gate.at(gate.get(kPassPath, fields), "/query_url"), "https://query.test");
}

TEST_F(GateLookups, PackagesAndDomainsListTheFilingsThatHoldThem) {
  const Answer package = gate.get("/v1/packages/android/cn.beian-gate.pass");
  EXPECT_EQ(gate.at(package, "/filings/0/number"), "京ICP备2099000000号-1A");
  EXPECT_EQ(gate.at(package, "/total"), "1");
  for (const std::string_view domain :
       {"beian-gate.test", "www.Beian-Gate.TEST", "a.b.beian-gate.test"}) {
    const Answer answer = gate.get("/v1/domains/" + std::string(domain));
    EXPECT_EQ(gate.at(answer, "/filings/0/number"), "京ICP备2099000000号-5") << domain;
  }
  EXPECT_EQ(gate.get("/v1/packages/Android/cn.beian-gate.pass").status, 200U)
      << "usual platforms in any case, as in a check";
  EXPECT_EQ(gate.get("/v1/packages/ANDROIDX/cn.beian-gate.pass").status, 404U);
  EXPECT_EQ(gate.at(gate.get("/v1/packages/android/com.example.player"), "/total"), "2")
      << "a shared package";
}

TEST_F(GateLookups, BadPathsOfLookUpsAre400) {
  for (const std::string_view target :
       {"/v1/packages/android", "/v1/packages/android/", "/v1/packages/android/%FF",
        "/v1/packages//x", "/v1/packages/%0/x", "/v1/domains/a..b", "/v1/domains/%FF",
        "/v1/numbers/%FF"})
    EXPECT_EQ(gate.get(target).status, 400U) << target;
}

TEST_F(GateLookups, NumbersParseAsTheContractShows) {
  EXPECT_EQ(gate.get("/v1/numbers/" + percent("粤ＩＣＰ備14023066號－2a")).body,
            R"({"input":"粤ＩＣＰ備14023066號－2a","canonical":"粤ICP备14023066号-2A",)"
            R"("form":"filing","province":"粤","main":"14023066",)"
            R"("subject_number":"粤ICP备14023066号","serial":2,"kind":"app","folded":true,)"
            R"("repairs":[],"plausible":true})");
  // The offset counts bytes of UTF-8: 京 3, ICP 3, 备 3.
  EXPECT_EQ(gate.get("/v1/numbers/" + percent("京ICP备202300793号-10A")).body,
            R"({"input":"京ICP备202300793号-10A","error":"NUMBER_MALFORMED",)"
            R"("reason":"main_digit_count","offset":9})");
  EXPECT_EQ(gate.get("/v1/numbers/" + percent("京公网安备11010502025545号")).body,
            R"({"input":"京公网安备11010502025545号","error":"NOT_A_FILING",)"
            R"("what":"public_security"})");
}

}  // namespace
}  // namespace beian::http::test
