// The HTTP client of the verbs that ask a running gate, against scripted servers. With TLS it is
// tested against a real gate: tests/integration/tls_test.py.
#include "gate/cli/http_client.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace beian::cli {
namespace {

using std::chrono::milliseconds;

// A scripted server. Accepts one connection at a time until it is destroyed or out of answers, and
// answers each request with the next of `answers`; the constants below stand for special behaviour.
class Server {
 public:
  static constexpr std::string_view kSilence = "silence";  // instead of an answer: none
  static constexpr std::string_view kTrickle = "trickle";  // instead of one: an endless head
  static constexpr std::string_view kThenClose = "\n-- closed here";  // at its end: close after it

  explicit Server(std::vector<std::string> answers) : answers_(std::move(answers)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
    ::listen(listener_, 8);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    url_ = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    thread_ = std::thread([this] { serve(); });
  }
  ~Server() {
    ::shutdown(listener_, SHUT_RDWR);
    const int open = connection_.load();
    if (open >= 0) ::shutdown(open, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  const std::string& url() const noexcept { return url_; }
  int connections() const noexcept { return connections_.load(); }
  // Everything received so far, on all connections.
  std::string received() const {
    const std::lock_guard lock(mutex_);
    return received_;
  }
  void wait_for_close() const noexcept {
    while (connection_.load() >= 0) std::this_thread::yield();
  }

 private:
  void serve() {
    std::size_t next = 0;
    while (next < answers_.size()) {
      const int connection = ::accept(listener_, nullptr, nullptr);
      if (connection < 0) return;
      ++connections_;
      connection_.store(connection);
      while (next < answers_.size() && read_request(connection)) {
        std::string_view answer = answers_[next++];
        if (answer == kSilence) continue;
        if (answer == kTrickle) {
          send(connection, "HTTP/1.1 200 OK\r\n");
          while (send(connection, "a")) std::this_thread::sleep_for(std::chrono::milliseconds{5});
          break;
        }
        const bool is_last = answer.ends_with(kThenClose);
        if (is_last) answer.remove_suffix(kThenClose.size());
        send(connection, answer);
        if (is_last) break;
      }
      if (next == answers_.size() && answers_.back() == kSilence) read_request(connection);
      ::close(connection);
      connection_.store(-1);
    }
  }

  static bool send(int connection, std::string_view bytes) {
    return ::send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL) > 0;
  }

  bool read_request(int connection) {
    char bytes[4096];
    std::string request;
    while (request.find("\r\n\r\n") == std::string::npos) {
      const ssize_t got = ::recv(connection, bytes, sizeof bytes, 0);
      if (got <= 0) return false;
      request.append(bytes, static_cast<std::size_t>(got));
    }
    const std::lock_guard lock(mutex_);
    received_ += request;
    return true;
  }

  const std::vector<std::string> answers_;
  int listener_ = -1;
  std::string url_;
  std::atomic<int> connections_{0};
  std::atomic<int> connection_{-1};
  mutable std::mutex mutex_;
  std::string received_;  // guarded by mutex_
  std::thread thread_;
};

const std::string kReady = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nready";
const std::string kClosed(Server::kThenClose);

Result<ClientResponse> ask(HttpClient* client) {
  return client->request("/readyz", "", "");
}

std::unique_ptr<HttpClient> client_of(const std::string& url, milliseconds deadline) {
  GateAccess access;
  access.url = url;
  access.step_deadline = deadline;
  auto client = HttpClient::open(std::move(access));
  EXPECT_TRUE(client.has_value());
  return std::move(*client);
}
constexpr milliseconds kLong{30'000};

TEST(HttpClient, UrlsOfAnotherShapeAreUsageErrors) {
  for (const char* url :
       {"", "127.0.0.1", "ftp://127.0.0.1", "http://", "https://", "http://:80",
        "http://127.0.0.1:", "http://127.0.0.1/path", "http://127.0.0.1:80/path",
        "http://127.0.0.1:http", "http://127.0.0.1:0", "http://127.0.0.1:65536",
        "http://user@127.0.0.1", "http://[::1", "http://a b", "HTTP://127.0.0.1"}) {
    const auto client = HttpClient::open({url, {}, {}});
    ASSERT_FALSE(client.has_value()) << url;
    EXPECT_EQ(client.error().kind, ErrorKind::kUsage) << url;
  }
}

TEST(HttpClient, PercentEncodesAllButUnreservedCharacters) {
  EXPECT_EQ(percent_encode("aZ09-._~"), "aZ09-._~");
  EXPECT_EQ(percent_encode("京 &=+%/\n"), "%E4%BA%AC%20%26%3D%2B%25%2F%0A");
}

TEST(HttpClient, SaysWhereItIsAndWhoAsks) {
  const Server server({kReady});
  GateAccess access;
  access.url = server.url() + "/";
  access.api_key = "secret";
  const auto client = HttpClient::open(std::move(access));
  const auto answer = (*client)->request("/v1/check?lang=en", "{}", "application/json");
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->status, 200U);
  EXPECT_EQ(answer->body, "ready");
  EXPECT_EQ(server.received(), "POST /v1/check?lang=en HTTP/1.1\r\nHost: " +
                                   server.url().substr(sizeof "http://" - 1) +
                                   "\r\nUser-Agent: beian-gate\r\nAuthorization: Bearer secret\r\n"
                                   "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
}

// A check, or a container's healthcheck, must not hang because the gate does.
TEST(HttpClient, SilenceIsGivenUpAtTheDeadline) {
  const Server server({std::string(Server::kSilence)});
  const auto client = client_of(server.url(), milliseconds{50});
  const auto answer = ask(client.get());
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().kind, ErrorKind::kUnavailable);
  EXPECT_NE(answer.error().message.find("took too long"), std::string::npos)
      << answer.error().message;
}

// Each byte arrives in time, but the answer never ends.
TEST(HttpClient, ATrickleHasAnEnd) {
  const Server server({std::string(Server::kTrickle)});
  const auto client = client_of(server.url(), milliseconds{50});
  const auto answer = ask(client.get());
  ASSERT_FALSE(answer.has_value());
  EXPECT_NE(answer.error().message.find("took too long"), std::string::npos)
      << answer.error().message;
}

TEST(HttpClient, ConnectionsAreUsedAgainUntilTheyAreClosed) {
  const std::string last =
      "HTTP/1.1 503 Busy\r\nConnection: close\r\nContent-Length: 0\r\n"
      "Retry-After: 7\r\n\r\n";
  const Server server({kReady, kReady, last, kReady});
  const auto client = client_of(server.url(), kLong);
  EXPECT_EQ(ask(client.get())->status, 200U);
  EXPECT_EQ(ask(client.get())->status, 200U);
  EXPECT_EQ(server.connections(), 1);
  const auto busy = ask(client.get());
  ASSERT_TRUE(busy.has_value());
  EXPECT_EQ(busy->status, 503U);
  EXPECT_EQ(busy->retry_after, std::chrono::seconds{7});
}

TEST(HttpClient, AConnectionThatWasClosedMeanwhileIsReplaced) {
  const Server server({kReady + kClosed, kReady});
  const auto client = client_of(server.url(), kLong);
  EXPECT_EQ(ask(client.get())->status, 200U);
  server.wait_for_close();
  const auto again = ask(client.get());
  ASSERT_TRUE(again.has_value()) << again.error().message;
  EXPECT_EQ(again->body, "ready");
}

TEST(HttpClient, AnAnswerWithoutALengthEndsWithItsConnection) {
  const Server server({"HTTP/1.1 200 OK\r\n\r\nall of it" + kClosed});
  const auto answer = ask(client_of(server.url(), kLong).get());
  ASSERT_TRUE(answer.has_value()) << answer.error().message;
  EXPECT_EQ(answer->body, "all of it");
}

// Interim responses (1xx), in one segment with the answer and before it.
TEST(HttpClient, WhatIsSaidMeanwhileIsNoAnswer) {
  const std::string hints = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
  const Server server({"HTTP/1.1 100 Continue\r\n\r\n" + hints + kReady, kReady});
  const auto client = client_of(server.url(), kLong);
  for (int i = 0; i < 2; ++i) {
    const auto answer = ask(client.get());
    ASSERT_TRUE(answer.has_value()) << answer.error().message;
    EXPECT_EQ(answer->status, 200U);
    EXPECT_EQ(answer->body, "ready");
  }
  EXPECT_EQ(server.connections(), 1);
}

TEST(HttpClient, APartOfAnAnswerIsNone) {
  for (const char* part : {"", "HTTP/1.1 20", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nrea",
                           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nready\r\n"}) {
    const Server server({part + kClosed});
    const auto answer = ask(client_of(server.url(), kLong).get());
    ASSERT_FALSE(answer.has_value()) << part;
    EXPECT_EQ(answer.error().kind, ErrorKind::kUnavailable) << part;
  }
}

TEST(HttpClient, WhatIsNoHttpIsTold) {
  const Server server({"\x15\x03\x01 alert"});
  const auto answer = ask(client_of(server.url(), kLong).get());
  ASSERT_FALSE(answer.has_value());
  EXPECT_NE(answer.error().message.find("say https://"), std::string::npos)
      << answer.error().message;
}

TEST(HttpClient, ARefusalIsOfTheRequestOrOfTheMoment) {
  for (const unsigned status : {400U, 401U, 403U, 404U, 413U})
    EXPECT_EQ(refusal_kind(status), ErrorKind::kBadInput) << status;
  for (const unsigned status : {204U, 302U, 408U, 429U, 500U, 503U})
    EXPECT_EQ(refusal_kind(status), ErrorKind::kUnavailable) << status;
}

TEST(HttpClient, HttpThatIsWrongIsNoReasonToSpeakTls) {
  for (const char* wrong : {"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
                            "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"}) {
    const Server server({wrong});
    const auto answer = ask(client_of(server.url(), kLong).get());
    ASSERT_FALSE(answer.has_value()) << wrong;
    EXPECT_EQ(answer.error().kind, ErrorKind::kUnavailable) << wrong;
    EXPECT_EQ(answer.error().message.find("https://"), std::string::npos) << answer.error().message;
  }
}

}  // namespace
}  // namespace beian::cli
