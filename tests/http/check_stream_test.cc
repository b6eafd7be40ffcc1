// `POST /v1/checks:stream`: the rows of a stream, however its bytes are cut, and a whole exchange
// through a Session with the gate's own service.
#include "gate/http/check_stream.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "cache/base/limits.h"
#include "gate/http/admission.h"
#include "gate/http/session.h"
#include "tests/http/gate_driver.h"

namespace beian::http::test {
namespace {

// Answers each row with its length; the row "bad" is a problem.
class Lengths final : public RowAnswers {
 public:
  std::optional<Effect> answer(std::string_view row, std::string* out) override {
    // The padding is guaranteed to be readable.
    const volatile char behind = row.data()[row.size() + limits::kBodyPaddingBytes - 1];
    static_cast<void>(behind);
    *out += std::to_string(row.size());
    if (row == "bad") return std::nullopt;
    return row.size() % 2 == 0 ? Effect::kAllow : Effect::kDeny;
  }
  void refuse_long(std::string* out) override { *out += "long"; }
  void describe_registry(std::string* out) override { *out += "{}"; }
};

// Feeds `text` in pieces of `piece_bytes`, each with the padding that a connection provides.
std::string streamed(std::string_view text, std::size_t piece_bytes) {
  CheckStream stream(std::make_unique<Lengths>());
  std::string all;
  std::string part;
  while (!text.empty()) {
    std::string piece(text.substr(0, piece_bytes));
    piece.append(limits::kBodyPaddingBytes, '\0');
    part.clear();
    const std::size_t taken =
        stream.take({piece.data(), piece.size() - limits::kBodyPaddingBytes}, &part);
    EXPECT_GT(taken, 0U);
    all += part;
    text.remove_prefix(taken);
  }
  part.clear();
  stream.finish(&part);
  return all + part;
}

// Checks that every row was announced by expect() beforehand, at most kRowsAhead at a time.
class Expecting final : public RowAnswers {
 public:
  explicit Expecting(std::size_t* answered) : answered_(*answered) {}

  void expect(std::string_view text) override {
    EXPECT_EQ(told_of_, 0U);
    const auto rows = static_cast<std::size_t>(std::ranges::count(text, '\n'));
    ASSERT_GT(rows, 0U);
    told_of_ = std::min(rows, kRowsAhead);
    next_ = text;
  }
  std::optional<Effect> answer(std::string_view row, std::string*) override {
    EXPECT_GT(told_of_, 0U);
    --told_of_;
    const std::string_view told = next_.substr(0, next_.find('\n'));
    EXPECT_TRUE(row.ends_with(told)) << "the beginning may have come earlier";
    next_.remove_prefix(told.size() + 1);
    ++answered_;
    return Effect::kAllow;
  }
  void refuse_long(std::string*) override {}
  void describe_registry(std::string* out) override { *out += "{}"; }

 private:
  std::size_t& answered_;
  std::size_t told_of_ = 0;
  std::string_view next_;
};

constexpr std::string_view kSummary =
    R"({"summary":{"rows":4,"allow":1,"deny":2,"review":0,"unknown":0,"problems":1,"registry":{}}})"
    "\n";

TEST(CheckStream, RowsAreToldOfBeforeTheyAreAnswered) {
  std::string text;
  for (int i = 0; i < 40; ++i) text += "row " + std::to_string(i) + "\n";
  for (const std::size_t piece_bytes : {std::size_t{5}, std::size_t{64}, text.size()}) {
    std::size_t answered = 0;
    CheckStream stream(std::make_unique<Expecting>(&answered));
    std::string out;
    for (std::size_t at = 0; at < text.size(); at += piece_bytes) {
      const std::string piece = text.substr(at, piece_bytes);
      EXPECT_EQ(stream.take(piece, &out), piece.size());
    }
    EXPECT_EQ(answered, 40U) << piece_bytes;
  }
}

TEST(CheckStream, RowsAreTheSameHoweverTheBytesAreCut) {
  const std::string_view text = "ab\n\n  \r\nabc\r\nbad\nlast1";
  const std::string wanted = "2\n3\n3\n5\n" + std::string(kSummary);
  for (std::size_t piece = 1; piece <= text.size(); ++piece)
    EXPECT_EQ(streamed(text, piece), wanted) << piece;
}

TEST(CheckStream, RowThatIsTooLongIsOneProblemAndTheRestGoesOn) {
  const std::string long_row(limits::kStreamLineBytesMax + 1, 'x');
  const std::string at_bound(limits::kStreamLineBytesMax, 'x');
  const std::string text = long_row + "\nab\n" + at_bound + "\n" + long_row;
  for (const std::size_t piece : {std::size_t{1000}, std::size_t{65'536}, text.size()}) {
    const std::string answer = streamed(text, piece);
    EXPECT_TRUE(answer.starts_with("long\n2\n65536\nlong\n{\"summary\":{\"rows\":4,")) << piece;
    EXPECT_NE(answer.find("\"problems\":2"), std::string::npos);
  }
}

TEST(CheckStream, ACarriageReturnBeforeTheEndDoesNotCount) {
  const std::string at_bound(limits::kStreamLineBytesMax, 'x');
  const std::string text =
      at_bound + "\r\n" + at_bound + "x\r\n" + at_bound + "x\n" + at_bound + "\r";
  for (const std::size_t piece : {std::size_t{1000}, std::size_t{65'537}, text.size()}) {
    const std::string answer = streamed(text, piece);
    EXPECT_TRUE(answer.starts_with("65536\nlong\nlong\n65536\n{\"summary\":{\"rows\":4,")) << piece;
  }
}

TEST(CheckStream, TakesNoMoreThanTheOutputHolds) {
  CheckStream stream(std::make_unique<Lengths>());
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += "ab\n";
  text.append(limits::kBodyPaddingBytes, '\0');
  std::string out;
  const std::size_t taken =
      stream.take({text.data(), text.size() - limits::kBodyPaddingBytes}, &out);
  EXPECT_LT(taken, text.size() / 2);
  EXPECT_LT(out.size(), limits::kOutputBytesHigh + 16);
}

TEST(CheckStream, EmptyBodyHasASummary) {
  EXPECT_TRUE(streamed("", 1).starts_with("{\"summary\":{\"rows\":0,"));
}

// A session over the gate's service, without a socket.
class StreamExchange : public testing::Test {
 protected:
  // All answers to `bytes`, received in pieces of `piece_bytes`.
  std::string answers_to(std::string_view bytes, std::size_t piece_bytes) {
    session_.start("192.0.2.1");
    std::string all;
    while (!bytes.empty() && !session_.is_over()) {
      const auto room = session_.room();
      const std::size_t count = std::min({room.size(), piece_bytes, bytes.size()});
      bytes.copy(room.data(), count);
      bytes.remove_prefix(count);
      session_.received(count);
      do {
        session_.proceed();
        all += session_.output();
        session_.output_sent();
      } while (session_.has_more());
    }
    return all;
  }

  // The chunks of the first answer in `all`, joined.
  static std::string joined(std::string_view all) {
    std::string body;
    all.remove_prefix(all.find("\r\n\r\n") + 4);
    for (;;) {
      const std::size_t size = std::stoul(std::string(all.substr(0, all.find('\r'))), nullptr, 16);
      all.remove_prefix(all.find('\n') + 1);
      if (size == 0) return body;
      body += all.substr(0, size);
      all.remove_prefix(size + 2);
    }
  }

  bool is_over() const { return session_.is_over(); }
  std::size_t room_bytes() { return session_.room().size(); }
  GateService& service() { return gate_.service(); }

 private:
  GateDriver gate_;
  ServerLimits limits_;
  WorkerStats stats_;
  WorkerState state_{limits_, gate_.service(), stats_, {}, {}, false};
  Session session_{&state_};
};

constexpr std::string_view kStreamRows =
    R"({"id":1,"operation":"distribute","filing_number":"京ICP备2099000000号-1A"})"
    "\nnot json\n"
    R"({"id":"b","operation":"distribute","filing_number":"京ICP备2099000000号-2A"})";

std::string in_chunks_of(std::string_view body, std::size_t chunk_bytes) {
  std::string out =
      "POST /v1/checks:stream HTTP/1.1\r\nHost: g\r\nContent-Type: application/x-ndjson\r\n"
      "Transfer-Encoding: chunked\r\n\r\n";
  std::array<char, 16> size;
  while (!body.empty()) {
    const std::string_view part = body.substr(0, chunk_bytes);
    std::snprintf(size.data(), size.size(), "%zx", part.size());
    out.append(size.data()).append("\r\n").append(part).append("\r\n");
    body.remove_prefix(part.size());
  }
  return out + "0\r\n\r\n";
}

TEST_F(StreamExchange, DecisionsComeInOrderHoweverTheRequestIsCut) {
  const std::string sized = "POST /v1/checks:stream HTTP/1.1\r\nHost: g\r\nContent-Length: " +
                            std::to_string(kStreamRows.size()) + "\r\n\r\n" +
                            std::string(kStreamRows);
  const std::string wanted = joined(answers_to(sized, sized.size()));
  EXPECT_TRUE(wanted.starts_with(R"({"id":1,"decision":)")) << wanted;
  EXPECT_NE(wanted.find("\n{\"id\":null,\"problem\":{"), std::string::npos) << wanted;
  EXPECT_NE(wanted.find("\n{\"id\":\"b\",\"decision\":"), std::string::npos) << wanted;
  EXPECT_NE(wanted.find(R"({"summary":{"rows":3,)"), std::string::npos) << wanted;
  for (std::size_t piece = 1; piece < sized.size(); ++piece)
    ASSERT_EQ(joined(answers_to(sized, piece)), wanted) << piece;
  for (const std::size_t chunk : {1, 7, 64, 1000})
    for (std::size_t piece = 1; piece < 300; ++piece)
      ASSERT_EQ(joined(answers_to(in_chunks_of(kStreamRows, chunk), piece)), wanted)
          << chunk << " " << piece;
}

TEST_F(StreamExchange, TheNextRequestIsAnsweredBehindTheStream) {
  const std::string all =
      answers_to(in_chunks_of(kStreamRows, 50) + "GET /livez HTTP/1.1\r\nHost: g\r\n\r\n", 4096);
  EXPECT_NE(all.find("0\r\n\r\nHTTP/1.1 200 OK\r\n"), std::string::npos) << all;
  EXPECT_FALSE(is_over());
}

TEST_F(StreamExchange, KeepsItsLargeBufferAsLongAsItLasts) {
  const std::string whole = in_chunks_of(std::string(kStreamRows) + "\n", 1000);
  const std::string begun = whole.substr(0, whole.rfind("0\r\n\r\n"));
  answers_to(begun, begun.size());
  EXPECT_GT(room_bytes(), limits::kInputBytesInitial);
  answers_to(whole, whole.size());
  EXPECT_LE(room_bytes(), limits::kBuffersKeptBytesMax) << "others need no more";
}

TEST_F(StreamExchange, BrokenFramingEndsTheStreamWithoutItsEnd) {
  std::string bytes = in_chunks_of(kStreamRows, 50);
  bytes.replace(bytes.find("\r\n32\r\n", 200), 6, "\r\n0x\r\n");
  const std::string all = answers_to(bytes, 4096);
  EXPECT_EQ(all.find("0\r\n\r\n", all.size() - 5), std::string::npos) << all;
  EXPECT_EQ(all.find("summary"), std::string::npos);
  EXPECT_TRUE(is_over());
}

TEST_F(StreamExchange, RefusalsAreOrdinaryAnswersAndEndTheConnection) {
  const std::string all = answers_to(
      "POST /v1/checks:stream HTTP/1.1\r\nHost: g\r\nContent-Type: text/csv\r\n"
      "Content-Length: 5\r\n\r\nabcde",
      4096);
  EXPECT_TRUE(all.starts_with("HTTP/1.1 415 ")) << all;
  EXPECT_TRUE(is_over());
  EXPECT_TRUE(answers_to("POST /v1/checks:stream HTTP/1.1\r\nHost: g\r\n\r\n", 4096)
                  .starts_with("HTTP/1.1 411 "));
  EXPECT_TRUE(answers_to("GET /v1/checks:stream HTTP/1.1\r\nHost: g\r\n\r\n", 4096)
                  .starts_with("HTTP/1.1 405 "));
}

TEST_F(StreamExchange, OneStreamTooManyCostsNoConnection) {
  std::vector<std::unique_ptr<Stream>> others;
  Request request;
  request.method = Method::kPost;
  request.path = request.target = "/v1/checks:stream";
  Response response;
  for (std::size_t i = 0; i < kStreamsPerWorkerMax; ++i)
    others.push_back(service().answer_stream(request, &response));
  const std::string head = "POST /v1/checks:stream HTTP/1.1\r\nHost: g\r\n";
  const std::string next = "GET /livez HTTP/1.1\r\nHost: g\r\n\r\n";
  for (const std::string_view body : {std::string_view(), kStreamRows}) {
    const std::string bytes = head + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
                              std::string(body) + next;
    for (const std::size_t piece : {std::size_t{1}, std::size_t{4096}}) {
      const std::string all = answers_to(bytes, piece);
      EXPECT_TRUE(all.starts_with("HTTP/1.1 503 ")) << all;
      EXPECT_NE(all.find("HTTP/1.1 200 "), std::string::npos) << all;
      EXPECT_FALSE(is_over());
    }
  }
  answers_to(head + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + next, 4096);
  EXPECT_TRUE(is_over()) << "chunks would have to be parsed";
}

TEST_F(StreamExchange, ExpectationIsMetBeforeTheAnswerBegins) {
  const std::string all = answers_to(
      "POST /v1/checks:stream HTTP/1.1\r\nHost: g\r\nExpect: 100-continue\r\n"
      "Content-Length: 9\r\n\r\n",
      4096);
  EXPECT_TRUE(all.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")) << all;
}

TEST_F(StreamExchange, Http10GetsBytesUpToTheEnd) {
  const std::string all =
      answers_to("POST /v1/checks:stream HTTP/1.0\r\nContent-Length: 9\r\n\r\nnot json\n", 4096);
  EXPECT_EQ(all.find("chunked"), std::string::npos);
  EXPECT_TRUE(all.ends_with("}}}\n")) << all;
  EXPECT_TRUE(is_over());
}

}  // namespace
}  // namespace beian::http::test
