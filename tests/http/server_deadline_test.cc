// The server and slow peers: heads, bodies, silence, answers that nobody reads. Deadlines are
// shortened; no test asserts how long anything took.
#include "gate/http/server.h"

#include <gtest/gtest.h>

#include <thread>

#include "tests/http/hasty_server.h"
#include "tests/http/raw_client.h"

namespace beian::http {
namespace {

using namespace std::chrono_literals;

TEST(Deadline, SlowHeadIs408) {
  const auto server = start_echo_server(hasty_limits());
  RawClient client(server->port());
  client.send("GET /__echo HTTP/1.1\r\nHo");
  std::string bytes = client.receive_all();
  const auto answers = take_answers(&bytes);
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(answers[0].status, 408u);
  EXPECT_TRUE(answers[0].closes());
}

TEST(Deadline, HeadOfManyQuickPiecesIs408AsAWhole) {
  const auto server = start_echo_server(hasty_limits());
  RawClient client(server->port());
  client.send("GET /__echo HTTP/1.1\r\nX: ");
  std::thread dripper([&] {
    while (client.send("a")) std::this_thread::sleep_for(5ms);
  });
  std::string bytes = client.receive_all();
  dripper.join();
  EXPECT_TRUE(bytes.starts_with("HTTP/1.1 408 ")) << bytes;
}

TEST(Deadline, SlowBodyIs408) {
  const auto server = start_echo_server(hasty_limits());
  for (const char* framing :
       {"Content-Length: 9\r\n\r\nhello", "Transfer-Encoding: chunked\r\n\r\n5\r\nhel"}) {
    RawClient client(server->port());
    client.send(std::string("POST /__echo HTTP/1.1\r\nHost: a\r\n") + framing);
    EXPECT_TRUE(client.receive_all().starts_with("HTTP/1.1 408 ")) << framing;
  }
}

TEST(Deadline, TricklingBodyIs408LongBeforeItsOwnDeadline) {
  ServerLimits limits = hasty_limits();
  limits.body_deadline = 1h;
  limits.body_rate_grace = 50ms;
  limits.body_bytes_per_second_min = 100'000;
  const auto server = start_echo_server(limits);
  RawClient client(server->port());
  client.send("POST /__echo HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n");
  std::thread dripper([&] {
    while (client.send("a")) std::this_thread::sleep_for(5ms);
  });
  std::string bytes = client.receive_all();
  dripper.join();
  EXPECT_TRUE(bytes.starts_with("HTTP/1.1 408 ")) << bytes;
}

TEST(Deadline, IdleConnectionIsClosedInSilence) {
  ServerLimits limits = hasty_limits();
  limits.idle_deadline = 100ms;
  const auto server = start_echo_server(limits);
  RawClient fresh(server->port());
  EXPECT_EQ(fresh.receive_all(), "");
  // On a busy machine a connection may be closed before we send on it; then another one is used.
  std::string bytes;
  for (int tries = 0; tries < 100 && bytes.empty(); ++tries) {
    RawClient used(server->port());
    used.send(kGet);
    bytes = used.receive_all();
  }
  EXPECT_EQ(take_answers(&bytes).size(), 1u);
  EXPECT_EQ(bytes, "");
}

TEST(Deadline, PeerThatDoesNotReadIsClosed) {
  const auto server = start_echo_server(hasty_limits());
  RawClient client(server->port());
  const std::string requests = repeat(kGet, 100'000);
  std::thread sender([&] {
    while (client.send(requests)) {
    }
  });
  sender.join();  // returns when the server closes the connection
  while (server->stats().connections_open() > 0) std::this_thread::sleep_for(5ms);
  EXPECT_GT(server->stats().timeouts, 0u);
}

}  // namespace
}  // namespace beian::http
