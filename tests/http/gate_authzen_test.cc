// AuthZEN's routes of a GateService: `decision` is true for allow only, and the context is the
// decision of /v1/check.
#include <cstdlib>

#include "cache/base/bytes.h"
#include "tests/http/gate_driver.h"

namespace beian::http::test {
namespace {

std::string evaluation(std::string_view operation, std::string_view number) {
  return json_of("{'subject':{'type':'team','id':'release'},'action':{'name':'") +
         std::string(operation) + json_of("'},'resource':{'type':'filing_number','id':'") +
         std::string(number) + json_of("'}}");
}

class GateAuthzen : public testing::Test {
 protected:
  static constexpr std::string_view kOne = "/access/v1/evaluation";
  static constexpr std::string_view kSeveral = "/access/v1/evaluations";

  // `items` with ' for ".
  Answer ask_several(std::string_view items, std::string_view options = "{}") {
    return gate.post(kSeveral, json_of("{'subject':{'type':'team','id':'release'},"
                                       "'action':{'name':'distribute'},'evaluations':[") +
                                   json_of(items) + json_of("],'options':") + json_of(options) +
                                   "}");
  }
  std::string decisions(const Answer& answer) {
    std::string out;
    for (std::size_t i = 0;; ++i) {
      const std::string one = at(answer, "/evaluations/" + std::to_string(i) + "/decision");
      if (one == "absent") return out;
      out += (i > 0 ? " " : "") + one;
    }
  }
  std::string at(const Answer& answer, std::string_view pointer) {
    return gate.at(answer, pointer);
  }

  GateDriver gate;
};

struct AuthzenRow {
  std::string_view number;
  std::string_view decision;
  std::string_view is_true;
};

TEST_F(GateAuthzen, OnlyAnAllowIsTrue) {
  for (const AuthzenRow& row : {AuthzenRow{"京ICP备2099000000号-1A", "allow", "true"},
                                AuthzenRow{"京ICP备2099000000号-2A", "deny", "false"},
                                AuthzenRow{"京ICP备2099000000号-8A", "review", "false"}}) {
    const Answer answer = gate.post(kOne, evaluation("distribute", row.number));
    EXPECT_EQ(answer.status, 200U);
    EXPECT_EQ(at(answer, "/decision"), row.is_true) << row.number;
    EXPECT_EQ(at(answer, "/context/decision"), row.decision) << row.number;
  }
  GateDriver incomplete(fixture_state(/*is_sealed=*/false));
  const Answer answer = incomplete.post(kOne, evaluation("distribute", "京ICP备2099000000号-99A"));
  EXPECT_EQ(incomplete.at(answer, "/decision"), "false");
  EXPECT_EQ(incomplete.at(answer, "/context/decision"), "unknown");
}

TEST_F(GateAuthzen, ContextIsTheDecisionOfACheck) {
  const Answer evaluated = gate.post(kOne, evaluation("distribute", "京ICP备2099000000号-2A"));
  const Answer checked =
      gate.get("/v1/check?operation=distribute&number=" + percent("京ICP备2099000000号-2A"));
  for (const std::string_view pointer : {"/findings", "/assurance", "/filing_number", "/filing",
                                         "/compared", "/registry", "/suggestions", "/operation"})
    EXPECT_EQ(at(evaluated, "/context" + std::string(pointer)), at(checked, pointer)) << pointer;
  EXPECT_EQ(at(evaluated, "/context/decision_id").size(), 26U);
}

constexpr std::string_view kThree =
    "{'resource':{'type':'filing_number','id':'京ICP备2099000000号-1A'}},"
    "{'resource':{'type':'filing_number','id':'京ICP备2099000000号-2A'}},"
    "{'resource':{'type':'filing_number','id':'京ICP备2099000000号-1A'}}";

TEST_F(GateAuthzen, SemanticsSayWhereABatchEnds) {
  EXPECT_EQ(decisions(ask_several(kThree)), "true false true");
  EXPECT_EQ(decisions(ask_several(kThree, "{'evaluations_semantic':'deny_on_first_deny'}")),
            "true false");
  EXPECT_EQ(decisions(ask_several(kThree, "{'evaluations_semantic':'permit_on_first_permit'}")),
            "true");
}

TEST_F(GateAuthzen, AnItemThatCannotBeReadIsADenialThatSaysWhy) {
  const std::string items = "{'resource':{'type':'book','id':'x'}}," + std::string(kThree);
  const Answer answer = ask_several(items);
  EXPECT_EQ(decisions(answer), "false true false true");
  EXPECT_EQ(at(answer, "/evaluations/0/context/error/status"), "400");
  EXPECT_EQ(at(answer, "/evaluations/0/context/error/pointer"), "/evaluations/0/resource/type");
  EXPECT_EQ(decisions(ask_several(items, "{'evaluations_semantic':'deny_on_first_deny'}")),
            "false");
}

TEST_F(GateAuthzen, SeveralWithoutEvaluationsAreOne) {
  const std::string body = evaluation("distribute", "京ICP备2099000000号-1A");
  EXPECT_EQ(at(gate.post(kSeveral, body), "/decision"), "true");
  EXPECT_EQ(at(gate.post(kSeveral, "{}"), "/pointer"), "/subject");
}

TEST_F(GateAuthzen, BadBodiesAreProblems) {
  EXPECT_EQ(gate.post(kOne, "{").status, 400U);
  EXPECT_EQ(at(gate.post(kOne, evaluation("sell", "x")), "/pointer"), "/action/name");
  EXPECT_EQ(gate.send(Method::kPost, kOne, "{}", {{"Content-Type", "text/plain"}}).status, 415U);
  const Answer queried = gate.get(kOne);
  EXPECT_EQ(queried.status, 405U);
  EXPECT_EQ(queried.field("Allow"), "POST, OPTIONS");
}

TEST_F(GateAuthzen, DiscoveryNamesTheAddressThatWasAskedFor) {
  constexpr std::string_view kPath = "/.well-known/authzen-configuration";
  const Answer answer = gate.get(kPath);
  EXPECT_EQ(at(answer, "/policy_decision_point"), "http://gate.test");
  EXPECT_EQ(at(answer, "/access_evaluation_endpoint"), "http://gate.test/access/v1/evaluation");
  EXPECT_EQ(at(answer, "/access_evaluations_endpoint"), "http://gate.test/access/v1/evaluations");
  EXPECT_EQ(answer.field("Cache-Control"), "no-store");
  EXPECT_EQ(at(gate.get(kPath, {{"X-Forwarded-Proto", "https"}}), "/policy_decision_point"),
            "https://gate.test");
  GateState encrypted = fixture_state();
  encrypted.is_encrypted = true;
  gate.service().set_state(encrypted);
  EXPECT_EQ(at(gate.get(kPath), "/policy_decision_point"), "https://gate.test");
  GateContext admin;
  admin.role = Role::kAdmin;
  EXPECT_EQ(GateDriver(fixture_state(), admin).get(kPath).status, 404U);
}

// An HTTP/1.0 request may lack Host.
TEST_F(GateAuthzen, DiscoveryWithoutAHostHasNoAddressToTell) {
  Request request;
  request.path = "/.well-known/authzen-configuration";
  Response response;
  gate.service().answer(request, &response);
  EXPECT_EQ(response.status, 400U);
  EXPECT_EQ(response.body.find("http://"), std::string::npos) << response.body;
}

TEST_F(GateAuthzen, KeysAreGoodForWhatTheyAreGoodFor) {
  const auto key = make_api_key();
  ASSERT_TRUE(key.has_value());
  CallerSettings settings;
  settings.name = "pep";
  settings.keys = {{std::string(*id_of_api_key(*key)), sha256(*key), std::nullopt}};
  settings.operations = {Operation::kConnect};
  settings.endpoints = {Scope::kCheck};
  GateState state = fixture_state();
  state.callers = std::make_shared<const Callers>(std::vector<CallerSettings>{settings});
  gate.service().set_state(state);
  const std::string bearer = "Bearer " + *key;  // fields are views
  const Fields fields = {{"Content-Type", "application/json"}, {"Authorization", bearer}};
  const auto ask = [&](std::string_view path, std::string_view operation) {
    return gate.send(Method::kPost, path, evaluation(operation, "x"), fields);
  };
  EXPECT_EQ(gate.post(kOne, evaluation("connect", "x")).status, 401U);
  EXPECT_EQ(ask(kOne, "connect").status, 200U);
  const Answer refused = ask(kOne, "distribute");
  EXPECT_EQ(refused.status, 403U);
  EXPECT_EQ(at(refused, "/pointer"), "/action/name");
  EXPECT_EQ(ask(kSeveral, "connect").status, 403U);
  EXPECT_EQ(gate.get("/.well-known/authzen-configuration").status, 200U);
}

}  // namespace
}  // namespace beian::http::test
