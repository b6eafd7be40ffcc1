// With `before_answer`, no byte of an answer is sent before its entry is flushed; what needs no
// entry is not held, and a log that takes nothing yields 503 instead of an answer.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/http/gate_driver.h"
#include "tests/http/raw_client.h"
#include "tests/log/hooked_disk.h"
#include "tests/log/log_support.h"
#include "tests/support/process.h"

namespace beian::log::test {
namespace {

using http::RawClient;
using http::Server;

constexpr std::string_view kCheck =
    "GET /v1/check?operation=distribute&number=x HTTP/1.1\r\nHost: gate\r\n\r\n";
constexpr std::string_view kLive = "GET /livez HTTP/1.1\r\nHost: gate\r\n\r\n";

std::uint64_t count_of(std::string_view word, std::string_view text) {
  std::uint64_t count = 0;
  for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1))
    ++count;
  return count;
}

class HeldAnswers : public testing::Test {
 protected:
  // With more than one of `threads`, as many bulk workers beside them.
  void start(Durability durability, unsigned threads = 1) {
    auto disk = own_folder(folder_.path("log"));
    ASSERT_TRUE(disk);
    LogOptions options;
    options.durability = durability;
    options.on_full = OnFull::kShed;
    options.queue_bytes = kQueueBytesMin;
    options.clock = &http::test::clock;
    auto log = DecisionLog::start(std::move(options),
                                  std::make_unique<HookedDisk>(std::move(*disk), &hooks_));
    ASSERT_TRUE(log) << log.error().message;
    log_ = std::move(*log);
    http::ServerOptions server;
    server.address = {"127.0.0.1", 0};
    server.threads = threads;
    server.limits = limits_;
    server.has_bulk_lane = threads > 1;
    server.clock = [this] {
      ++ticks_;
      return std::chrono::system_clock::now();
    };
    http::GateContext context;
    context.log = log_.get();
    auto started = Server::start(server, [&](unsigned worker) {
      return std::make_unique<http::GateService>(http::test::fixture_state(), &http::test::clock,
                                                 std::array<std::uint64_t, 2>{worker, 2}, context);
    });
    ASSERT_TRUE(started) << started.error().message;
    server_ = std::move(*started);
  }
  ~HeldAnswers() override { end(); }
  void end() {
    hooks_.stall(false);
    if (server_) server_->drain(std::chrono::seconds{5});
    if (log_) log_->stop().has_value();
    server_.reset();
    log_.reset();
  }

  // Reads one answer.
  static http::Answer answer(RawClient* client) {
    std::string bytes;
    http::Answer taken;
    while (!http::take_answer(&bytes, false, &taken))
      if (!client->receive(&bytes)) return {};
    return taken;
  }
  static bool has_bytes(const RawClient& client) {
    char byte = 0;
    return ::recv(client.fd(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
  }

  beian::test::TemporaryFolder folder_;
  http::ServerLimits limits_;
  std::atomic<int> ticks_{0};  // of the server: with each it reads the time of day
  DiskHooks hooks_;
  std::unique_ptr<DecisionLog> log_;
  std::unique_ptr<Server> server_;
};

TEST_F(HeldAnswers, NoByteLeavesBeforeItsEntryIsFlushed) {
  start(Durability::kBeforeAnswer);
  hooks_.stall(true);
  RawClient checker(server_->port());
  ASSERT_TRUE(checker.send(kCheck));
  while (log_->stats().accepted == 0) std::this_thread::sleep_for(1ms);
  // The only worker goes on with other requests; its answers to them prove that the first had its
  // turn.
  RawClient other(server_->port());
  ASSERT_TRUE(other.send(kLive));
  EXPECT_EQ(answer(&other).status, 200U);
  EXPECT_FALSE(has_bytes(checker));
  EXPECT_EQ(log_->stats().written, 0U);
  hooks_.stall(false);
  EXPECT_EQ(answer(&checker).status, 200U);
  EXPECT_EQ(log_->stats().written, 1U);
}

TEST_F(HeldAnswers, ManyConnectionsShareAFlush) {
  start(Durability::kBeforeAnswer);
  hooks_.stall(true);
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 40; ++i) {
    clients.push_back(std::make_unique<RawClient>(server_->port()));
    ASSERT_TRUE(clients.back()->send(std::string(kCheck) + std::string(kCheck)));
  }
  while (log_->stats().accepted < 80) std::this_thread::sleep_for(1ms);
  hooks_.stall(false);
  for (const auto& client : clients) {
    std::string bytes;
    http::Answer taken;
    for (int i = 0; i < 2; ++i) {
      while (!http::take_answer(&bytes, false, &taken)) ASSERT_TRUE(client->receive(&bytes));
      EXPECT_EQ(taken.status, 200U);
    }
  }
  EXPECT_LE(log_->stats().groups, 4U);
}

// A held answer may be sent on an event of its socket, before the message arrives that would have
// released it.
TEST_F(HeldAnswers, ABatchThatHasLeftGoesBackToItsLaneOnce) {
  constexpr int kRounds = 100;
  start(Durability::kBeforeAnswer, 3);
  std::string checks = R"({"operation":"distribute","filing_number":"x"})";
  for (int i = 1; i < 300; ++i) checks += R"(,{"operation":"distribute","filing_number":"x"})";
  const std::string body = R"({"checks":[)" + checks + "]}";
  const std::string batch =
      "POST /v1/checks HTTP/1.1\r\nHost: gate\r\nContent-Type: "
      "application/json\r\nContent-Length: " +
      std::to_string(body.size()) + "\r\n\r\n" + body;
  std::atomic<int> answered{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < 3; ++i) {
    clients.emplace_back([&] {
      for (int round = 0; round < kRounds; ++round) {
        RawClient client(server_->port());
        if (client.send(batch)) answered += answer(&client).status == 200 ? 1 : 0;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(answered, 3 * kRounds);
}

// Goal: the log holds no decision that its caller did not get. Method: batches one after another,
// until the queue fills up in the middle of one.
TEST_F(HeldAnswers, ABatchShowsEachDecisionThatIsInTheLog) {
  constexpr std::uint64_t kItems = 700;
  const struct {
    std::string path, begin, item, decided;
  } rows[] = {
      {"/v1/checks", R"({"checks":[)", R"({"operation":"distribute","filing_number":"x"})",
       R"("decision":"deny")"},
      {"/access/v1/evaluations",
       R"({"subject":{"type":"team","id":"a"},"action":{"name":"distribute"},"evaluations":[)",
       R"({"resource":{"type":"filing_number","id":"x"}})", R"("decision":"deny")"},
  };
  start(Durability::kBeforeAnswer);
  for (const auto& row : rows) {
    std::string body = row.begin + row.item;
    for (std::uint64_t i = 1; i < kItems; ++i) body += "," + row.item;
    body += "]}";
    const log::LogStats before = log_->stats();
    const auto sum = [&] {
      const log::LogStats now = log_->stats();
      return now.accepted + now.shed - before.accepted - before.shed;
    };
    hooks_.stall(true);
    std::vector<std::unique_ptr<RawClient>> clients;
    while (log_->stats().shed == before.shed) {
      clients.push_back(std::make_unique<RawClient>(server_->port()));
      ASSERT_TRUE(clients.back()->send("POST " + row.path +
                                       " HTTP/1.1\r\nHost: gate\r\nContent-Type: "
                                       "application/json\r\nContent-Length: " +
                                       std::to_string(body.size()) + "\r\n\r\n" + body));
      while (sum() < kItems * clients.size()) std::this_thread::sleep_for(1ms);
    }
    hooks_.stall(false);
    std::uint64_t decided = 0;
    std::uint64_t refused = 0;
    for (const auto& client : clients) {
      const http::Answer taken = answer(client.get());
      ASSERT_EQ(taken.status, 200U) << taken.body;
      decided += count_of(row.decided, taken.body);
      refused += count_of("audit_unavailable", taken.body);
    }
    EXPECT_EQ(decided, log_->stats().accepted - before.accepted) << row.path;
    EXPECT_EQ(refused, log_->stats().shed - before.shed) << row.path;
    EXPECT_GT(refused, 0U);
  }
}

TEST_F(HeldAnswers, AClientThatLeavesMeanwhileHarmsNobody) {
  start(Durability::kBeforeAnswer);
  hooks_.stall(true);
  for (int i = 0; i < 20; ++i) {
    RawClient leaving(server_->port());
    ASSERT_TRUE(leaving.send(kCheck));
    while (log_->stats().accepted < static_cast<std::uint64_t>(i) + 1)
      std::this_thread::sleep_for(1ms);
    leaving.reset();
  }
  RawClient staying(server_->port());
  ASSERT_TRUE(staying.send(kCheck));
  while (log_->stats().accepted < 21) std::this_thread::sleep_for(1ms);
  hooks_.stall(false);
  const http::Answer taken = answer(&staying);
  EXPECT_EQ(taken.status, 200U);
  server_->drain(std::chrono::seconds{5});
  EXPECT_EQ(server_->stats().bytes_out, taken.head.size() + 2 + taken.body.size())
      << "what never left is not counted as sent";
}

// Goal: a peer that reads its answers is not cut off, however long it goes on sending requests.
// Method: such a peer never lets the server wait for a request, while the disk lets a flush pass
// now and then, each well within `write_deadline`, for twice as long as that. All of it is by the
// server's own time, which is its ticks. A busy machine may indeed be too slow for a short
// deadline; then there is a longer one. Whoever cuts the peer off without a reason does so with
// each of them.
TEST_F(HeldAnswers, APeerThatAlwaysHasMoreToAskIsNotCutOff) {
  constexpr int kFlushes = 20;
  limits_.tick = 10ms;
  bool is_open = false;
  for (const auto deadline : {500ms, 4'000ms, 16'000ms}) {
    limits_.write_deadline = deadline;
    start(Durability::kBeforeAnswer);
    hooks_.stall(true);
    RawClient client(server_->port());
    std::atomic<bool> has_ended{false};
    std::thread sender([&] {
      std::string checks;
      for (int i = 0; i < 50; ++i) checks += kCheck;
      while (client.send(checks)) {
      }
    });
    std::thread receiver([&] {
      std::string bytes;
      while (client.receive(&bytes)) bytes.clear();
      has_ended = true;
    });
    for (int i = 0; i < kFlushes && !has_ended; ++i) {
      const int next = ticks_ + static_cast<int>(2 * deadline / limits_.tick) / kFlushes;
      while (ticks_ < next) std::this_thread::sleep_for(1ms);
      const std::uint64_t written = log_->stats().written;
      hooks_.stall(false);
      while (log_->stats().written == written && !has_ended) std::this_thread::yield();
      hooks_.stall(true);
    }
    is_open = !has_ended && server_->stats().timeouts == 0;
    hooks_.stall(false);
    ::shutdown(client.fd(), SHUT_RDWR);
    sender.join();
    receiver.join();
    end();
    if (is_open) break;
  }
  EXPECT_TRUE(is_open);
}

TEST_F(HeldAnswers, AStreamIsHeldToo) {
  start(Durability::kBeforeAnswer);
  hooks_.stall(true);
  const std::string row = "{\"operation\":\"distribute\",\"filing_number\":\"x\"}\n";
  RawClient client(server_->port());
  ASSERT_TRUE(
      client.send("POST /v1/checks:stream HTTP/1.1\r\nHost: gate\r\nContent-Type: "
                  "application/x-ndjson\r\nConnection: close\r\nContent-Length: " +
                  std::to_string(row.size() * 3) + "\r\n\r\n" + row + row + row));
  while (log_->stats().accepted < 3) std::this_thread::sleep_for(1ms);
  EXPECT_FALSE(has_bytes(client));
  hooks_.stall(false);
  EXPECT_NE(client.receive_all().find("\"summary\""), std::string::npos);
}

TEST_F(HeldAnswers, AsyncAnswersDoNotWait) {
  start(Durability::kAsync);
  hooks_.stall(true);
  RawClient client(server_->port());
  ASSERT_TRUE(client.send(kCheck));
  EXPECT_EQ(answer(&client).status, 200U);
  EXPECT_EQ(log_->stats().written, 0U);
}

TEST_F(HeldAnswers, ALogThatTakesNothingRefusesEachWayOfChecking) {
  start(Durability::kBeforeAnswer);
  hooks_.is_failing = true;
  RawClient first(server_->port());
  ASSERT_TRUE(first.send(kCheck));
  while (log_->stats().errors == 0 || log_->stats().is_accepting) std::this_thread::sleep_for(1ms);
  const auto post = [](const std::string& path, const std::string& type, const std::string& body) {
    return "POST " + path + " HTTP/1.1\r\nHost: gate\r\nContent-Type: " + type +
           "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  };
  const std::string row = "{\"operation\":\"distribute\",\"filing_number\":\"x\"}";
  for (const std::string& request :
       {std::string(kCheck), post("/v1/check", "application/json", row),
        post("/v1/checks", "application/json", "{\"checks\":[" + row + "]}"),
        std::string("GET /v1/authz?number=x HTTP/1.1\r\nHost: gate\r\n\r\n")}) {
    RawClient client(server_->port());
    ASSERT_TRUE(client.send(request));
    const http::Answer refused = answer(&client);
    EXPECT_EQ(refused.status, 503U) << request;
    EXPECT_TRUE(refused.has("\r\nRetry-After: ")) << request;
    EXPECT_NE(refused.body.find("urn:beian-gate:problem:audit_unavailable"), std::string::npos)
        << refused.body;
    EXPECT_EQ(refused.body.find("decision_id"), std::string::npos);
  }
  RawClient stream(server_->port());
  ASSERT_TRUE(stream.send(post("/v1/checks:stream", "application/x-ndjson", row + "\n")));
  stream.half_close();
  EXPECT_NE(stream.receive_all().find("audit_unavailable"), std::string::npos);
  hooks_.is_failing = false;
  EXPECT_EQ(answer(&first).status, 200U);
  while (!log_->stats().is_accepting) std::this_thread::sleep_for(1ms);
  RawClient again(server_->port());
  ASSERT_TRUE(again.send(kCheck));
  EXPECT_EQ(answer(&again).status, 200U);
  EXPECT_GE(log_->stats().shed, 5U);
}

}  // namespace
}  // namespace beian::log::test
