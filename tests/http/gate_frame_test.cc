// Everything around the answers: routes, methods, media types, fields that every answer has, and
// the operational paths.
#include "tests/http/gate_driver.h"

namespace beian::http::test {
namespace {

class GateFrame : public testing::Test {
 protected:
  GateDriver gate;
};

TEST_F(GateFrame, UnknownPathsAre404) {
  for (const std::string_view target :
       {"/v1/chec", "/v1/check/", "/v1/checks/1", "/v1", "/v2/check", "/v1/filings", "/v1/filings/",
        "/v1/packages/", "/v1/numbers/", "/LIVEZ", "/livez/", "//livez", "/v1/registry/x",
        "/v1/%63heck", "*"}) {
    const Answer answer = gate.get(target);
    EXPECT_EQ(answer.status, 404U) << target;
    EXPECT_EQ(gate.at(answer, "/type"), "urn:beian-gate:problem:not-found");
  }
}

TEST_F(GateFrame, OtherMethodsAre405WithAllow) {
  struct {
    std::string_view target, allow;
  } const rows[] = {
      {"/v1/check", "GET, HEAD, POST, OPTIONS"}, {"/v1/checks", "POST, OPTIONS"},
      {"/v1/filings/x", "GET, HEAD, OPTIONS"},   {"/v1/packages/android/x", "GET, HEAD, OPTIONS"},
      {"/v1/domains/x", "GET, HEAD, OPTIONS"},   {"/v1/numbers/x", "GET, HEAD, OPTIONS"},
      {"/v1/registry", "GET, HEAD, OPTIONS"},    {"/livez", "GET, HEAD, OPTIONS"},
      {"/readyz", "GET, HEAD, OPTIONS"},         {"/version", "GET, HEAD, OPTIONS"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.target);
    for (const Method method : {Method::kPut, Method::kPatch, Method::kDelete}) {
      const Answer answer = gate.send(method, row.target);
      EXPECT_EQ(answer.status, 405U);
      EXPECT_EQ(answer.field("Allow"), row.allow);
    }
    const Answer options = gate.send(Method::kOptions, row.target);
    EXPECT_EQ(options.status, 204U);
    EXPECT_EQ(options.field("Allow"), row.allow);
  }
  EXPECT_EQ(gate.get("/v1/checks").status, 405U);
  EXPECT_EQ(gate.post("/livez", "{}").status, 405U);
  EXPECT_EQ(gate.send(Method::kDelete, "/nowhere").status, 404U) << "no path, no method of it";
}

TEST_F(GateFrame, OptionsOfTheServerAsAWhole) {
  const Answer options = gate.send(Method::kOptions, "*");
  EXPECT_EQ(options.status, 204U);
  EXPECT_EQ(options.field("Allow"), "GET, HEAD, POST, OPTIONS");
}

TEST_F(GateFrame, HeadIsAnsweredAsGetForTheCodecToCut) {
  EXPECT_EQ(gate.send(Method::kHead, "/v1/registry").body, gate.get("/v1/registry").body);
}

TEST_F(GateFrame, OnlyJsonIsTaken) {
  const std::string body = json_of("{'operation':'distribute'}");
  for (const std::string_view type :
       {"application/json", "application/json; charset=utf-8", "Application/JSON",
        "application/json ;charset=utf-8", "application/vnd.api+json"}) {
    const Fields fields = {{"Content-Type", type}};
    EXPECT_EQ(gate.send(Method::kPost, "/v1/check", body, fields).status, 200U) << type;
  }
  EXPECT_EQ(gate.send(Method::kPost, "/v1/check", body).status, 200U) << "without a type";
  for (const std::string_view type :
       {"text/plain", "application/x-www-form-urlencoded", "text/json", "application/jsonp",
        "application/x-ndjson", "json", "+json"}) {
    const Fields fields = {{"Content-Type", type}};
    for (const std::string_view target : {"/v1/check", "/v1/checks"})
      EXPECT_EQ(gate.send(Method::kPost, target, body, fields).status, 415U) << type;
  }
}

TEST_F(GateFrame, CompressedBodiesAreRefused) {
  const std::string body = json_of("{'operation':'distribute'}");
  const auto send = [&](std::string_view coding) {
    const Fields fields = {{"Content-Encoding", coding}};
    return gate.send(Method::kPost, "/v1/check", body, fields).status;
  };
  EXPECT_EQ(send("gzip"), 415U);
  EXPECT_EQ(send("identity, br"), 415U);
  EXPECT_EQ(send("Identity"), 200U);
  const Fields lines = {{"Content-Encoding", "identity"}, {"Content-Encoding", "gzip"}};
  EXPECT_EQ(gate.send(Method::kPost, "/v1/check", body, lines).status, 415U);
}

// A client that waits for `100 Continue` is refused at once when its body cannot matter.
TEST_F(GateFrame, ABodyThatIsRefusedWhateverItIsIsNotAskedFor) {
  const auto bound = [&](std::string_view path, bool expects, const Fields& fields) {
    Request head;
    head.method = Method::kPost;
    head.path = path;
    head.fields = fields;
    head.expects_continue = expects;
    return gate.service().body_bytes_max(head);
  };
  const Fields good = {{"Content-Type", "application/json"}};
  const Fields lines = {{"Content-Type", "application/x-ndjson"}};
  const Fields text = {{"Content-Type", "text/plain"}};
  const Fields coded = {{"Content-Type", "application/json"}, {"Content-Encoding", "gzip"}};
  EXPECT_EQ(bound("/v1/check", true, good), limits::kBodyBytesMax);
  EXPECT_EQ(bound("/v1/check", true, {}), limits::kBodyBytesMax);
  EXPECT_EQ(bound("/v1/checks:stream", true, lines), limits::kBodyUnbounded);
  for (const Fields& fields : {text, coded}) {
    EXPECT_EQ(bound("/v1/check", true, fields), 0U);
    EXPECT_EQ(bound("/access/v1/evaluation", true, fields), 0U);
    EXPECT_EQ(bound("/v1/checks", false, fields), 0U) << "megabytes are not taken in vain either";
    EXPECT_EQ(bound("/v1/check", false, fields), limits::kBodyBytesMax)
        << "and the connection stays";
  }
}

TEST_F(GateFrame, BodiesAreBoundedByRoute) {
  const auto bound = [&](Method method, std::string_view path) {
    Request head;
    head.method = method;
    head.path = path;
    return gate.service().body_bytes_max(head);
  };
  EXPECT_EQ(bound(Method::kPost, "/v1/check"), limits::kBodyBytesMax);
  EXPECT_EQ(bound(Method::kPost, "/v1/checks"), limits::kBatchBytesMax);
  EXPECT_EQ(bound(Method::kGet, "/v1/check"), 0U);
  EXPECT_EQ(bound(Method::kPost, "/livez"), 0U);
  EXPECT_EQ(bound(Method::kPost, "/nowhere"), 0U);
}

TEST_F(GateFrame, EveryAnswerTellsTheRegistryItRestsOn) {
  EXPECT_EQ(gate.get("/livez").field("Beian-Registry"), "serial=48213, age=5400, state=fresh");
  EXPECT_EQ(gate.get("/nowhere").field("Beian-Registry"), "serial=48213, age=5400, state=fresh");
  const ClockAt stale("2026-01-03T04:00:00Z");
  EXPECT_EQ(gate.get("/livez").field("Beian-Registry"), "serial=48213, age=90000, state=stale");
}

TEST_F(GateFrame, RegistryFromTheFutureHasAgeZero) {
  const ClockAt early("2026-01-01T00:00:00Z");
  EXPECT_EQ(gate.get("/livez").field("Beian-Registry"), "serial=48213, age=0, state=fresh");
}

TEST_F(GateFrame, RequestIdsOfVisibleAsciiAreEchoed) {
  const std::string longest(128, 'x');
  const std::string too_long(129, 'x');
  struct {
    std::string_view given, want, why;
  } const rows[] = {
      {"abc-123", "abc-123", "usual"}, {"!~", "!~", "both ends of visible ASCII"},
      {longest, longest, "128 bytes"}, {too_long, "none", "129 bytes"},
      {"a b", "none", "a space"},      {"\xE4\xBA\xAC", "none", "not ASCII"},
      {"a\x7F", "none", "DEL"},        {"", "none", "empty"},
  };
  for (const auto& row : rows) {
    const Fields fields = {{"x-request-id", row.given}};
    for (const std::string_view target : {"/livez", "/nowhere", "/v1/check?operation=distribute"})
      EXPECT_EQ(gate.get(target, fields).field("X-Request-ID"), row.want) << row.why;
  }
}

TEST_F(GateFrame, RefusalsOfTheServerHaveTheSameFields) {
  const Fields fields = {{"X-Request-ID", "r"}};
  Request request;
  request.fields = fields;
  Response response;
  gate.service().refuse(request, {413, "the body is too large"}, &response);
  EXPECT_EQ(response.status, 413U);
  EXPECT_EQ(response.content_type, "application/problem+json");
  EXPECT_NE(response.fields.find("Beian-Registry: serial=48213"), std::string::npos);
  EXPECT_NE(response.fields.find("X-Request-ID: r\r\n"), std::string::npos);
}

// --- operations ---

TEST_F(GateFrame, LivezIsAlways200) {
  const ClockAt later("2030-01-01T00:00:00Z");
  EXPECT_EQ(gate.get("/livez").status, 200U);
}

TEST_F(GateFrame, ReadyzIs503WhenAbsenceCannotBeAsserted) {
  EXPECT_EQ(gate.get("/readyz").status, 200U);
  EXPECT_EQ(gate.get("/readyz").body, R"({"status":"ready"})");
  GateDriver incomplete(fixture_state(/*is_sealed=*/false));
  const Answer unsealed = incomplete.get("/readyz");
  EXPECT_EQ(unsealed.status, 503U);
  EXPECT_NE(unsealed.field("Retry-After"), "none");
  EXPECT_EQ(incomplete.at(unsealed, "/reason"), "the registry is not sealed");
  const ClockAt later("2026-01-05T03:00:01Z");
  const Answer expired = gate.get("/readyz");
  EXPECT_EQ(expired.status, 503U);
  EXPECT_EQ(gate.at(expired, "/reason"), "the registry has expired");
}

TEST_F(GateFrame, ReadyzVerboseShowsTheRegistry) {
  EXPECT_EQ(gate.at(gate.get("/readyz?verbose"), "/registry/serial"), "48213");
  EXPECT_EQ(gate.at(gate.get("/readyz"), "/registry"), "absent");
  EXPECT_EQ(gate.at(gate.get("/readyz?x=1&verbose"), "/registry/serial"), "48213");
  EXPECT_EQ(gate.at(gate.get("/readyz?verbosely"), "/registry"), "absent");
}

TEST_F(GateFrame, RegistryShowsWhatTheContractLists) {
  const Answer answer = gate.get("/v1/registry");
  EXPECT_EQ(gate.at(answer, "/serial"), "48213");
  EXPECT_EQ(gate.at(answer, "/as_of"), "2026-01-02T03:00:00Z");
  EXPECT_EQ(gate.at(answer, "/next_update"), "null");
  EXPECT_EQ(gate.at(answer, "/age_seconds"), "5400");
  EXPECT_EQ(gate.at(answer, "/state"), "fresh");
  EXPECT_EQ(gate.at(answer, "/source"), "test");
  EXPECT_EQ(gate.at(answer, "/test_identities"), "true");
  EXPECT_NE(gate.at(answer, "/signature"), "absent");
  EXPECT_GT(std::stoi(gate.at(answer, "/counts/services")), 40);
}

TEST_F(GateFrame, VersionNamesTheProgram) {
  EXPECT_EQ(gate.at(gate.get("/version"), "/name"), "beian-gate");
  EXPECT_NE(gate.at(gate.get("/version"), "/version"), "absent");
}

// --- an expired or incomplete registry, as decisions see it ---

TEST_F(GateFrame, ExpiredRegistryAnswersUnknownForAbsenceAndKeepsDeniesOfPresence) {
  const ClockAt later("2026-01-05T03:00:01Z");
  const auto decision = [&](std::string_view suffix) {
    return gate.at(gate.get("/v1/check?operation=distribute&number=" +
                            percent("京ICP备2099000000号" + std::string(suffix))),
                   "/decision");
  };
  EXPECT_EQ(decision("-99A"), "unknown");
  EXPECT_EQ(decision("-1A"), "unknown");
  EXPECT_EQ(decision("-2A"), "deny");
}

}  // namespace
}  // namespace beian::http::test
