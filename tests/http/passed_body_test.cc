// Unwanted bodies of requests that are answered all the same: a busy gate says so at once, discards
// the rest, and goes on with the next request of the connection.
#include <gtest/gtest.h>

#include <thread>

#include "tests/http/hasty_server.h"
#include "tests/http/raw_client.h"
#include "tests/http/session_bench.h"

namespace beian::http {
namespace {

using namespace std::chrono_literals;

std::string busy(const std::string& fields, std::string_view body,
                 std::string_view version = "1.1") {
  return "POST /__busy HTTP/" + std::string(version) + "\r\nHost: a\r\n" + fields + "\r\n" +
         std::string(body);
}

std::string busy_with_length(std::string_view body) {
  return busy("Content-Length: " + std::to_string(body.size()) + "\r\n", body);
}

std::vector<unsigned> statuses(std::string output) {
  std::vector<unsigned> statuses;
  for (const Answer& answer : take_answers(&output)) statuses.push_back(answer.status);
  return statuses;
}

// A body that looks like a request is not taken for one.
TEST(PassedBody, IsNoRequestHoweverItIsCut) {
  const std::string bytes = busy_with_length("GET /__echo HTTP/1.1\r\nHost: a\r\n\r\n") +
                            std::string(kGet) + busy_with_length("x") + busy_with_length("") +
                            std::string(kGet);
  const std::vector<unsigned> expected{503, 200, 503, 503, 200};
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    SessionBench bench;
    bench.receive(bytes.substr(0, cut));
    bench.receive(bytes.substr(cut));
    EXPECT_EQ(statuses(bench.output()), expected) << cut;
    EXPECT_EQ(bench.output().find("Connection: close"), std::string::npos) << cut;
  }
  SessionBench bench;
  for (const char byte : bytes) bench.receive({&byte, 1});
  EXPECT_EQ(statuses(bench.output()), expected);
}

TEST(PassedBody, EndsTheConnectionWhereItMayNotComeOrNotEnd) {
  const std::string next(kGet);
  const struct {
    const char* why;
    std::string bytes;
  } rows[] = {
      {"its sender has asked whether to send it",
       busy("Expect: 100-continue\r\nContent-Length: 1\r\n", "")},
      {"chunks", busy("Transfer-Encoding: chunked\r\n", "1\r\na\r\n0\r\n\r\n")},
      {"too long",
       busy("Content-Length: " + std::to_string(limits::kLingerBytesMax + 1) + "\r\n", "a")},
      {"the peer's wish", busy("Connection: close\r\nContent-Length: 1\r\n", "a")},
      {"HTTP/1.0", busy("Content-Length: 1\r\n", "a", "1.0")},
      {"an answer that does not say so",
       "POST /unknown HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\na"},
  };
  for (const auto& row : rows) {
    SessionBench bench;
    bench.receive(row.bytes + next);
    std::string output = bench.output();
    const std::vector<Answer> answers = take_answers(&output);
    ASSERT_EQ(answers.size(), 1U) << row.why;
    EXPECT_TRUE(answers[0].closes()) << row.why;
  }
}

TEST(PassedBody, OfMegabytesLeavesTheConnectionToTheNextRequest) {
  const auto server = start_echo_server();
  RawClient client(server->port());
  const std::string body(3'000'000, 'a');
  for (int i = 0; i < 5; ++i) {
    std::thread sender([&] { client.send(busy_with_length(body) + std::string(kGet)); });
    std::string bytes;
    Answer answer;
    for (const unsigned status : {503U, 200U}) {
      while (!take_answer(&bytes, false, &answer)) ASSERT_TRUE(client.receive(&bytes));
      EXPECT_EQ(answer.status, status);
      EXPECT_FALSE(answer.closes());
    }
    sender.join();
  }
  EXPECT_EQ(server->stats().connections_accepted, 1U);
}

// The answer comes before the body. A second answer, saying that the body was late, would be taken
// for the answer to the next request.
TEST(PassedBody, ThatDoesNotComeEndsTheConnectionInSilence) {
  const auto server = start_echo_server(hasty_limits());
  RawClient client(server->port());
  client.send(busy("Content-Length: 9\r\n", "hello"));
  EXPECT_EQ(statuses(client.receive_all()), std::vector<unsigned>{503});
  EXPECT_EQ(server->stats().timeouts, 1U);
}

TEST(PassedBody, EndsWithItsSender) {
  const auto server = start_echo_server();
  std::string bytes = exchange(server->port(), busy("Content-Length: 9\r\n", "hello"));
  EXPECT_EQ(statuses(bytes), std::vector<unsigned>{503});
  while (server->stats().connections_open() > 0) std::this_thread::sleep_for(1ms);
}

}  // namespace
}  // namespace beian::http
