// In steady state a request allocates nothing. Allocations are counted by a replaced operator new,
// which is why this is a program of its own and not part of sanitized builds.
#include <gtest/gtest.h>

#include "cache/base/bytes.h"
#include "gate/http/callers.h"
#include "tests/http/gate_driver.h"
#include "tests/http/session_bench.h"
#include "tests/support/count_allocations.h"

namespace beian::http {
namespace {

constexpr int kWarmUps = 3;  // buffers grow to their final size
constexpr int kMeasuredRounds = 100;

// How many allocations `kMeasuredRounds` rounds of `requests` make once warm.
std::uint64_t allocations_of(const std::string& requests, SessionBench* bench) {
  for (int i = 0; i < kWarmUps; ++i) {
    bench->receive(requests);
    bench->forget_output();
  }
  const std::uint64_t before = beian::test::allocations();
  for (int i = 0; i < kMeasuredRounds; ++i) {
    bench->receive(requests);
    bench->forget_output();
  }
  return beian::test::allocations() - before;
}

TEST(SteadyState, RequestsAllocateNothing) {
  const std::string requests =
      "GET /__echo HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n"
      "POST /__echo HTTP/1.1\r\nHost: a\r\nContent-Length: 300\r\n\r\n" +
      std::string(300, 'x') +
      "POST /__echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
      "chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
      "GET /unknown HTTP/1.1\r\nHost: a\r\n\r\n";
  SessionBench bench;
  EXPECT_EQ(allocations_of(requests, &bench), 0u);
  EXPECT_EQ(bench.requests_count(), (kWarmUps + kMeasuredRounds) * 4u);
}

// --- checks, through head, key, JSON, registry, policy, answer and metrics ---

struct CheckRow {
  const char* name;
  const char* target;
  const char* body;   // ' stands for "; empty: a GET
  const char* wants;  // expected somewhere in the answer
};
std::ostream& operator<<(std::ostream& out, const CheckRow& row) {
  return out << row.name;
}

const CheckRow kCheckRows[] = {
    {"brief_allow", "/v1/check?detail=brief",
     "{'operation':'distribute','filing_number':'京ICP备2099000000号-1A','app':{'name':'测试应用',"
     "'platform':'android','package':'cn.beian-gate.pass'}}",
     "\"decision\":\"allow\""},
    {"brief_deny", "/v1/check?detail=brief",
     "{'operation':'distribute','filing_number':'京ICP备2099000000号-99A'}", "NOT_FILED"},
    {"brief_wrong_package", "/v1/check?detail=brief",
     "{'operation':'preinstall','filing_number':'京ICP备2099000000号-1A','app':{'platform':"
     "'android','package':'cn.example.other'}}",
     "PACKAGE_NOT_FILED"},
    {"brief_malformed_number", "/v1/check?detail=brief",
     "{'operation':'connect','filing_number':'京ICP备209900000号-1A'}", "NUMBER_MALFORMED"},
    {"brief_by_package", "/v1/check?detail=brief",
     "{'operation':'preinstall','app':{'platform':'android','package':'cn.beian-gate.pass'}}",
     "NUMBER_RESOLVED"},
    {"full_allow", "/v1/check",
     "{'operation':'distribute','filing_number':'京ICP备2099000000号-1A','app':{'name':'测试应用',"
     "'platform':'android','package':'cn.beian-gate.pass'}}",
     "\"decision_id\""},
    {"batch_of_two", "/v1/checks",
     "{'checks':[{'operation':'distribute','filing_number':'京ICP备2099000000号-1A'},"
     "{'operation':'distribute','filing_number':'京ICP备2099000000号-2A'}]}",
     "SERVICE_CANCELLED"},
    {"query", "/v1/check?operation=distribute&detail=brief&number=京ICP备2099000000号-1A", "",
     "\"decision\":\"allow\""},
    {"proxy", "/v1/authz?operation=distribute&number=京ICP备2099000000号-1A", "",
     "X-Gate-Decision: allow"},
    {"health", "/livez", "", "200 OK"},
};

class Checks : public testing::TestWithParam<CheckRow> {
 protected:
  Checks() : key_(*make_api_key()) {
    CallerSettings caller;
    caller.name = "store";
    caller.keys = {{std::string(*id_of_api_key(key_)), sha256(key_), std::nullopt}};
    GateState state = test::fixture_state();
    state.callers = std::make_shared<const Callers>(std::vector{caller});
    bench_.emplace(std::make_unique<GateService>(std::move(state), &test::clock,
                                                 std::array<std::uint64_t, 2>{1, 2}));
  }

  std::string request_of(const CheckRow& row) const {
    const std::string body = test::json_of(row.body);
    std::string target;
    for (const char c : std::string_view(row.target))
      target += static_cast<unsigned char>(c) < 0x80 ? std::string(1, c) : test::percent({&c, 1});
    std::string request = body.empty() ? "GET " : "POST ";
    request += target + " HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer " + key_ + "\r\n";
    if (!body.empty())
      request +=
          "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
          "\r\n";
    return request + "\r\n" + body;
  }

  std::string key_;
  std::optional<SessionBench> bench_;
};

TEST_P(Checks, AllocateNothing) {
  const std::string request = request_of(GetParam());
  bench_->receive(request);
  ASSERT_NE(bench_->output().find(GetParam().wants), std::string::npos) << bench_->output();
  bench_->forget_output();
  EXPECT_EQ(allocations_of(request, &*bench_), 0u) << "in " << kMeasuredRounds << " requests";
}

INSTANTIATE_TEST_SUITE_P(SteadyState, Checks, testing::ValuesIn(kCheckRows),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace beian::http
