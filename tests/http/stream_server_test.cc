// `POST /v1/checks:stream` over sockets: what happens to a stalled stream, and to checks beside
// streams that keep going. The deadline is shortened; no test asserts how long anything took.
#include <atomic>
#include <thread>

#include "tests/http/gate_driver.h"
#include "tests/http/raw_client.h"

namespace beian::http {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kStreamHead =
    "POST /v1/checks:stream HTTP/1.1\r\nHost: g\r\nContent-Type: application/x-ndjson\r\n"
    "Transfer-Encoding: chunked\r\n\r\n";
constexpr std::string_view kRow =
    R"({"id":1,"operation":"distribute","filing_number":"京ICP备2099000000号-1A"})"
    "\n";

std::unique_ptr<Server> start_gate(const ServerLimits& limits) {
  ServerOptions options;
  options.address = {"127.0.0.1", 0};
  options.limits = limits;
  options.clock = [] { return std::chrono::system_clock::now(); };
  auto server = Server::start(options, [](unsigned) {
    return std::make_unique<GateService>(test::fixture_state(), &test::clock,
                                         std::array<std::uint64_t, 2>{1, 2});
  });
  return server ? std::move(*server) : nullptr;
}

std::size_t count_of(std::string_view word, std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1))
    ++count;
  return count;
}

TEST(StillStream, IsClosedBehindItsAnswersAndWithoutItsEnd) {
  ServerLimits limits;
  limits.tick = 10ms;
  limits.stream_idle_deadline = 100ms;
  const auto server = start_gate(limits);
  ASSERT_NE(server, nullptr);
  // Two rows and the beginning of a third, then nothing.
  RawClient client(server->port());
  ASSERT_TRUE(client.send(std::string(kStreamHead) + chunk(std::string(kRow) + std::string(kRow)) +
                          chunk(kRow.substr(0, 20))));
  const std::string received = client.receive_all();
  EXPECT_TRUE(received.starts_with("HTTP/1.1 200 OK\r\n")) << received;
  EXPECT_EQ(count_of(R"("decision":"allow")", received), 2U) << received;
  EXPECT_EQ(count_of("summary", received), 0U) << "it was cut off, and that is to be seen";
  EXPECT_FALSE(received.ends_with("0\r\n\r\n")) << "the same, of the framing";
  EXPECT_EQ(server->stats().timeouts, 1U);
}

TEST(StillStream, IsClosedBeforeItsFirstRowToo) {
  ServerLimits limits;
  limits.tick = 10ms;
  limits.stream_idle_deadline = 100ms;
  const auto server = start_gate(limits);
  ASSERT_NE(server, nullptr);
  RawClient client(server->port());
  ASSERT_TRUE(client.send(kStreamHead));
  const std::string received = client.receive_all();
  EXPECT_EQ(count_of("decision", received), 0U) << received;
  EXPECT_FALSE(received.ends_with("0\r\n\r\n"));
}

// A peer that sends rows endlessly and reads the answers, until it is told to stop.
class EndlessStream {
 public:
  explicit EndlessStream(std::uint16_t port)
      : client_(port), sender_([this] { send(); }), reader_([this] { read(); }) {}
  ~EndlessStream() {
    is_over_ = true;
    sender_.join();
    reader_.join();
  }
  EndlessStream(const EndlessStream&) = delete;
  EndlessStream& operator=(const EndlessStream&) = delete;

  std::uint64_t bytes_answered() const { return bytes_answered_; }
  bool has_failed() const { return has_failed_; }

 private:
  void send() {
    std::string rows;
    for (int i = 0; i < 500; ++i) rows += kRow;
    const std::string part = chunk(rows);
    has_failed_ = !client_.send(kStreamHead);
    while (!is_over_ && !has_failed_) has_failed_ = !client_.send(part);
    client_.half_close();
  }
  void read() {
    std::string bytes;
    while (client_.receive(&bytes)) {
      bytes_answered_ += bytes.size();
      bytes.clear();
    }
  }

  RawClient client_;
  std::atomic<bool> is_over_{false};
  std::atomic<bool> has_failed_{false};
  std::atomic<std::uint64_t> bytes_answered_{0};
  std::thread sender_;
  std::thread reader_;
};

// Goal: single checks are served beside saturating streams. Method: one worker, three streams that
// keep it busy, and checks one after another until every stream has advanced well beside them. Each
// check is answered, and none waits for a stream to end, which never happens.
TEST(BusyStreams, ChecksAreAnsweredWhileTheyRun) {
  constexpr std::size_t kChecksMin = 50;
  constexpr std::uint64_t kBytesBeside = 4'000'000;  // some ten thousand rows of each stream
  const auto server = start_gate({});
  ASSERT_NE(server, nullptr);
  const EndlessStream streams[3] = {EndlessStream(server->port()), EndlessStream(server->port()),
                                    EndlessStream(server->port())};
  const std::string body(kRow);
  const std::string request =
      "POST /v1/check HTTP/1.1\r\nHost: g\r\nContent-Type: application/json\r\nContent-Length: " +
      std::to_string(body.size()) + "\r\n\r\n" + body;
  RawClient client(server->port());
  std::string rest;
  std::size_t checks = 0;
  const auto have_moved = [&] {
    for (const EndlessStream& stream : streams)
      if (stream.bytes_answered() < kBytesBeside) return false;
    return true;
  };
  while (checks < kChecksMin || !have_moved()) {
    ASSERT_TRUE(client.send(request));
    Answer answer;
    while (!take_answer(&rest, false, &answer)) ASSERT_TRUE(client.receive(&rest)) << checks;
    ASSERT_EQ(answer.status, 200U);
    ASSERT_NE(answer.body.find(R"("decision":"allow")"), std::string::npos) << answer.body;
    ++checks;
    for (const EndlessStream& stream : streams) ASSERT_FALSE(stream.has_failed()) << checks;
  }
}

}  // namespace
}  // namespace beian::http
