// What is counted, and in which series; tests/integration/metrics_test.py has promtool read them.
#include "tests/http/gate_driver.h"

namespace beian::http::test {
namespace {

class GateMetrics : public testing::Test {
 protected:
  // The value of a series as printed, or `none`.
  std::string value(std::string_view series) {
    const std::string text = "\n" + gate.get("/metrics").body;
    const std::string line = "\n" + std::string(series) + " ";
    const std::size_t at = text.find(line);
    if (at == std::string::npos) return "none";
    const std::size_t begin = at + line.size();
    return text.substr(begin, text.find('\n', begin) - begin);
  }
  GateDriver gate;
};

TEST_F(GateMetrics, AnswersAreCountedByRouteAndStatus) {
  gate.get("/livez");
  gate.get("/livez");
  gate.post("/v1/check", "{");
  gate.get("/nowhere");
  gate.get("/v1/filings/" + percent("京ICP备2023000001号-2A"));
  EXPECT_EQ(value(R"(beian_gate_http_requests_total{route="/livez",status="2xx"})"), "2");
  EXPECT_EQ(value(R"(beian_gate_http_requests_total{route="/v1/check",status="4xx"})"), "1");
  EXPECT_EQ(value(R"(beian_gate_http_requests_total{route="none",status="4xx"})"), "1");
  EXPECT_EQ(value(R"(beian_gate_http_requests_total{route="/v1/filings/",status="2xx"})"), "1");
  EXPECT_EQ(value(R"(beian_gate_http_requests_total{route="/v1/registry",status="2xx"})"), "0");
}

TEST_F(GateMetrics, DecisionsAndFindingsAreCountedWhereverTheyAreMade) {
  const std::string row =
      json_of("{'operation':'distribute','filing_number':'京ICP备2099000000号-2A'}");
  gate.post("/v1/check", row);
  gate.post("/v1/checks", "{\"checks\":[" + row + "," + row + ",7]}");
  gate.get("/v1/authz");
  EXPECT_EQ(value(R"(beian_gate_decisions_total{operation="distribute",decision="deny"})"), "3");
  EXPECT_EQ(value(R"(beian_gate_decisions_total{operation="connect",decision="deny"})"), "1");
  EXPECT_EQ(value(R"(beian_gate_decisions_total{operation="preinstall",decision="deny"})"), "0");
  EXPECT_EQ(value(R"(beian_gate_findings_total{code="SERVICE_CANCELLED"})"), "3");
  EXPECT_EQ(value(R"(beian_gate_findings_total{code="NUMBER_MISSING"})"), "1");
}

TEST_F(GateMetrics, ABatchOfAnswersHasOneDuration) {
  constexpr std::string_view kName = "beian_gate_http_request_duration_seconds";
  const auto series = [&](std::string_view end, std::string_view labels) {
    return value(std::string(kName) + std::string(end) + "{route=\"/livez\"" + std::string(labels) +
                 "}");
  };
  gate.get("/livez");
  gate.get("/livez");
  EXPECT_EQ(series("_count", ""), "0") << "they have not left yet";
  gate.get("/livez");
  gate.service().batch_answered(std::chrono::microseconds{70});
  EXPECT_EQ(series("_count", ""), "3");
  EXPECT_EQ(series("_bucket", ",le=\"5e-05\""), "0");
  EXPECT_EQ(series("_bucket", ",le=\"0.0001\""), "3");
  EXPECT_EQ(series("_bucket", ",le=\"+Inf\""), "3");
  gate.get("/livez");
  gate.service().batch_answered(std::chrono::seconds{7});
  EXPECT_EQ(series("_bucket", ",le=\"1\""), "3");
  EXPECT_EQ(series("_bucket", ",le=\"+Inf\""), "4");
}

TEST_F(GateMetrics, TheRegistryTellsItsAgeAndState) {
  EXPECT_EQ(value("beian_gate_registry_serial"), "48213");
  EXPECT_EQ(value("beian_gate_registry_age_seconds"), "5400");
  EXPECT_EQ(value(R"(beian_gate_registry_state{state="fresh"})"), "1");
  const ClockAt stale("2026-01-03T04:00:00Z");
  EXPECT_EQ(value(R"(beian_gate_registry_state{state="fresh"})"), "0");
  EXPECT_EQ(value(R"(beian_gate_registry_state{state="stale"})"), "1");
  EXPECT_EQ(value("beian_gate_follower_failing"), "none") << "nothing is followed";
}

TEST_F(GateMetrics, AFollowerTellsWhatItWaitsFor) {
  GateState state = fixture_state();
  const auto board = std::make_shared<cache::FollowerBoard>();
  cache::FollowerStatus status;
  status.state = cache::FollowerState::kWaiting;
  status.last_error = make_error(ErrorKind::kUnavailable, "password: hunter2");
  status.lag_batches = 3;
  board->put(status);
  state.follower = board;
  gate.service().set_state(std::move(state));
  EXPECT_EQ(value(R"(beian_gate_follower_state{state="waiting"})"), "1");
  EXPECT_EQ(value("beian_gate_follower_failing"), "1");
  EXPECT_EQ(value("beian_gate_follower_lag_batches"), "3");
  EXPECT_EQ(gate.get("/metrics").body.find("hunter2"), std::string::npos);
}

TEST_F(GateMetrics, WorkersOfOneProcessAreAddedUp) {
  GateContext context;
  context.metrics = std::make_shared<Metrics>(Instant{});
  GateDriver first(fixture_state(), context);
  GateDriver second(fixture_state(), context);
  first.get("/livez");
  second.get("/livez");
  EXPECT_NE(first.get("/metrics")
                .body.find("beian_gate_http_requests_total{route=\"/livez\",status=\"2xx\"} 2\n"),
            std::string::npos);
}

TEST_F(GateMetrics, AnAdminListenerHasOperationsToItself) {
  struct {
    Role role;
    unsigned check, live, metrics, reload;
  } const rows[] = {{Role::kLone, 200, 200, 200, 404},
                    {Role::kGate, 200, 200, 404, 404},
                    {Role::kAdmin, 404, 200, 200, 202}};
  for (const auto& row : rows) {
    GateContext context;
    context.role = row.role;
    GateDriver at(fixture_state(), context);
    EXPECT_EQ(at.get("/v1/check?operation=connect").status, row.check);
    EXPECT_EQ(at.get("/livez").status, row.live);
    EXPECT_EQ(at.get("/metrics").status, row.metrics);
    EXPECT_EQ(at.post("/reload", "").status, row.reload);
  }
}

TEST_F(GateMetrics, AReloadThatCannotBeginIsNoPromise) {
  bool begins = true;
  GateContext context;
  context.role = Role::kAdmin;
  context.reload = [&] { return begins; };
  GateDriver at(fixture_state(), context);
  EXPECT_EQ(at.post("/reload", "").status, 202);
  begins = false;
  const Answer refused = at.post("/reload", "");
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.field("Retry-After"), "5");
  EXPECT_NE(refused.body.find("urn:beian-gate:problem:stopping"), std::string::npos)
      << refused.body;
}

}  // namespace
}  // namespace beian::http::test
