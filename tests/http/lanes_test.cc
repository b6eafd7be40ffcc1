// Servers with two lanes: which worker answers what, in which order, and that nothing is lost on
// the way between them. No test looks at a clock: how the bulk lane yields is up to the kernel, and
// `./dev bench overload` measures it.
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#include "gate/http/admission.h"
#include "tests/http/gate_driver.h"
#include "tests/http/raw_client.h"

namespace beian::http {
namespace {

using namespace std::chrono_literals;

// Blocks every thread that passes while it is closed.
class Barrier {
 public:
  void close() { set(true); }
  void open() { set(false); }
  void pass() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !is_closed_; });
  }

 private:
  void set(bool is_closed) {
    const std::scoped_lock lock(mutex_);
    is_closed_ = is_closed;
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_closed_ = false;
};

struct Shared {
  Barrier bulk;
  std::atomic<std::size_t> waiting_seen{0};  // the maximum seen by the listening worker
};

// Answers with the number of its worker and the body. POST /bulk is bulk, and so is POST /busy,
// whose body is discarded.
class LaneService final : public Service {
 public:
  LaneService(unsigned worker, Shared* shared) : worker_(worker), shared_(*shared) {}

  std::size_t body_bytes_max(const Request& head) const override {
    return head.path == "/busy" ? 0 : 1'000'000;
  }
  bool is_bulk(const Request& request) const override {
    return request.path == "/bulk" || request.path == "/busy";
  }
  void watch_bulk_lane(const std::atomic<std::size_t>* waiting) override { waiting_ = waiting; }
  void answer(const Request& request, Response* response) override {
    if (is_bulk(request) && !request.body.empty()) shared_.bulk.pass();
    if (waiting_ != nullptr)
      shared_.waiting_seen = std::max<std::size_t>(shared_.waiting_seen, *waiting_);
    response->passes_body = request.path == "/busy";
    response->content_type = "text/plain";
    response->body = std::to_string(worker_) + ":" + std::string(request.body);
  }
  void refuse(const Request&, const Refusal&, Response* response) override {
    response->content_type = "text/plain";
    response->body = "refused";
  }

 private:
  const unsigned worker_;
  Shared& shared_;
  const std::atomic<std::size_t>* waiting_ = nullptr;
};

std::unique_ptr<Server> start_lanes(Shared* shared, unsigned threads = 1,
                                    const ServerLimits& limits = {}) {
  ServerOptions options;
  options.limits = limits;
  options.address = {"127.0.0.1", 0};
  options.threads = threads;
  options.has_bulk_lane = true;
  options.clock = [] { return std::chrono::system_clock::now(); };
  auto server = Server::start(
      options, [&](unsigned worker) { return std::make_unique<LaneService>(worker, shared); });
  return server ? std::move(*server) : nullptr;
}

std::string post(std::string_view path, std::string_view body) {
  return "POST " + std::string(path) +
         " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body);
}

std::string post_in_chunks(std::string_view path, std::string_view body) {
  std::string text =
      "POST " + std::string(path) + " HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const char& c : body) text += "1\r\n" + std::string(1, c) + "\r\n";
  return text + "0\r\n\r\n";
}

Answer ask(RawClient* client, std::string_view request) {
  std::string rest;
  Answer answer;
  if (!client->send(request)) return {};
  while (!take_answer(&rest, false, &answer))
    if (!client->receive(&rest)) return {};
  return answer;
}

// --- who answers ---

TEST(Lanes, EachAnswersItsOwnAndAConnectionGoesToAndFro) {
  Shared shared;
  const auto server = start_lanes(&shared);
  RawClient client(server->port());
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(ask(&client, post("/check", "a")).body, "0:a");
    EXPECT_EQ(ask(&client, post("/bulk", "b")).body, "1:b");
    EXPECT_EQ(ask(&client, post("/bulk", "c")).body, "1:c");
    EXPECT_EQ(ask(&client, post_in_chunks("/bulk", "defg")).body, "1:defg");
  }
  EXPECT_EQ(server->stats().connections_accepted, 1U);
  EXPECT_EQ(server->stats().requests, 80U);
}

TEST(Lanes, BulkWithoutABodyNeedsNoLane) {
  Shared shared;
  const auto server = start_lanes(&shared);
  RawClient client(server->port());
  EXPECT_EQ(ask(&client, post("/bulk", "")).body, "0:");
  EXPECT_EQ(ask(&client, "GET /bulk HTTP/1.1\r\nHost: a\r\n\r\n").body, "0:");
}

// Whichever lane the connection is in, and however much of the body has arrived.
TEST(Lanes, ABodyThatIsPassedOverEndsInEither) {
  Shared shared;
  const auto server = start_lanes(&shared);
  RawClient client(server->port());
  const std::string busy = post("/busy", std::string(300'000, 'x'));
  for (const std::string& first : {std::string(), post("/bulk", "b"), post("/check", "a")}) {
    for (const std::size_t at_once : {busy.size(), busy.size() / 2, busy.find("\r\n\r\n") + 4}) {
      ASSERT_TRUE(client.send(first + busy.substr(0, at_once)));
      std::string bytes;
      Answer answer;
      for (std::size_t left = first.empty() ? 1 : 2; left > 0; --left)
        while (!take_answer(&bytes, false, &answer)) ASSERT_TRUE(client.receive(&bytes));
      EXPECT_FALSE(answer.closes());
      ASSERT_TRUE(client.send(busy.substr(at_once)));
      EXPECT_EQ(ask(&client, post("/check", "c")).body, "0:c");
      EXPECT_EQ(ask(&client, post("/bulk", "d")).body, "1:d");
    }
  }
  EXPECT_EQ(server->stats().connections_accepted, 1U);
}

// Connections that were shed are polled up to the next tick: who leaves meanwhile is noticed, and
// who stays is served, before it and after it.
TEST(Lanes, WhoWasShedIsServedAndMayLeave) {
  Shared shared;
  ServerLimits limits;
  limits.tick = 1ms;  // as often as it is polled
  const auto server = start_lanes(&shared, 1, limits);
  const std::string busy = post("/busy", std::string(300'000, 'x'));
  for (int i = 0; i < 60; ++i) {
    RawClient client(server->port());
    for (int k = 0; k < 3; ++k) ASSERT_EQ(ask(&client, busy).body.substr(0, 2), "0:");
    ASSERT_TRUE(client.send(busy.substr(0, busy.size() / 2)));
    if (i % 3 == 0) client.reset();
    if (i % 3 == 1) client.half_close();
  }
  while (server->stats().connections_accepted < 60 || server->stats().connections_open() > 0)
    std::this_thread::sleep_for(1ms);
}

TEST(Lanes, PipelinedAnswersKeepTheirOrder) {
  Shared shared;
  const auto server = start_lanes(&shared);
  std::string requests;
  std::vector<std::string> wanted;
  for (int i = 0; i < 200; ++i) {
    const bool is_bulk = i % 3 == 1 || i % 7 == 2;
    const std::string body = std::to_string(i);
    requests += i % 5 == 0 ? post_in_chunks(is_bulk ? "/bulk" : "/check", body)
                           : post(is_bulk ? "/bulk" : "/check", body);
    wanted.push_back((is_bulk ? "1:" : "0:") + body);
  }
  std::string bytes = exchange(server->port(), requests);
  std::vector<std::string> got;
  for (const Answer& answer : take_answers(&bytes)) got.push_back(answer.body);
  EXPECT_EQ(got, wanted);
}

TEST(Lanes, RequestsMayBeCutAnywhere) {
  Shared shared;
  const auto server = start_lanes(&shared);
  const std::string requests = post("/check", "a") + post("/bulk", "bb") +
                               post_in_chunks("/bulk", "cc") + post("/check", "d");
  for (std::size_t cut = 1; cut < requests.size(); ++cut) {
    RawClient client(server->port());
    ASSERT_TRUE(client.send(requests.substr(0, cut)));
    std::this_thread::yield();
    ASSERT_TRUE(client.send(requests.substr(cut)));
    client.half_close();
    std::string bytes = client.receive_all();
    std::string bodies;
    for (const Answer& answer : take_answers(&bytes)) bodies += answer.body + " ";
    ASSERT_EQ(bodies, "0:a 1:bb 1:cc 0:d ") << cut;
  }
}

// --- one lane stands still ---

TEST(Lanes, SingleRequestsGoOnWhileBulkStandsStillAndSeeHowMuchWaits) {
  Shared shared;
  const auto server = start_lanes(&shared);
  shared.bulk.close();
  std::vector<std::unique_ptr<RawClient>> bulk;
  for (int i = 0; i < 5; ++i) {
    bulk.push_back(std::make_unique<RawClient>(server->port()));
    ASSERT_TRUE(bulk.back()->send(post("/bulk", "b")));
  }
  RawClient client(server->port());
  // Once all five have arrived, one has begun and four wait.
  while (shared.waiting_seen < 4) ASSERT_EQ(ask(&client, post("/check", "a")).body, "0:a");
  shared.bulk.open();
  for (const auto& waiting : bulk) {
    std::string bytes;
    Answer answer;
    while (!take_answer(&bytes, false, &answer)) ASSERT_TRUE(waiting->receive(&bytes));
    EXPECT_EQ(answer.body, "1:b");
  }
}

// As behind a proxy, whose connections carry any kind of request.
TEST(Lanes, AConnectionThatHadBulkDoesNotWaitForThatOfOthers) {
  Shared shared;
  const auto server = start_lanes(&shared);
  RawClient client(server->port());
  EXPECT_EQ(ask(&client, post("/bulk", "b")).body, "1:b");
  shared.bulk.close();
  std::vector<std::unique_ptr<RawClient>> bulk;
  for (int i = 0; i < 5; ++i) {
    bulk.push_back(std::make_unique<RawClient>(server->port()));
    ASSERT_TRUE(bulk.back()->send(post("/bulk", "b")));
  }
  RawClient other(server->port());
  while (shared.waiting_seen < 4) ASSERT_EQ(ask(&other, post("/check", "a")).body, "0:a");
  EXPECT_EQ(ask(&client, post("/check", "a")).body, "0:a");
  shared.bulk.open();
}

TEST(Lanes, PeersThatLeaveWhileTheyWaitLeaveNothing) {
  Shared shared;
  const auto server = start_lanes(&shared);
  shared.bulk.close();
  for (int i = 0; i < 20; ++i) {
    RawClient client(server->port());
    ASSERT_TRUE(client.send(post("/bulk", "b") + post("/check", "a")));
    if (i % 2 == 0) client.reset();
  }
  shared.bulk.open();
  while (server->stats().connections_accepted < 20 || server->stats().connections_open() > 0)
    std::this_thread::sleep_for(1ms);
}

// --- the end ---

// Clients change lanes with every request while the server drains: each request sent on an accepted
// connection gets its answer.
TEST(LanesDrain, DropsNoAnswerBetweenThem) {
  constexpr std::size_t kClients = 8;
  ServerLimits limits;
  limits.drain_idle_grace = 1min;  // a client may wait for a CPU between two requests
  for (int round = 0; round < 10; ++round) {
    Shared shared;
    const auto server = start_lanes(&shared, 2, limits);
    std::atomic<std::size_t> answered{0};
    std::atomic<std::size_t> dropped{0};
    std::vector<std::thread> clients;
    for (std::size_t i = 0; i < kClients; ++i) {
      clients.emplace_back([&, i] {
        RawClient client(server->port());
        bool is_bulk = i % 2 == 0;
        for (bool is_open = client.is_connected(); is_open; is_bulk = !is_bulk) {
          const Answer answer = ask(&client, post(is_bulk ? "/bulk" : "/check", "a"));
          ++(answer.status == 200 ? answered : dropped);
          is_open = answer.status == 200 && !answer.closes();
        }
      });
    }
    while (answered < 200 || server->stats().connections_accepted < kClients)
      std::this_thread::sleep_for(1ms);
    EXPECT_TRUE(server->drain(1min));
    for (auto& client : clients) client.join();
    EXPECT_EQ(dropped, 0U);
  }
}

TEST(LanesDrain, CutsOffWhatIsOnItsWay) {
  Shared shared;
  auto server = start_lanes(&shared);
  shared.bulk.close();
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 5; ++i) {
    clients.push_back(std::make_unique<RawClient>(server->port()));
    ASSERT_TRUE(clients.back()->send(post("/bulk", "b")));
  }
  RawClient client(server->port());
  while (shared.waiting_seen < 4) ASSERT_EQ(ask(&client, post("/check", "a")).body, "0:a");
  std::thread opener([&] {  // once the drain has begun
    while (RawClient(server->port()).is_connected()) std::this_thread::sleep_for(1ms);
    shared.bulk.open();
  });
  server->drain(0ms);
  opener.join();
  EXPECT_EQ(server->stats().connections_open(), 0U);
}

// --- the gate's own lanes ---

TEST(GateLanes, BatchesAndStreamsAreBulkAndNothingElse) {
  test::GateDriver gate;
  struct {
    Method method;
    std::string_view path;
    bool is_bulk;
  } const rows[] = {
      {Method::kPost, "/v1/checks", true},
      {Method::kPost, "/v1/checks:stream", true},
      {Method::kGet, "/v1/checks", false},
      {Method::kPost, "/v1/check", false},
      {Method::kPost, "/v1/checksum", false},
      {Method::kPost, "/v1/authz", false},
      {Method::kPost, "/access/v1/evaluations", true},
      {Method::kPost, "/access/v1/evaluation", false},
      {Method::kGet, "/livez", false},
  };
  for (const auto& row : rows) {
    Request request;
    request.method = row.method;
    request.path = row.path;
    EXPECT_EQ(gate.service().is_bulk(request), row.is_bulk) << row.path;
  }
}

TEST(GateLanes, BulkIsRefusedBeforeItsBodyWhileADozenWaits) {
  test::GateDriver gate;
  std::atomic<std::size_t> waiting{kBulkWaitingMax - 1};
  gate.service().watch_bulk_lane(&waiting);
  Request head;
  head.method = Method::kPost;
  for (const std::string_view path : {"/v1/checks", "/v1/checks:stream"}) {
    head.path = path;
    waiting = kBulkWaitingMax - 1;
    gate.service().batch_begins(0ns);
    EXPECT_GT(gate.service().body_bytes_max(head), 0U) << path;
    ++waiting;
    EXPECT_GT(gate.service().body_bytes_max(head), 0U) << "the same for all of one read";
    gate.service().batch_begins(0ns);
    EXPECT_EQ(gate.service().body_bytes_max(head), 0U) << path;
    const test::Answer refused = gate.post(path, "");
    EXPECT_EQ(refused.status, 503U) << path;
    EXPECT_NE(refused.field("Retry-After"), "none");
  }
  EXPECT_EQ(gate.get("/livez").status, 200U);
}

}  // namespace
}  // namespace beian::http
