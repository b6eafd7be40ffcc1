// Callers' keys, roles and rates, as a GateService checks them before it answers.
#include "gate/http/callers.h"

#include "cache/base/bytes.h"
#include "gate/http/principal.h"
#include "tests/http/gate_driver.h"

namespace beian::http::test {
namespace {

std::string new_key() {
  const auto key = make_api_key();
  EXPECT_TRUE(key.has_value());
  return *key;
}

CallerKey entry_of(std::string_view key) {
  return {std::string(*id_of_api_key(key)), sha256(key), std::nullopt};
}

CallerSettings caller_of(std::string name, std::string_view key) {
  CallerSettings settings;
  settings.name = std::move(name);
  settings.keys = {entry_of(key)};
  return settings;
}

// --- keys as text ---

TEST(ApiKey, HasAnIdSecretAndCheck) {
  const std::string key = new_key();
  EXPECT_EQ(key.size(), kApiKeyBytes);
  ASSERT_TRUE(id_of_api_key(key));
  EXPECT_EQ(*id_of_api_key(key), key.substr(4, 16));
  EXPECT_TRUE(has_right_check(key));
  EXPECT_NE(new_key(), key);
}

TEST(ApiKey, AnyByteThatIsAnotherIsSeen) {
  const std::string key = new_key();
  for (std::size_t i = 0; i < key.size(); ++i) {
    std::string other = key;
    other[i] = other[i] == '0' ? '1' : '0';
    EXPECT_FALSE(id_of_api_key(other) && has_right_check(other)) << i;
  }
  for (const std::string& other : {key.substr(1), key + "0", std::string(), std::string(93, 'a')})
    EXPECT_FALSE(id_of_api_key(other)) << other;
}

// --- at the door ---

class GateCallers : public testing::Test {
 protected:
  GateCallers() {
    CallerSettings store = caller_of("store", store_key);
    store.keys.push_back(entry_of(next_key));
    store.keys[1].expires = parse_instant("2026-01-02T05:00:00Z");
    store.operations = {Operation::kDistribute};
    store.endpoints = {Scope::kCheck, Scope::kBulk};
    CallerSettings proxy = caller_of("proxy", proxy_key);
    proxy.endpoints = {Scope::kAuthz};
    set({store, proxy, caller_of("all", all_key)});
  }

  void set(std::vector<CallerSettings> callers) {
    GateState state = fixture_state();
    state.callers = std::make_shared<const Callers>(std::move(callers));
    gate.service().set_state(std::move(state));
  }
  Answer get(std::string_view target, std::string_view key) {
    const std::string bearer = "Bearer " + std::string(key);
    return gate.get(target, {{"Authorization", bearer}});
  }
  // A stream that the caller with this key begins; null if it was refused.
  std::unique_ptr<Stream> stream_of(std::string_view key) {
    const std::string bearer = "Bearer " + std::string(key);
    const Fields fields = {{"Authorization", bearer}};
    Request request;
    request.method = Method::kPost;
    request.path = request.target = "/v1/checks:stream";
    request.fields = fields;
    Response response;
    return gate.service().answer_stream(request, &response);
  }
  unsigned status(std::string_view target, std::string_view key) { return get(target, key).status; }

  const std::string store_key = new_key();
  const std::string next_key = new_key();
  const std::string proxy_key = new_key();
  const std::string all_key = new_key();
  GateDriver gate;
};

constexpr std::string_view kDistribute = "/v1/check?operation=distribute";
constexpr std::string_view kConnect = "/v1/check?operation=connect";

TEST_F(GateCallers, WithoutAGoodKeyEveryRouteOfWorkIs401) {
  std::string mistyped = store_key;
  mistyped[30] = mistyped[30] == '0' ? '1' : '0';
  struct {
    std::string authorization, detail;
    bool is_silent;
  } const rows[] = {
      {"", "send Authorization", true},
      {"Basic dTpw", "holds no API key", false},
      {store_key, "holds no API key", false},
      {"Bearer", "holds no API key", false},
      {"Bearer " + store_key.substr(0, 92), "holds no API key", false},
      {"Bearer " + mistyped, "holds no API key", false},
      {"Bearer " + new_key(), "no longer, known", false},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.authorization);
    const Fields fields = {{"Authorization", row.authorization}};
    for (const std::string_view target :
         {"/v1/check", "/v1/authz", "/v1/authz/x", "/v1/filings/x", "/v1/packages/a/b",
          "/v1/domains/x", "/v1/numbers/x", "/v1/registry", "/metrics"}) {
      SCOPED_TRACE(target);
      const Answer answer = gate.get(target, fields);
      EXPECT_EQ(answer.status, 401U);
      EXPECT_EQ(gate.at(answer, "/type"), "urn:beian-gate:problem:unauthenticated");
      EXPECT_NE(gate.at(answer, "/detail").find(row.detail), std::string::npos) << answer.body;
      EXPECT_EQ(answer.field("WWW-Authenticate"),
                row.is_silent ? "Bearer realm=\"beian-gate\""
                              : "Bearer realm=\"beian-gate\", error=\"invalid_token\"");
    }
    for (const std::string_view target : {"/v1/check", "/v1/checks", "/v1/checks:stream"})
      EXPECT_EQ(gate.send(Method::kPost, target, "{}", fields).status, 401U);
    for (const std::string_view target : {"/livez", "/readyz", "/version"})
      EXPECT_EQ(gate.get(target, fields).status, 200U) << target;
  }
}

TEST_F(GateCallers, NobodySendsMegabytesBeforeHisKeyIsLookedAt) {
  Request head;
  head.method = Method::kPost;
  head.path = "/v1/checks";
  EXPECT_EQ(gate.service().body_bytes_max(head), 0U);
  const std::string bearer = "Bearer " + store_key;
  const Fields fields = {{"Authorization", bearer}};
  head.fields = fields;
  EXPECT_EQ(gate.service().body_bytes_max(head), limits::kBatchBytesMax);
  const std::string proxy_bearer = "Bearer " + proxy_key;
  const Fields proxy_fields = {{"Authorization", proxy_bearer}};
  head.fields = proxy_fields;
  EXPECT_EQ(gate.service().body_bytes_max(head), 0U) << "a batch is not for it";
}

// A connection that began before a reload that requires client certificates.
TEST_F(GateCallers, WhoHasNotShownTheCertificateThatIsAskedForIsNobody) {
  const std::string bearer = "Bearer " + all_key;
  const Fields key = {{"Authorization", bearer}};
  GateState with_callers = fixture_state();
  with_callers.callers =
      std::make_shared<const Callers>(std::vector<CallerSettings>{caller_of("all", all_key)});
  const struct {
    const char* why;
    bool has_callers, has_certificate, has_key;
    std::string_view path;
    unsigned status;
    bool must_close;
  } rows[] = {
      {"neither", false, false, false, "/v1/registry", 401, true},
      {"a certificate", false, true, false, "/v1/registry", 200, false},
      {"a key that nobody knows any more", false, false, true, "/v1/registry", 401, true},
      {"health is for all", false, false, false, "/livez", 200, false},
      {"a key, and the next connection has to show both", true, false, true, "/v1/registry", 200,
       true},
      {"no key", true, false, false, "/v1/registry", 401, true},
      {"both", true, true, true, "/v1/registry", 200, false},
  };
  for (const auto& row : rows) {
    GateState state = row.has_callers ? with_callers : fixture_state();
    state.needs_certificate = true;
    gate.service().set_state(std::move(state));
    Request request;
    request.path = request.target = row.path;
    request.has_certificate = row.has_certificate;
    if (row.has_key) request.fields = key;
    Response response;
    gate.service().answer(request, &response);
    EXPECT_EQ(response.status, row.status) << row.why << response.body;
    EXPECT_EQ(response.must_close, row.must_close) << row.why;
    request.method = Method::kPost;
    request.path = request.target = "/v1/checks";
    EXPECT_EQ(gate.service().body_bytes_max(request) > 0, row.status == 200 && row.path != "/livez")
        << row.why;
  }
}

TEST_F(GateCallers, AKeyIsForItsEndpointsAndOperations) {
  EXPECT_EQ(status(kDistribute, store_key), 200U);
  EXPECT_EQ(status(kConnect, store_key), 403U);
  EXPECT_EQ(status("/v1/authz", store_key), 403U);
  EXPECT_EQ(status("/v1/registry", store_key), 403U);
  EXPECT_EQ(status("/metrics", store_key), 403U);
  EXPECT_EQ(get("/v1/authz", proxy_key).field("X-Gate-Decision"), "deny");
  EXPECT_EQ(status(kConnect, proxy_key), 403U);
  for (const std::string_view target :
       {kConnect, std::string_view("/v1/registry"), std::string_view("/metrics")})
    EXPECT_EQ(status(target, all_key), 200U) << target;
  EXPECT_EQ(gate.at(get(kConnect, store_key), "/pointer"), "/operation");
}

// Two callers may have two policies, so a cache must not give the answer of one to the other.
TEST_F(GateCallers, AnAnswerIsKeptForItsKeyAlone) {
  EXPECT_EQ(get(kDistribute, store_key).field("Vary"), "Accept-Language, Authorization");
  EXPECT_TRUE(
      get("/v1/authz", proxy_key).field("Vary").ends_with("X-Forwarded-Host, Authorization"));
}

TEST_F(GateCallers, ACertificateSpeaksWhereNoKeyIsShown) {
  CallerSettings maker = caller_of("maker", next_key);
  maker.certificate_names = {"DNS:maker.example", "URI:spiffe://maker.example/vetting"};
  const Callers callers({caller_of("store", store_key), maker});
  const Instant now{};
  const auto find = [&](std::string_view authorization, std::vector<std::string> principals) {
    const Callers::Answer answer = callers.find(authorization, principals, now);
    return answer.caller != nullptr ? answer.caller->settings().name : std::string();
  };
  EXPECT_EQ(find("", {"DNS:other.example", "URI:spiffe://maker.example/vetting"}), "maker");
  EXPECT_EQ(find("", {"DNS:maker.example.other.example", "DNS:other.example"}), "");
  EXPECT_EQ(find("", {}), "");
  EXPECT_EQ(find("Bearer " + store_key, {"DNS:maker.example"}), "store");
  EXPECT_EQ(find("Bearer " + new_key(), {"DNS:maker.example"}), "");  // a bad key is not ignored
  EXPECT_EQ(find("Basic dTpw", {"DNS:maker.example"}), "");
}

TEST(Principal, IsOfThreeKindsAndOfVisibleAscii) {
  EXPECT_EQ(parse_principal("DNS:Store.EXAMPLE"), "DNS:store.example");
  EXPECT_EQ(parse_principal("URI:spiffe://Store/a"), "URI:spiffe://Store/a");
  EXPECT_EQ(parse_principal("email:a@b.example"), "email:a@b.example");
  for (const std::string_view text :
       {std::string_view("DNS:"), std::string_view("dns:a"), std::string_view("IP:10.0.0.1"),
        std::string_view("store.example"), std::string_view("DNS:a b"), std::string_view("DNS:\"a"),
        std::string_view("DNS:a\0.b", 8), std::string_view("DNS:\u4E2D.cn"), std::string_view()})
    EXPECT_FALSE(parse_principal(text)) << text;
}

TEST_F(GateCallers, TheSchemeIsTakenInAnyCase) {
  const std::string bearer = "bEARER " + store_key;
  EXPECT_EQ(gate.get(kDistribute, {{"Authorization", bearer}}).status, 200U);
}

TEST_F(GateCallers, TwoKeysAreGoodUntilOneExpires) {
  EXPECT_EQ(status(kDistribute, next_key), 200U);
  const ClockAt last("2026-01-02T04:59:59Z");
  EXPECT_EQ(status(kDistribute, next_key), 200U);
  const ClockAt after("2026-01-02T05:00:00Z");
  EXPECT_EQ(status(kDistribute, next_key), 401U);
  EXPECT_EQ(status(kDistribute, store_key), 200U);
}

TEST_F(GateCallers, ARevokedKeyEndsWithTheReload) {
  set({caller_of("all", all_key)});
  EXPECT_EQ(status(kDistribute, store_key), 401U);
  EXPECT_EQ(status(kDistribute, all_key), 200U);
}

// A row that the key does not permit is a problem of its own; the others are answered.
TEST_F(GateCallers, RowsOfABatchAreAskedOneByOne) {
  const std::string bearer = "Bearer " + store_key;
  const Answer answer = gate.send(
      Method::kPost, "/v1/checks",
      json_of("{'checks':[{'id':1,'operation':'distribute'},{'id':2,'operation':'connect'}]}"),
      {{"Authorization", bearer}});
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(gate.at(answer, "/decisions/0/decision"), "deny");
  EXPECT_EQ(gate.at(answer, "/decisions/1/problem/status"), "403");
  EXPECT_EQ(gate.at(answer, "/decisions/1/problem/pointer"), "/checks/1/operation");
  EXPECT_EQ(gate.at(answer, "/decisions/1/id"), "2");
}

TEST_F(GateCallers, WhoWaitsToSendABodyNeedsAKeyFirst) {
  const auto bound = [&](bool expects, const Fields& fields) {
    Request head;
    head.method = Method::kPost;
    head.path = "/v1/check";
    head.fields = fields;
    head.expects_continue = expects;
    return gate.service().body_bytes_max(head);
  };
  const std::string bearer = "Bearer " + store_key;
  EXPECT_EQ(bound(true, {}), 0U);
  EXPECT_EQ(bound(false, {}), limits::kBodyBytesMax);
  EXPECT_EQ(bound(true, {{"Authorization", bearer}}), limits::kBodyBytesMax);
}

TEST_F(GateCallers, ARateIsToldAndKept) {
  CallerSettings slow = caller_of("slow", store_key);
  slow.checks_per_second = 2;
  slow.burst = 3;
  set({slow, caller_of("all", all_key)});
  for (const std::string_view left : {"2", "1", "0"}) {
    const Answer answer = get(kDistribute, store_key);
    EXPECT_EQ(answer.status, 200U);
    EXPECT_TRUE(answer.field("RateLimit").starts_with("\"checks\";r=" + std::string(left) + ";t="));
    EXPECT_EQ(answer.field("RateLimit-Policy"), "\"checks\";q=3;w=2");
  }
  const Answer refused = get(kDistribute, store_key);
  EXPECT_EQ(refused.status, 429U);
  EXPECT_EQ(refused.field("Retry-After"), "1");
  EXPECT_EQ(gate.at(refused, "/type"), "urn:beian-gate:problem:too-many-requests");
  EXPECT_EQ(status(kDistribute, all_key), 200U) << "another caller's rate is its own";
  EXPECT_EQ(get(kDistribute, all_key).field("RateLimit"), "none");
  const ClockAt later("2026-01-02T04:30:01Z");
  EXPECT_EQ(status(kDistribute, store_key), 200U);
}

TEST_F(GateCallers, EveryRowOfAStreamCounts) {
  CallerSettings slow = caller_of("slow", store_key);
  slow.checks_per_second = 1;
  slow.burst = 9;
  set({slow});
  const auto stream = stream_of(store_key);
  ASSERT_NE(stream, nullptr);
  std::string out;
  const std::string rows = "{'operation':'distribute'}\n\nno row\n" +
                           std::string(limits::kStreamLineBytesMax + 2, 'x') + "\n";
  stream->take(json_of(rows), &out);
  stream->finish(&out);
  EXPECT_NE(out.find("\"problems\":2,"), std::string::npos) << out;
  const std::string left = get(kDistribute, store_key).field("RateLimit");
  EXPECT_TRUE(left.starts_with("\"checks\";r=4;")) << left << ": 9 - 1 - 3 - 1";
}

TEST_F(GateCallers, AStreamKeepsAProfileThatAReloadRemoves) {
  GateState state = fixture_state();
  const auto use = [&](std::string profile, std::string_view policy) {
    auto policies = PolicySet::load(policy, "policy");
    ASSERT_TRUE(policies) << policies.error().message;
    state.policies = std::make_shared<const PolicySet>(std::move(*policies));
    CallerSettings line = caller_of("line", store_key);
    line.profile = std::move(profile);
    state.callers = std::make_shared<const Callers>(std::vector<CallerSettings>{line});
    gate.service().set_state(state);
  };
  use("factory", "[profile.factory.codes]\nSHELL = \"deny\"\n");
  const auto stream = stream_of(store_key);
  ASSERT_NE(stream, nullptr);
  const auto is_denied = [&] {
    std::string out;
    stream->take(json_of("{'operation':'preinstall','filing_number':'京ICP备2099000000号-8A'}\n"),
                 &out);
    return out.find(R"("decision":"deny")") != std::string::npos;
  };
  EXPECT_TRUE(is_denied());
  use("plant", "[profile.plant.codes]\nSHELL = \"deny\"\n");
  EXPECT_TRUE(is_denied()) << "a review by the policy outside profiles";
  use("factory", "[profile.factory.codes]\nSHELL = \"note\"\n");
  EXPECT_FALSE(is_denied()) << "one that is there counts as it is now";
}

TEST_F(GateCallers, AReloadGivesNobodyItsRateAnew) {
  CallerSettings slow = caller_of("slow", store_key);
  slow.checks_per_second = 1;
  slow.burst = 3;
  const auto left = [this](const Callers& callers) {
    const auto found = callers.find("Bearer " + store_key, {}, Instant{});
    return found.caller->meter().take(RateMeter::Time(std::chrono::hours(1))).left;
  };
  const Callers first({slow});
  EXPECT_EQ(left(first), 2U);
  const Callers second({slow, caller_of("new", next_key)}, &first);
  EXPECT_EQ(left(second), 1U);
  EXPECT_EQ(left(first), 0U) << "streams that go on pay into the same";
  slow.burst = 4;
  const Callers third({slow}, &second);
  EXPECT_EQ(left(third), 3U) << "another rate";
  slow.name = "other";
  slow.burst = 3;
  EXPECT_EQ(left(Callers({slow}, &second)), 2U) << "another caller";
}

TEST_F(GateCallers, WhatIsTurnedAwayIsCounted) {
  gate.get(kDistribute);
  status(kDistribute, new_key());
  status(kConnect, store_key);
  status("/v1/authz", store_key);
  const std::string text = get("/metrics", all_key).body;
  for (const std::string_view reason : {"no_key", "unknown_key", "operation", "endpoint"})
    EXPECT_NE(text.find("beian_gate_turned_away_total{reason=\"" + std::string(reason) + "\"} 1\n"),
              std::string::npos)
        << reason;
}

}  // namespace
}  // namespace beian::http::test
