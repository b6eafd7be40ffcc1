// The server as its peers see it: pipelining, limits, half-closed and reset connections, drain.
// Slow peers are in server_deadline_test.cc. Deadlines are shortened; no test asserts how long
// anything took.
#include "gate/http/server.h"

#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "tests/http/hasty_server.h"
#include "tests/http/raw_client.h"

namespace beian::http {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kLast = "GET /__echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

// Reads until one answer is complete.
Answer receive_answer(RawClient* client, std::string* rest, bool is_to_head = false) {
  Answer answer;
  while (!take_answer(rest, is_to_head, &answer)) {
    if (!client->receive(rest)) return {};
  }
  return answer;
}

TEST(Pipelining, SixteenRequestsAreAnsweredInOrder) {
  const auto server = start_echo_server();
  std::string requests;
  for (int i = 0; i < 16; ++i) {
    const std::string body = "body " + std::to_string(i);
    requests +=
        "POST /__echo HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) +
        "\r\n\r\n" + body;
  }
  std::string bytes = exchange(server->port(), requests);
  const auto answers = take_answers(&bytes);
  ASSERT_EQ(answers.size(), 16u);
  for (std::size_t i = 0; i < 16; ++i) EXPECT_EQ(answers[i].body, "body " + std::to_string(i));
}

TEST(Pipelining, NothingBehindARefusedRequestIsParsed) {
  const auto server = start_echo_server();
  std::string bytes =
      exchange(server->port(), repeat(kGet, 7) + "GET / HTTP/1.1\r\n\r\n" + repeat(kGet, 8));
  const auto answers = take_answers(&bytes);
  ASSERT_EQ(answers.size(), 8u);
  EXPECT_EQ(answers[6].status, 200u);
  EXPECT_EQ(answers[7].status, 400u);
  EXPECT_TRUE(answers[7].closes());
  EXPECT_EQ(server->stats().requests, 7u);
}

// Far more answers than one output buffer and the socket buffer hold, to a peer that reads late.
TEST(Pipelining, AnswersBeyondTheSocketBufferArrive) {
  const auto server = start_echo_server();
  constexpr std::size_t kCount = 200'000;
  RawClient client(server->port());
  std::thread sender([&] { client.send(repeat(kGet, kCount - 1) + std::string(kLast)); });
  std::this_thread::sleep_for(100ms);
  const std::string bytes = client.receive_all();
  sender.join();
  std::size_t count = 0;
  for (std::size_t at = 0; (at = bytes.find("\r\n\r\necho\n", at)) != std::string::npos; ++at)
    ++count;
  EXPECT_EQ(count, kCount);
}

TEST(Methods, HeadHasTheFieldsOfGetAndNoBody) {
  const auto server = start_echo_server();
  std::string of_get = exchange(server->port(), kGet);
  std::string of_head = exchange(server->port(), "HEAD /__echo HTTP/1.1\r\nHost: a\r\n\r\n");
  const auto get = take_answers(&of_get);
  const auto head = take_answers(&of_head, true);
  ASSERT_EQ(head.size(), 1u);
  EXPECT_EQ(of_head, "") << "no body";
  EXPECT_TRUE(head[0].has("\r\nContent-Length: 5\r\n"));
  EXPECT_TRUE(get[0].has("\r\nContent-Length: 5\r\n"));
  EXPECT_TRUE(head[0].has("\r\nContent-Type: text/plain"));
}

TEST(Methods, KnownButNotOfferedNamesWhatIs) {
  const auto server = start_echo_server();
  std::string bytes = exchange(server->port(), "PUT /__echo HTTP/1.1\r\nHost: a\r\n\r\n");
  const auto answers = take_answers(&bytes);
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(answers[0].status, 405u);
  EXPECT_TRUE(answers[0].has("\r\nAllow: GET, HEAD, OPTIONS, POST\r\n"));
}

TEST(Http10, IsToldThatTheConnectionStays) {
  const auto server = start_echo_server();
  std::string bytes =
      exchange(server->port(), "GET /__echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const auto answers = take_answers(&bytes);
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_TRUE(answers[0].has("\r\nConnection: keep-alive\r\n"));
}

TEST(Refusal, ReachesAPeerThatIsStillSendingTenMegabytes) {
  ServerLimits limits;
  limits.linger_deadline = 1min;
  const auto server = start_echo_server(limits);
  RawClient client(server->port());
  EXPECT_TRUE(client.send("GET /__echo HTTP/1.1\r\nHost: a\r\nX: " + std::string(10'000'000, 'a')));
  client.half_close();
  std::string bytes = client.receive_all();
  const auto answers = take_answers(&bytes);
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(answers[0].status, 431u);
  EXPECT_TRUE(answers[0].closes());
}

TEST(Refusal, OfALongBodyComesBeforeTheBody) {
  const auto server = start_echo_server();
  RawClient client(server->port());
  client.send("POST /__echo HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n");
  std::string bytes;
  EXPECT_EQ(receive_answer(&client, &bytes).status, 413u);
}

TEST(Refusal, LingersNoLongerThanItsDeadline) {
  const auto server = start_echo_server(hasty_limits());
  RawClient client(server->port());
  client.send("BAD\r\n");
  std::string bytes = client.receive_all();  // ends with the server's half-close
  EXPECT_EQ(take_answers(&bytes).size(), 1u);
  while (server->stats().connections_open() > 0) std::this_thread::sleep_for(5ms);
}

TEST(Limits, AddressHoldsNoMoreThanItsConnections) {
  ServerLimits limits;
  limits.connections_per_address_max = 4;
  const auto server = start_echo_server(limits, 2);
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 4; ++i) {
    clients.push_back(std::make_unique<RawClient>(server->port()));
    clients.back()->send(kGet);
    std::string bytes;
    EXPECT_EQ(receive_answer(clients.back().get(), &bytes).status, 200u);
  }
  RawClient fifth(server->port());
  fifth.send(kGet);
  EXPECT_EQ(fifth.receive_all(), "");
  EXPECT_EQ(server->stats().connections_over_limit, 1u);

  clients.pop_back();
  while (server->stats().connections_open() > 3) std::this_thread::sleep_for(1ms);
  EXPECT_NE(exchange(server->port(), kLast), "") << "a place became free";
}

TEST(Sockets, HalfClosedPeerStillGetsItsAnswers) {
  const auto server = start_echo_server();
  std::string bytes = exchange(server->port(), repeat(kGet, 3));
  EXPECT_EQ(take_answers(&bytes).size(), 3u);
}

TEST(Sockets, ResetsLeaveTheServerServing) {
  const auto server = start_echo_server();
  for (const std::string& sent :
       {std::string(), std::string(kGet), std::string("GET /"), repeat(kGet, 10'000)}) {
    RawClient client(server->port());
    client.send(sent);
    client.reset();
  }
  std::string bytes = exchange(server->port(), kGet);
  EXPECT_EQ(take_answers(&bytes).size(), 1u);
  while (server->stats().connections_open() > 0) std::this_thread::sleep_for(1ms);
}

TEST(Sockets, EveryByteOnItsOwnIsAnswered) {
  const auto server = start_echo_server();
  RawClient client(server->port());
  for (const char& c : std::string(kLast)) client.send({&c, 1});
  std::string bytes = client.receive_all();
  EXPECT_EQ(take_answers(&bytes).size(), 1u);
}

std::size_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::size_t total = 0;
  std::size_t resident = 0;
  statm >> total >> resident;
  return resident * 4096;
}

TEST(Memory, HundredThousandsOfRequestsOnOneConnectionDoNotGrow) {
#ifdef BEIAN_SANITIZED
  constexpr std::size_t kRounds = 50;
  constexpr std::size_t kGrowthBytesMax = 64 * 1024 * 1024;  // for shadow memory and quarantine
#else
  constexpr std::size_t kRounds = 3'000;
  constexpr std::size_t kGrowthBytesMax = 4 * 1024 * 1024;
#endif
  const auto server = start_echo_server();
  RawClient client(server->port());
  const std::string batch = repeat(kGet, 100);
  std::string bytes;
  std::size_t before = 0;
  std::size_t answers_count = 0;
  for (std::size_t round = 0; round < kRounds; ++round) {
    if (round == 10) before = resident_bytes();
    ASSERT_TRUE(client.send(batch));
    for (int i = 0; i < 100; ++i) answers_count += receive_answer(&client, &bytes).status == 200;
  }
  EXPECT_EQ(answers_count, kRounds * 100);
  EXPECT_LT(resident_bytes(), before + kGrowthBytesMax);
}

// Clients send requests until they are told to close, while the server drains: each request sent on
// an accepted connection gets its answer.
TEST(Drain, DropsNoAnswerUnderLoad) {
  constexpr std::size_t kClients = 8;
  ServerLimits limits;
  limits.drain_idle_grace = 1min;  // a client may wait for a CPU between two requests
  const auto server = start_echo_server(limits, 2);
  std::atomic<std::size_t> answered{0};
  std::atomic<std::size_t> dropped{0};
  std::vector<std::thread> clients;
  for (std::size_t i = 0; i < kClients; ++i) {
    clients.emplace_back([&] {
      RawClient client(server->port());
      std::string bytes;
      for (bool is_open = client.is_connected(); is_open;) {
        const bool is_sent = client.send(kGet);
        const Answer answer = receive_answer(&client, &bytes);
        ++(is_sent && answer.status == 200 ? answered : dropped);
        is_open = answer.status == 200 && !answer.closes();
      }
    });
  }
  while (answered < 1'000 || server->stats().connections_accepted < kClients)
    std::this_thread::sleep_for(1ms);
  EXPECT_TRUE(server->drain(1min));
  for (auto& client : clients) client.join();
  EXPECT_EQ(dropped, 0u);
  EXPECT_GE(answered, 1'000u);
}

TEST(Drain, RequestUnderWayIsAnsweredAndIdleConnectionsAreClosed) {
  ServerLimits limits;
  limits.tick = 10ms;
  limits.drain_idle_grace = 50ms;
  const auto server = start_echo_server(limits);
  RawClient idle(server->port());
  RawClient half(server->port());
  half.send("POST /__echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel");
  // Before its bytes are read the second one is idle, too.
  while (server->stats().connections_open() < 2 || server->stats().bytes_in == 0)
    std::this_thread::sleep_for(1ms);
  std::thread drainer([&] { EXPECT_TRUE(server->drain(1min)); });
  EXPECT_EQ(idle.receive_all(), "");
  half.send("lo");
  std::string bytes = half.receive_all();
  half.reset();
  drainer.join();
  const auto answers = take_answers(&bytes);
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(answers[0].body, "hello");
  EXPECT_TRUE(answers[0].closes());
  EXPECT_FALSE(RawClient(server->port()).is_connected());
}

TEST(Drain, CutsOffWhatOutlastsTheDeadline) {
  const auto server = start_echo_server();
  RawClient stuck(server->port());
  stuck.send("GET /__echo HT");
  while (server->stats().bytes_in == 0) std::this_thread::sleep_for(1ms);
  EXPECT_FALSE(server->drain(50ms));
  EXPECT_EQ(stuck.receive_all(), "");
}

TEST(Messages, ReachEveryWorkerOnItsOwnThread) {
  const auto server = start_echo_server({}, 2);
  std::atomic<int> reached{0};
  std::array<std::thread::id, 2> threads;
  for (unsigned i = 0; i < 2; ++i) {
    server->post(i, [&, i](Service&) {
      threads[i] = std::this_thread::get_id();
      ++reached;
    });
  }
  server->broadcast([&](Service&) { ++reached; });
  while (reached < 4) std::this_thread::sleep_for(1ms);
  server->drain(1s);
  EXPECT_NE(threads[0], threads[1]);
  EXPECT_NE(threads[0], std::this_thread::get_id());
}

TEST(Stats, CountRequestsAndRefusalsByStatus) {
  const auto server = start_echo_server();
  exchange(server->port(), repeat(kGet, 3));
  exchange(server->port(), "BAD\r\n");
  const ServerStats stats = server->stats();
  EXPECT_EQ(stats.requests, 3u);
  EXPECT_EQ(stats.refusals[0], 1u) << "400 is the first";
  EXPECT_EQ(stats.connections_accepted, 2u);
  EXPECT_GT(stats.bytes_in, 3 * kGet.size());
  EXPECT_GT(stats.bytes_out, stats.bytes_in);
}

TEST(Start, AddressInUseIsAConflictThatNamesIt) {
  const auto first = start_echo_server();
  ServerOptions options;
  options.address = first->address();
  options.clock = [] { return std::chrono::system_clock::now(); };
  const auto second =
      Server::start(options, [](unsigned) { return std::make_unique<EchoService>(); });
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::kConflict);
  EXPECT_NE(second.error().message.find(first->address().text()), std::string::npos);
}

}  // namespace
}  // namespace beian::http
