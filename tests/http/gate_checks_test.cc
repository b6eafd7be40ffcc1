// Checks over HTTP without a socket: single checks by POST and GET, batches, detail, languages,
// strict, and how long an answer may be cached.
#include "tests/http/gate_driver.h"

namespace beian::http::test {
namespace {

constexpr std::string_view kPass = "京ICP备2099000000号-1A";

class GateChecks : public testing::Test {
 protected:
  Answer check(std::string_view json, std::string_view query = "") {
    return gate.post("/v1/check" + std::string(query), json_of(json));
  }
  GateDriver gate;
};

TEST_F(GateChecks, PostedCheckGetsTheFullDecisionOfTheContract) {
  const Answer answer = check(
      "{'id':'row-17','operation':'distribute','filing_number':'京ICP备2099000000号-1A',"
      "'app':{'name':'测试应用','platform':'android','package':'cn.beian-gate.pass2'}}");
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(gate.at(answer, "/id"), "row-17");
  EXPECT_EQ(gate.at(answer, "/decision"), "deny");
  EXPECT_EQ(gate.at(answer, "/operation"), "distribute");
  EXPECT_EQ(gate.at(answer, "/assurance"), "name");
  EXPECT_EQ(gate.at(answer, "/filing_number"), kPass);
  EXPECT_EQ(gate.at(answer, "/display"), kPass);
  EXPECT_EQ(gate.at(answer, "/query_url"), "https://beian.miit.gov.cn");
  EXPECT_EQ(gate.at(answer, "/findings/0/code"), "PACKAGE_NOT_FILED");
  EXPECT_EQ(gate.at(answer, "/findings/0/effect"), "deny");
  EXPECT_EQ(gate.at(answer, "/findings/0/field"), "/app/package");
  EXPECT_EQ(gate.at(answer, "/findings/0/given"), "cn.beian-gate.pass2");
  EXPECT_EQ(gate.at(answer, "/findings/0/expected"), R"(["cn.beian-gate.pass"])");
  for (const std::string_view text : {"message", "remedy", "basis"})
    EXPECT_NE(gate.at(answer, "/findings/0/" + std::string(text)), "absent") << text;
  EXPECT_EQ(gate.at(answer, "/compared"),
            R"({"number":true,"kind":true,"name":true,"sponsor":null,"platform":true,)"
            R"("package":false,"certificate":null,"domain":null,"ip":null})");
  EXPECT_EQ(gate.at(answer, "/filing"),
            R"({"number":"京ICP备2099000000号-1A","subject_number":"京ICP备2099000000号",)"
            R"("kind":"app","names":["测试应用"],"sponsor":"测试主体（beian-gate）",)"
            R"("nature":"企业","status":"filed","approved_on":"2023-09-20"})");
  EXPECT_NE(gate.at(answer, "/suggestions"), "absent");
  EXPECT_EQ(
      gate.at(answer, "/registry"),
      R"({"serial":48213,"as_of":"2026-01-02T03:00:00Z","age_seconds":5400,"state":"fresh"})");
  EXPECT_EQ(gate.at(answer, "/decision_id").size(), 26U);
}

TEST_F(GateChecks, GuidanceSaysWhereAFilingCanBeLookedUp) {
  auto text = *read_file(beian::test::source_path("conf/guidance.toml"), limits::kConfigBytesMax);
  constexpr std::string_view kShipped = "query_url = \"https://beian.miit.gov.cn\"";
  ASSERT_NE(text.find(kShipped), std::string::npos);
  text.replace(text.find(kShipped), kShipped.size(), R"(query_url = "https://q.example/?a=b&c=d")");
  auto guidance = wire::Guidance::parse(text, "guidance.toml");
  ASSERT_TRUE(guidance) << guidance.error().message;
  GateState state = fixture_state();
  state.guidance = std::make_shared<const wire::Guidance>(std::move(*guidance));
  gate.service().set_state(std::move(state));
  const Answer answers[] = {check("{'operation':'distribute'}"),
                            gate.get("/v1/filings/" + percent("京ICP备2099000000号-1A")),
                            gate.get("/v1/filings/" + percent("京ICP备2099000000号")),
                            gate.get("/v1/domains/beian-gate.test")};
  for (const Answer& answer : answers)
    EXPECT_EQ(gate.at(answer, "/query_url"), "https://q.example/?a=b&c=d") << answer.body;
}

TEST_F(GateChecks, DecisionIdsDiffer) {
  const std::string_view json = "{'operation':'distribute'}";
  EXPECT_NE(gate.at(check(json), "/decision_id"), gate.at(check(json), "/decision_id"));
}

TEST_F(GateChecks, BriefKeepsExactlyTheFieldsOfTheContract) {
  const Answer answer = check(
      "{'id':'b','operation':'distribute','detail':'brief',"
      "'filing_number':'京ICP备2099000000号-2A'}");
  EXPECT_EQ(answer.body, R"({"id":"b","decision":"deny","assurance":"number",)"
                         R"("filing_number":"京ICP备2099000000号-2A","findings":[{"code":)"
                         R"("SERVICE_CANCELLED","effect":"deny","field":"/filing_number"}],)"
                         R"("registry":{"serial":48213}})");
}

TEST_F(GateChecks, DetailMayBeAParameterOfAPostAndTheRowsOwnWordCountsMore) {
  const auto is_brief = [&](std::string_view json, std::string_view query) {
    return gate.at(check(json, query), "/decision_id") == "absent";
  };
  EXPECT_FALSE(is_brief("{'operation':'distribute'}", ""));
  EXPECT_TRUE(is_brief("{'operation':'distribute'}", "?detail=brief"));
  EXPECT_FALSE(is_brief("{'operation':'distribute','detail':'full'}", "?detail=brief"));
  const Answer wrong = check("{'operation':'distribute'}", "?detail=all");
  EXPECT_EQ(wrong.status, 400U);
  EXPECT_EQ(gate.at(wrong, "/pointer"), "/detail");
}

TEST_F(GateChecks, NumericIdsGoBackAsNumbersDigitByDigit) {
  for (const std::string_view id : {"7", "-1", "9007199254740993", "9223372036854775807"}) {
    const Answer answer =
        check("{'operation':'distribute','detail':'brief','id':" + std::string(id) + "}");
    EXPECT_TRUE(answer.body.starts_with("{\"id\":" + std::string(id) + ",")) << answer.body;
  }
}

TEST_F(GateChecks, TextOfTheRequestComesBackEscaped) {
  const Answer answer = check(
      "{'operation':'distribute','id':'\\u0000\\n\\\\\\u2028','app':{"
      "'name':'<\\u0001\\\">'},'filing_number':'\\u0007\\\"x'}");
  EXPECT_EQ(gate.at(answer, "/id"), std::string("\0\n\\\xE2\x80\xA8", 6));
}

// --- test identities: the same answers by POST and by GET ---

TEST_F(GateChecks, TestIdentitiesAnswerByPostAndByGet) {
  struct {
    std::string_view suffix, kind, decision, code;
  } const rows[] = {
      {"-1A", "app", "allow", ""},
      {"-2A", "app", "deny", "SERVICE_CANCELLED"},
      {"-3A", "app", "deny", "ACCESS_RESTRICTED"},
      {"-4A", "app", "deny", "PENDING"},
      {"-5", "app", "deny", "WRONG_KIND"},
      {"-6X", "mini_program", "allow", ""},
      {"-6X", "app", "deny", "WRONG_KIND"},
      {"-7K", "quick_app", "allow", ""},
      {"-8A", "app", "review", "SHELL"},
      {"-99A", "app", "deny", "NOT_FILED"},
      {"", "app", "deny", "SUBJECT_ONLY"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.suffix);
    const std::string number = "京ICP备2099000000号" + std::string(row.suffix);
    const Answer posted =
        check("{'operation':'distribute','filing_number':'" + number +
              "','detail':'brief','app':{'kind':'" + std::string(row.kind) + "'}}");
    EXPECT_EQ(gate.at(posted, "/decision"), row.decision);
    EXPECT_EQ(gate.at(posted, "/findings/0/code"), row.code.empty() ? "absent" : row.code);
    const Answer got =
        gate.get("/v1/check?operation=distribute&detail=brief&number=" + percent(number) +
                 "&kind=" + std::string(row.kind));
    EXPECT_EQ(got.body, posted.body);
  }
}

TEST_F(GateChecks, LettersNeverMatter) {
  const Answer plain =
      check("{'operation':'connect','detail':'brief','filing_number':'京ICP备2099000000号-8A'}");
  const Answer wide = check(
      "{'operation':'connect','detail':'brief','filing_number':' 京ｉｃｐ備２０９９０００000號－8a "
      "'}");
  EXPECT_EQ(gate.at(plain, "/findings/0/code"), "SHELL");
  EXPECT_EQ(gate.at(plain, "/decision"), "deny");
  EXPECT_EQ(plain.body, wide.body);
}

// --- caching ---

TEST_F(GateChecks, CacheControlFollowsTheDecisionOnGetOnly) {
  struct {
    std::string_view query, decision, want;
  } const rows[] = {
      {"number=%E4%BA%ACICP%E5%A4%872099000000%E5%8F%B7-1A", "allow", "max-age=300"},
      {"number=%E4%BA%ACICP%E5%A4%872099000000%E5%8F%B7-2A", "deny", "max-age=30"},
      {"number=%E4%BA%ACICP%E5%A4%872099000000%E5%8F%B7-8A", "review", "no-store"},
      {"number=%E4%BA%ACICP%E5%A4%872099000000%E5%8F%B7-99A&min_serial=99999", "unknown",
       "no-store"},
  };
  for (const auto& row : rows) {
    const Answer answer = gate.get("/v1/check?operation=distribute&" + std::string(row.query));
    EXPECT_EQ(gate.at(answer, "/decision"), row.decision);
    EXPECT_EQ(answer.field("Cache-Control"), row.want) << row.decision;
    EXPECT_EQ(answer.field("Vary"), "Accept-Language");
  }
  EXPECT_EQ(check("{'operation':'distribute'}").field("Cache-Control"), "none");
}

// --- language and strict ---

TEST_F(GateChecks, MessagesAreChineseUnlessEnglishIsAskedFor) {
  const std::string target =
      "/v1/check?operation=distribute&number=" + percent("京ICP备2099000000号-2A");
  const auto message = [&](const std::string& query, const Fields& fields) {
    const std::string text = gate.at(gate.get(target + query, fields), "/findings/0/message");
    return text.find("was cancelled") != std::string::npos ? "en"
           : text.find("注销") != std::string::npos        ? "zh"
                                                           : "neither";
  };
  const Fields english = {{"Accept-Language", "en-GB, zh;q=0.5"}};
  const Fields chinese = {{"Accept-Language", "zh-CN"}};
  EXPECT_STREQ(message("", {}), "zh");
  EXPECT_STREQ(message("", english), "en");
  EXPECT_STREQ(message("", chinese), "zh");
  EXPECT_STREQ(message("&lang=en", chinese), "en");
  EXPECT_STREQ(message("&lang=zh-CN", english), "zh");
  EXPECT_STREQ(message("&lang=", english), "en");
  const Fields lines = {{"Accept-Language", "fr"}, {"Accept-Language", "en"}};
  EXPECT_STREQ(message("", lines), "en");
}

TEST_F(GateChecks, OptionsOfEveryRouteAreOfOneKind) {
  const std::string_view options[] = {
      "lang=fr",     "lang=en&lang=en",         "detail=all", "detail=full&detail=full",
      "strict=yes",  "strict=true&strict=true", "strict=2",   "strict=1&colour=red",
      "%6Cang=en_x",
  };
  for (const std::string_view option : options) {
    const std::string query = "?operation=distribute&number=x&" + std::string(option);
    const bool is_known = option.find("colour") == std::string_view::npos;
    for (const std::string_view path :
         {"/v1/check", "/v1/authz", "/livez", "/version", "/v1/registry", "/v1/numbers/x", "/"}) {
      const std::string own =
          path == "/v1/check" || path == "/v1/authz" ? query : "?" + std::string(option);
      const Answer answer = gate.get(std::string(path) + own);
      EXPECT_EQ(answer.status, 400U) << path << own;
      EXPECT_EQ(gate.at(answer, "/type"), "urn:beian-gate:problem:invalid-parameter") << own;
      if (!is_known) {
        EXPECT_EQ(gate.at(answer, "/pointer"), "/colour");
      }
    }
    for (const std::string_view path : {"/v1/check", "/v1/checks", "/access/v1/evaluation"})
      EXPECT_EQ(gate.post(std::string(path) + "?" + std::string(option), "{}").status, 400U)
          << path;
  }
  EXPECT_EQ(gate.get("/livez?colour=red").status, 200U);
  EXPECT_EQ(gate.get("/livez?strict=1&lang=en").status, 200U);
  EXPECT_EQ(gate.get("/livez?strict=1&verbose").status, 400U) << "of another route";
  EXPECT_EQ(gate.get("/readyz?strict=1&verbose").status, 200U);
  EXPECT_EQ(check("{'operation':'distribute'}", "?strict=1&detail=brief&lang=en").status, 200U);
  EXPECT_EQ(check("{'operation':'distribute'}", "?strict=1&number=x").status, 400U)
      << "the fields of a POST are in its body";
}

TEST_F(GateChecks, StrictRefusesUnknownFieldsOfEveryRoute) {
  const std::string_view json = "{'operation':'distribute','pakage':'x'}";
  EXPECT_EQ(check(json).status, 200U);
  const Answer strict = check(json, "?strict=true");
  EXPECT_EQ(strict.status, 400U);
  EXPECT_EQ(gate.at(strict, "/pointer"), "/pakage");
  EXPECT_EQ(gate.get("/v1/check?operation=distribute&pakage=x").status, 200U);
  EXPECT_EQ(gate.get("/v1/check?operation=distribute&pakage=x&strict=true").status, 400U);
  const Answer batch =
      gate.post("/v1/checks?strict=true", json_of("{'checks':[" + std::string(json) + "]}"));
  EXPECT_EQ(batch.status, 200U);
  EXPECT_EQ(gate.at(batch, "/decisions/0/problem/pointer"), "/checks/0/pakage");
}

TEST_F(GateChecks, StrictIsABooleanLikeTheOthers) {
  const std::string_view json = "{'operation':'distribute','pakage':'x'}";
  EXPECT_EQ(check(json, "?strict=1").status, 400U);
  for (const std::string_view off : {"?strict=0", "?strict=false", "?strict="})
    EXPECT_EQ(check(json, off).status, 200U) << off;
  const Answer neither = check("{'operation':'distribute'}", "?strict=yes");
  EXPECT_EQ(neither.status, 400U) << "who asks for strictness must not miss it by a typo";
  EXPECT_EQ(gate.at(neither, "/pointer"), "/strict");
}

TEST_F(GateChecks, NumbersThatAreNoWholeOnesAreNotCalledNoNumbers) {
  for (const std::string_view number : {"1.5", "-1", "9223372036854775808"}) {
    const Answer answer =
        check("{'operation':'distribute','min_serial':" + std::string(number) + "}");
    EXPECT_EQ(answer.status, 400U) << number;
    EXPECT_EQ(gate.at(answer, "/detail"), "must be a whole number, 0 to 2^63-1") << number;
  }
  EXPECT_EQ(gate.at(check("{'operation':'distribute','min_serial':'1'}"), "/detail"),
            "must be a whole number, 0 to 2^63-1, not a string");
}

TEST_F(GateChecks, RefusalsAreProblemsWithPointer) {
  const Answer wrong = check("{'operation':'distribute','app':{'sponsor':{'name':7}}}");
  EXPECT_EQ(wrong.status, 400U);
  EXPECT_EQ(gate.at(wrong, "/type"), "urn:beian-gate:problem:invalid-field");
  EXPECT_EQ(gate.at(wrong, "/pointer"), "/app/sponsor/name");
  const Answer no_json = check("{");
  EXPECT_EQ(gate.at(no_json, "/type"), "urn:beian-gate:problem:invalid-json");
  EXPECT_EQ(gate.at(no_json, "/pointer"), "absent");
  const Answer query = gate.get("/v1/check?operation=distribute&ip=x");
  EXPECT_EQ(query.status, 400U);
  EXPECT_EQ(gate.at(query, "/pointer"), "/ip");
  EXPECT_EQ(gate.at(query, "/type"), "urn:beian-gate:problem:invalid-parameter");
  EXPECT_EQ(gate.get("/v1/check?operation=%FF").status, 400U);
  EXPECT_EQ(query.field("Cache-Control"), "none");
}

// --- batches ---

TEST_F(GateChecks, BatchOfOneThousandComesBackInOrder) {
  std::string body = "{'checks':[";
  for (int i = 0; i < 1'000; ++i) {
    const std::string suffix = i % 3 == 0 ? "-1A" : i % 3 == 1 ? "-2A" : "-8A";
    body += (i == 0 ? "" : ",") + ("{'id':" + std::to_string(i)) +
            ",'operation':'distribute','filing_number':'京ICP备2099000000号" + suffix + "'}";
  }
  const Answer answer = gate.post("/v1/checks", json_of(body + "]}"));
  ASSERT_EQ(answer.status, 200U);
  std::int64_t next = 0;
  for (const dom::element decision : gate.json(answer)["decisions"].get_array()) {
    EXPECT_EQ(std::int64_t(decision["id"]), next);
    EXPECT_EQ(std::string_view(decision["decision"]), next % 3 == 0   ? "allow"
                                                      : next % 3 == 1 ? "deny"
                                                                      : "review");
    ++next;
  }
  EXPECT_EQ(next, 1'000);
  EXPECT_EQ(answer.field("Cache-Control"), "none");
}

TEST_F(GateChecks, OneMoreThanAThousandIsTooMany) {
  std::string body = "{'checks':[7";
  for (int i = 0; i < 1'000; ++i) body += ",7";
  const Answer answer = gate.post("/v1/checks", json_of(body + "]}"));
  EXPECT_EQ(answer.status, 413U);
  EXPECT_EQ(gate.at(answer, "/pointer"), "/checks");
}

TEST_F(GateChecks, EmptyBatchHasNoDecisions) {
  EXPECT_EQ(gate.post("/v1/checks", json_of("{'checks':[]}")).body, R"({"decisions":[]})");
}

TEST_F(GateChecks, BadItemsBecomeProblemsBetweenDecisions) {
  const Answer answer = gate.post(
      "/v1/checks", json_of("{'checks':[{'id':'a','operation':'distribute'},{'id':'b'},7,"
                            "{'app':{'ips':['x']},'operation':'connect','id':9007199254740993},"
                            "{'id':'e','operation':'connect','detail':'full'}]}"));
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(gate.at(answer, "/decisions/0/decision"), "deny");
  EXPECT_EQ(gate.at(answer, "/decisions/1/id"), "b");
  EXPECT_EQ(gate.at(answer, "/decisions/1/problem/pointer"), "/checks/1/operation");
  EXPECT_EQ(gate.at(answer, "/decisions/1/problem/status"), "400");
  EXPECT_EQ(gate.at(answer, "/decisions/2/id"), "null");
  EXPECT_EQ(gate.at(answer, "/decisions/2/problem/pointer"), "/checks/2");
  EXPECT_EQ(gate.at(answer, "/decisions/3/id"), "9007199254740993");
  EXPECT_EQ(gate.at(answer, "/decisions/3/problem/pointer"), "/checks/3/app/ips/0");
  EXPECT_NE(gate.at(answer, "/decisions/4/decision_id"), "absent") << "an item may ask for more";
  EXPECT_EQ(gate.at(answer, "/decisions/0/decision_id"), "absent") << "brief is the default";
}

// Even where that one item makes the whole batch invalid JSON.
TEST_F(GateChecks, AnItemThatIsNoJsonIsAProblemBetweenDecisions) {
  const std::string deep = std::string(16, '[') + std::string(16, ']');
  const Answer answer =
      gate.post("/v1/checks",
                json_of("{'checks':[{'id':'a','operation':'distribute'},{'x':1e400},{'x':" + deep +
                        "},{'id':'d','operation':'distribute'}]}"));
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(gate.at(answer, "/decisions/0/decision"), "deny");
  for (const std::string_view item : {"1", "2"}) {
    const std::string at = "/decisions/" + std::string(item);
    EXPECT_EQ(gate.at(answer, at + "/id"), "null");
    EXPECT_EQ(gate.at(answer, at + "/problem/type"), "urn:beian-gate:problem:invalid-json");
    EXPECT_EQ(gate.at(answer, at + "/problem/pointer"), "/checks/" + std::string(item));
  }
  EXPECT_EQ(gate.at(answer, "/decisions/3/id"), "d");
  EXPECT_EQ(gate.at(answer, "/decisions/3/decision"), "deny");
}

TEST_F(GateChecks, BatchFrameIsRefusedAsAWhole) {
  EXPECT_EQ(gate.post("/v1/checks", "[]").status, 400U);
  EXPECT_EQ(gate.post("/v1/checks", "{}").status, 400U);
  EXPECT_EQ(gate.post("/v1/checks", "").status, 400U);
}

}  // namespace
}  // namespace beian::http::test
