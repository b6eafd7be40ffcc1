// Every row of messages.h against a real server over loopback, and against a Session with the input
// cut at every byte: answers must not depend on how the bytes arrive.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/http/messages.h"
#include "tests/http/raw_client.h"
#include "tests/http/session_bench.h"

namespace beian::http {
namespace {

std::vector<unsigned> statuses_of(const std::vector<Answer>& answers) {
  std::vector<unsigned> statuses;
  for (const Answer& answer : answers) statuses.push_back(answer.status);
  return statuses;
}

class Conformance : public testing::TestWithParam<Message> {
 protected:
  static void SetUpTestSuite() { server_ = start_echo_server().release(); }
  static void TearDownTestSuite() { delete server_; }

  static inline Server* server_ = nullptr;
};

TEST_P(Conformance, ServerAnswersAsSpecified) {
  const Message& message = GetParam();
  std::string bytes = exchange(server_->port(), message.bytes);
  const std::vector<Answer> answers = take_answers(&bytes);
  EXPECT_EQ(statuses_of(answers), message.statuses) << message;
  EXPECT_EQ(bytes, "") << "nothing but answers";
  if (answers.empty()) return;
  EXPECT_EQ(answers.back().closes(), message.closes) << answers.back().head;
  for (const Answer& answer : answers) {
    EXPECT_TRUE(answer.has("\r\nDate: ")) << answer.head;
    EXPECT_TRUE(answer.has("\r\nServer: beian-gate\r\n")) << answer.head;
    EXPECT_TRUE(answer.has("\r\nContent-Length: ")) << answer.head;
    if (answer.status >= 400) {
      EXPECT_TRUE(answer.has("\r\nContent-Type: application/problem+json\r\n")) << answer.head;
    }
  }
}

std::string without_continue(std::string output) {
  const std::size_t at = output.find(kContinueAnswer);
  if (at != std::string::npos) output.erase(at, kContinueAnswer.size());
  return output;
}

TEST_P(Conformance, EverySplitInTwoGivesTheSameAnswers) {
  const std::string& bytes = GetParam().bytes;
  SessionBench whole;
  whole.receive(bytes);
  // The middle of a long message is padding, so there every 97th byte has to do.
  const std::size_t step = bytes.size() > 2'000 ? 97 : 1;
  for (std::size_t cut = 0; cut < bytes.size(); cut += step) {
    SessionBench split;
    split.receive(std::string_view(bytes).substr(0, cut));
    split.receive(std::string_view(bytes).substr(cut));
    ASSERT_EQ(without_continue(split.output()), whole.output()) << "cut at byte " << cut;
  }
}

TEST_P(Conformance, SingleBytesGiveTheSameAnswers) {
  const std::string& bytes = GetParam().bytes;
  SessionBench whole;
  whole.receive(bytes);
  SessionBench split;
  for (std::size_t i = 0; i < bytes.size(); ++i) split.receive({&bytes[i], 1});
  EXPECT_EQ(without_continue(split.output()), whole.output());
}

INSTANTIATE_TEST_SUITE_P(Messages, Conformance, testing::ValuesIn(all_messages()),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(ConformanceTable, HoldsAtLeast150Messages) {
  EXPECT_GE(all_messages().size(), 150u);
}

// Chunks of 3, 1, 4, … bytes with extensions and trailers, cut into three at every pair of offsets.
TEST(ChunkedBody, IsJoinedInEverySplitting) {
  const std::string body = "the quick brown fox";
  const std::string bytes =
      "POST /__echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nthe\r\n1;x=y\r\n \r\n00F\r\nquick brown fox\r\n0\r\nTrailer: t\r\n\r\n";
  for (std::size_t first = 0; first < bytes.size(); ++first) {
    for (std::size_t second = first; second < bytes.size(); ++second) {
      SessionBench bench;
      bench.receive(std::string_view(bytes).substr(0, first));
      bench.receive(std::string_view(bytes).substr(first, second - first));
      bench.receive(std::string_view(bytes).substr(second));
      ASSERT_TRUE(bench.output().ends_with("\r\n\r\n" + body)) << first << ", " << second;
    }
  }
}

TEST(ChunkedBody, OneByteChunksUpToTheLimitAreJoined) {
  std::string bytes = "POST /__echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  std::string body;
  for (std::size_t i = 0; i < limits::kBodyBytesMax; ++i) {
    body.push_back(static_cast<char>('a' + i % 26));
    bytes.append("1\r\n").append(1, body.back()).append("\r\n");
  }
  SessionBench bench;
  bench.receive(bytes + "0\r\n\r\n");
  std::string output = bench.output();
  const std::vector<Answer> answers = take_answers(&output);
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(answers[0].status, 200u);
  EXPECT_EQ(answers[0].body, body);
}

// The head's views must follow the buffer when a large body makes it grow.
TEST(LengthBody, LargestBodyComesBackWhole) {
  std::string body(limits::kBodyBytesMax, 'x');
  body.front() = '<';
  body.back() = '>';
  SessionBench bench;
  bench.receive("POST /__echo?q HTTP/1.1\r\nHost: a\r\nContent-Length: " +
                std::to_string(body.size()) + "\r\n\r\n" + body);
  std::string output = bench.output();
  const std::vector<Answer> answers = take_answers(&output);
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(answers[0].body, body);
}

TEST(Session, AsksForAWantedBodyOnceAndOnlyOnHttp11) {
  constexpr std::string_view kFields =
      "Host: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
  SessionBench bench;
  bench.receive(std::string("POST /__echo HTTP/1.1\r\n").append(kFields));
  EXPECT_EQ(bench.output(), kContinueAnswer);
  bench.receive("h");
  EXPECT_EQ(bench.output(), kContinueAnswer) << "not again";
  bench.receive("i");
  EXPECT_TRUE(bench.output().ends_with("\r\n\r\nhi"));

  SessionBench old;
  old.receive(std::string("POST /__echo HTTP/1.0\r\n").append(kFields));
  EXPECT_EQ(old.output(), "");

  SessionBench unwanted;
  unwanted.receive(std::string("POST /unknown HTTP/1.1\r\n").append(kFields));
  EXPECT_TRUE(unwanted.output().starts_with("HTTP/1.1 404 ")) << unwanted.output();
}

// The client of a HEAD expects no body, and would take one for the next answer.
TEST(Session, ARefusedHeadHasNoBodyEither) {
  for (const std::string_view head :
       {"HEAD /__echo HTTP/2.0\r\nHost: a\r\n\r\n", "HEAD /__echo HTTP/1.1\r\n\r\n",
        "HEAD /__echo HTTP/1.1\r\nHost: a\r\nA : b\r\n\r\n", "HEAD /__echo HTTP/1.1\r\nHost: a\n",
        "HEAD # HTTP/1.1\r\nHost: a\r\n\r\n"}) {
    SessionBench bench;
    bench.receive(head);
    EXPECT_TRUE(bench.output().starts_with("HTTP/1.1 400 ") ||
                bench.output().starts_with("HTTP/1.1 505 "))
        << head;
    EXPECT_TRUE(bench.output().ends_with("\r\n\r\n")) << bench.output();
  }
  SessionBench get;
  get.receive("HEAD /__echo HTTP/1.1\r\nHost: a\r\n\r\n");
  get.forget_output();
  get.receive("GET /__echo HTTP/1.1\r\nA : b\r\n\r\n");
  EXPECT_TRUE(get.output().ends_with("}")) << "of the request before nothing is left";
}

class IdService final : public Service {
 public:
  std::size_t body_bytes_max(const Request&) const override { return 8 * 1024 * 1024; }
  void answer(const Request&, Response*) override {}
  void refuse(const Request& request, const Refusal& refusal, Response* response) override {
    answer_refusal(refusal, response);
    response->add_field("X-Request-ID", request.field("X-Request-ID"));
  }
};

// Goal: a refusal shows the fields of its own request, even after the buffer has moved. Method:
// bodies of every size across several doublings of the buffer, and then as much as is read ahead
// for one, so that the very read that finds nothing also moves the bytes.
TEST(Session, ABodyThatStaysOutIsRefusedWithItsOwnHead) {
  const std::string head = "POST /a HTTP/1.1\r\nHost: a\r\nX-Request-ID: mine\r\n";
  const auto refused = [&](const std::string& bytes) {
    SessionBench bench(std::make_unique<IdService>());
    bench.receive(bytes);
    bench.be_slow();
    const bool is_right = bench.output().starts_with("HTTP/1.1 408 ") &&
                          bench.output().find("\r\nX-Request-ID: mine\r\n") != std::string::npos;
    EXPECT_TRUE(is_right) << bytes.size() << bench.output();
    return is_right;
  };
  const std::string chunks = head + "Transfer-Encoding: chunked\r\n\r\n";
  for (std::size_t size = 1; size < 17 * 1024; ++size)
    ASSERT_TRUE(refused(chunks + "5000\r\n" + std::string(size, 'x')));
  const std::string length = head + "Content-Length: 4000000\r\n\r\n";
  ASSERT_TRUE(refused(length + std::string(1024 * 1024, 'x')));
  ASSERT_TRUE(
      refused(length + std::string(2 * (length.size() + 1024 * 1024) - length.size(), 'x')));
}

TEST(Session, KeepsSmallBuffersOfAConnectionThatIsGone) {
  const ServerLimits limits;
  IdService service;
  WorkerStats stats;
  WorkerState state{limits, service, stats, {}, {}, false};
  Session session(&state);
  session.start("192.0.2.1");
  const std::string head = "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 8000000\r\n\r\n";
  head.copy(session.room().data(), head.size());
  session.received(head.size());
  session.proceed();
  EXPECT_GT(session.room().size(), 1'000'000U);
  session.end();
  EXPECT_LE(session.room().size(), limits::kBuffersKeptBytesMax);
}

}  // namespace
}  // namespace beian::http
