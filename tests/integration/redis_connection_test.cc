// The ways to connect to Redis: passwords, TLS, Unix sockets, silence, garbage. Each failure says
// what is wrong, within its deadline, and the next call may succeed.
#include <gmock/gmock.h>

#include "cache/base/limits.h"
#include "cache/redis/client.h"
#include "cache/redis/keys.h"
#include "cache/redis/registry_reader.h"
#include "cache/redis/snapshot_download.h"
#include "tests/support/certificates.h"
#include "tests/support/redis_process.h"

namespace beian::cache {
namespace {

using beian::test::ask;
using beian::test::Certificate;
using beian::test::RedisServer;
using beian::test::TemporaryFolder;
using std::chrono::milliseconds;
using testing::HasSubstr;

constexpr milliseconds kDeadline{5'000};

class Connecting : public testing::Test {
 protected:
  void SetUp() override {
    if (!RedisServer::is_installed()) GTEST_SKIP() << RedisServer::kMissing;
  }
  // The outcome of PING on `url`: PONG, or the error.
  static Result<Reply> ping(const std::string& url) {
    const auto options = parse_redis_url(url);
    if (!options) return options.error();
    const auto client = connect_redis(*options);
    if (!client) return client.error();
    return (*client)->call({"PING"}, kDeadline);
  }
  static std::string outcome(const std::string& url) {
    const auto reply = ping(url);
    return reply ? reply->text : reply.error().message;
  }
  TemporaryFolder folder;
};

TEST_F(Connecting, PasswordAndUserComeFromTheUrlOrAFile) {
  const std::string acl = folder.write(
      "users.acl",
      "user default off\nuser gate on >right ~{beian}:* ~beian:chunk:* -@all +@read +ping\n");
  RedisServer redis({"--aclfile", acl});
  EXPECT_THAT(outcome(redis.url()), HasSubstr("NOAUTH"));
  const std::string right = folder.write("right", "right\n");
  const std::string with_file = redis.url("?user=gate&password_file=" + right);
  EXPECT_EQ(outcome(with_file), "PONG");
  EXPECT_EQ(outcome("redis://gate:right@" + redis.address()), "PONG");
  const auto wrong = ping("redis://gate:wrong@" + redis.address());
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().kind, ErrorKind::kUntrusted);
  EXPECT_THAT(wrong.error().message, HasSubstr("refused AUTH: WRONGPASS"));
  EXPECT_EQ(wrong.error().message.find("wrong@"), std::string::npos);
  const auto client = beian::test::client_of(with_file);
  EXPECT_TRUE(ask(*client, {"GET", "{beian}:head"}).is_nil());
  const auto written = client->call({"SET", "{beian}:head", "x"}, kDeadline);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, ErrorKind::kUntrusted);
  EXPECT_THAT(written.error().message, HasSubstr("refused SET: NOPERM"));
  EXPECT_EQ(ask(*client, {"PING"}).text, "PONG") << "the connection stays good";
}

TEST_F(Connecting, ThroughAUnixSocketOnly) {
  RedisServer redis({"--unixsocket", "SOCKET", "--port", "0"});
  EXPECT_EQ(outcome("redis+unix://" + redis.socket_path() + "?database=2"), "PONG");
  EXPECT_THAT(outcome("redis+unix://" + redis.socket_path() + "x"),
              HasSubstr("connecting: No such file or directory"));
  EXPECT_THAT(outcome("redis+unix:///" + std::string(200, 'a')), HasSubstr("too long"));
}

class Tls : public Connecting {
 protected:
  // A server with certificate `server`; it requires client certificates issued by `authority`.
  std::unique_ptr<RedisServer> serve(const Certificate& server, bool asks_client = true) {
    server.save(folder.path("server.pem"), folder.path("server.key"));
    authority.save(folder.path("ca.pem"), folder.path("ca.key"));
    return std::make_unique<RedisServer>(std::vector<std::string>{
        "--port", "0", "--tls-port", "PORT", "--tls-cert-file", folder.path("server.pem"),
        "--tls-key-file", folder.path("server.key"), "--tls-ca-cert-file", folder.path("ca.pem"),
        "--tls-auth-clients", asks_client ? "yes" : "no"});
  }
  std::string url(const RedisServer& redis, const std::string& more = {}) {
    return "rediss://" + redis.address() + "?ca_file=" + folder.path("ca.pem") + more;
  }
  std::string with_certificate(const Certificate& client) {
    client.save(folder.path("client.pem"), folder.path("client.key"));
    return "&cert_file=" + folder.path("client.pem") + "&key_file=" + folder.path("client.key");
  }
  Certificate authority{"test authority"};
};

TEST_F(Tls, BothSidesShowTheirCertificates) {
  const auto redis = serve(Certificate("redis", authority, "IP:127.0.0.1"));
  const std::string mine = with_certificate(Certificate("gate", authority, ""));
  EXPECT_EQ(outcome(url(*redis, mine)), "PONG");
  // Under TLS 1.3 the server checks our certificate after our side of the handshake is done. Either
  // its alert arrives, or only the end of the connection, which it closes afterwards.
  const auto is_refusal = testing::AnyOf(HasSubstr("certificate required"), HasSubstr("unknown ca"),
                                         HasSubstr("reset by peer"), HasSubstr("Broken pipe"),
                                         HasSubstr("closed the connection"));
  EXPECT_THAT(outcome(url(*redis)), is_refusal);
  const Certificate stranger("stranger");
  const std::string wrong = with_certificate(Certificate("gate", stranger, ""));
  EXPECT_THAT(outcome(url(*redis, wrong)), is_refusal);
}

TEST_F(Tls, TheServersNameIsChecked) {
  const auto redis = serve(Certificate("redis", authority, "DNS:redis.example"), false);
  EXPECT_EQ(outcome(url(*redis, "&server_name=redis.example")), "PONG");
  const auto wrong = ping(url(*redis));
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().kind, ErrorKind::kUntrusted);
  EXPECT_THAT(wrong.error().message, HasSubstr("the server's certificate is refused"));
}

TEST_F(Tls, AnExpiredCertificateIsRefused) {
  const auto redis = serve(Certificate("redis", authority, "IP:127.0.0.1", -1), false);
  EXPECT_THAT(outcome(url(*redis)), HasSubstr("is refused: certificate has expired"));
}

TEST_F(Tls, AnotherAuthorityIsRefused) {
  const Certificate other("other authority");
  const auto redis = serve(Certificate("redis", other, "IP:127.0.0.1"), false);
  EXPECT_THAT(outcome(url(*redis)), HasSubstr("the server's certificate is refused: "));
}

TEST_F(Tls, APlainServerAndBadFilesAreTold) {
  RedisServer plain;
  const Certificate own("redis", authority, "IP:127.0.0.1");
  authority.save(folder.path("ca.pem"), folder.path("ca.key"));
  EXPECT_THAT(outcome(url(plain)), HasSubstr("TLS handshake"));
  EXPECT_THAT(outcome("rediss://127.0.0.1:1?ca_file=" + folder.path("absent")),
              HasSubstr("absent: "));
  const std::string garbage = folder.write("garbage", "garbage");
  EXPECT_THAT(outcome("rediss://127.0.0.1:1?ca_file=" + garbage), HasSubstr("garbage: "));
}

// --- servers that are not well ---

TEST_F(Connecting, NobodyThereIsToldAtOnce) {
  const beian::test::ReservedPort nobody;
  const auto refused = ping("redis://127.0.0.1:" + nobody.text());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kUnavailable);
  EXPECT_THAT(refused.error().message, HasSubstr("connecting: Connection refused"));
}

TEST_F(Connecting, ARestartedServerIsFoundAgainByTheNextCall) {
  RedisServer redis;
  const auto client = beian::test::client_of(redis.url());
  EXPECT_EQ(ask(*client, {"PING"}).text, "PONG");
  redis.kill();
  EXPECT_TRUE(ask(*client, {"PING"}).is_error());
  redis.start();
  EXPECT_EQ(ask(*client, {"PING"}).text, "PONG");
  redis.kill();
  redis.start();
  EXPECT_EQ(ask(*client, {"PING"}).text, "PONG") << "a closed connection is noticed before use";
}

TEST_F(Connecting, AServerThatStandsStillIsGivenUpAtTheDeadline) {
  RedisServer redis;
  const auto client = beian::test::client_of(redis.url());
  EXPECT_EQ(ask(*client, {"PING"}).text, "PONG");
  redis.signal(SIGSTOP);
  const auto late = client->call({"PING"}, milliseconds{200});
  ASSERT_FALSE(late);
  EXPECT_THAT(late.error().message, HasSubstr("waiting for an answer took too long"));
  redis.signal(SIGCONT);
  EXPECT_EQ(ask(*client, {"PING"}).text, "PONG") << "and not the answer to the first";
}

TEST_F(Connecting, CancelEndsACallThatWaitsAndEveryLaterOne) {
  RedisServer redis;
  const auto client = beian::test::client_of(redis.url());
  std::thread other([&] {
    const auto watcher = beian::test::client_of(redis.url());
    EXPECT_TRUE(beian::test::wait_until([&] {
      return ask(*watcher, {"INFO", "clients"}).text.find("blocked_clients:1") != std::string::npos;
    })) << "the call waits";
    client->cancel();
  });
  const auto waited = client->call({"BLPOP", "k", "0"}, milliseconds{60'000});
  other.join();
  ASSERT_FALSE(waited);
  EXPECT_EQ(waited.error().message, "cancelled");
  EXPECT_EQ(client->call({"PING"}, kDeadline).error().message, "cancelled");
  EXPECT_FALSE(client->pause(milliseconds{60'000}));
}

// Accepts one connection and answers it with `bytes`, whatever it says; then holds it open.
class Impostor {
 public:
  // With a pace, sends `piece` bytes per interval of `pace`.
  explicit Impostor(std::string bytes, milliseconds pace = milliseconds{0}, std::size_t piece = 1)
      : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::listen(listener_, 4) != 0)
      std::abort();
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, bytes = std::move(bytes), pace, piece] {
      const int peer = ::accept(listener_, nullptr, nullptr);
      for (std::size_t i = 0; i < bytes.size() && !is_over_;) {
        const std::size_t rest = bytes.size() - i;
        const std::size_t count = pace.count() > 0 ? std::min(piece, rest) : rest;
        const ssize_t sent = ::send(peer, bytes.data() + i, count, MSG_NOSIGNAL);
        if (sent <= 0) break;
        i += static_cast<std::size_t>(sent);
        std::this_thread::sleep_for(pace);
      }
      while (!is_over_) std::this_thread::sleep_for(milliseconds{5});
      ::close(peer);
    });
  }
  ~Impostor() {
    is_over_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  std::string url() const { return "redis://127.0.0.1:" + std::to_string(port_); }

 private:
  int listener_;
  std::uint16_t port_ = 0;
  std::atomic<bool> is_over_{false};
  std::thread thread_;
};

TEST_F(Connecting, GarbageAndHostileLengthsAreRefused) {
  struct Row {
    const char* bytes;
    const char* want;
  };
  const Row rows[] = {
      {"HTTP/1.1 400 Bad Request\r\n\r\n", "reply byte 1: not RESP2"},
      {"$99999999999\r\n", "a text longer than any of ours"},
      {"*1000000\r\n", "more elements than any reply of ours"},
      {"$-5\r\n", "a negative length"},
  };
  for (const Row& row : rows) {
    const Impostor impostor(row.bytes);
    const auto refused = ping(impostor.url());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::kBadInput);
    EXPECT_THAT(refused.error().message, HasSubstr(row.want));
  }
}

TEST_F(Connecting, AByteNowAndThenDoesNotProlongTheDeadline) {
  const Impostor slow("$1000\r\n" + std::string(1'000, 'x'), milliseconds{20});
  const auto client = beian::test::client_of(slow.url());
  const auto late = client->call({"PING"}, milliseconds{300});
  ASSERT_FALSE(late);
  EXPECT_THAT(late.error().message, HasSubstr("took too long"));
}

// 22 pieces, one every 100 ms, take longer than this in total, but no single piece does, even on a
// busy machine.
constexpr milliseconds kSlowly{2'000};
// Where patience is to run out, it may be short.
constexpr milliseconds kSoon{300};
constexpr std::size_t kPieceBytes = 20'000;
constexpr std::size_t kLongBytes = 22 * kPieceBytes;
std::string answer_of(std::size_t bytes) {
  return "$" + std::to_string(bytes) + "\r\n" + std::string(bytes, 'x') + "\r\n";
}

// A batch of megabytes over a slow line does not mean that Redis is lost; a drip does.
TEST_F(Connecting, ALongAnswerMayTakeLongerWhileItComes) {
  const struct {
    const char* name;
    std::size_t bytes;
    std::size_t piece;
    Patience patience;
    bool want;
  } rows[] = {
      {"while_it_comes", kLongBytes, kPieceBytes, {kSlowly, kSlowly}, true},
      {"all_of_it", kLongBytes, kPieceBytes, kSoon, false},
      // Would have come within 3 s if each drop counted.
      {"drip", 3'000, 100, {kSoon, kSoon}, false},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    const Impostor slow(answer_of(row.bytes), milliseconds{100}, row.piece);
    const auto client = beian::test::client_of(slow.url());
    const auto reply = client->call({"PING"}, row.patience);
    ASSERT_EQ(reply.has_value(), row.want);
    if (!reply) {
      EXPECT_THAT(reply.error().message, HasSubstr("took too long"));
    }
  }
}

// The manifest of a registry of millions has tens of kilobytes.
TEST_F(Connecting, AManifestMayTakeLongerWhileItComes) {
  const Impostor slow(answer_of(kLongBytes), milliseconds{100}, kPieceBytes);
  const auto client = beian::test::client_of(slow.url());
  RegistryReader reader(client.get(), "beian");
  const auto manifest = reader.manifest(std::string(64, '0'), kSlowly);
  ASSERT_TRUE(manifest) << manifest.error().message;
  EXPECT_EQ((*manifest)->size(), kLongBytes);
}

// A server that falls silent during a download counts as lost as soon as at any other time, which
// is after kFollowDeadline. That half a minute is enough for it is no matter of speed: whoever
// grants the time of a transfer waits for twice as long.
TEST_F(Connecting, ADownloadDoesNotWaitForAServerThatIsMute) {
  const Impostor mute("");
  const auto client = beian::test::client_of(mute.url());
  RegistryReader reader(client.get(), "beian");
  Manifest manifest;
  manifest.file_bytes = manifest.chunk_bytes = 1'000;
  manifest.chunks.resize(1);
  const auto begin = std::chrono::steady_clock::now();
  const auto read = download_snapshot(&reader, manifest, folder.path("snap"));
  ASSERT_FALSE(read);
  EXPECT_TRUE(reader.is_lost());
  EXPECT_LT(std::chrono::steady_clock::now() - begin, limits::kRedisTransferDeadline / 2);
}

TEST_F(Connecting, TransactionsAreAllOrNothing) {
  RedisServer redis;
  const auto client = beian::test::client_of(redis.url());
  const auto rival = beian::test::client_of(redis.url());
  const auto set_b = [](const std::vector<Reply>&) -> Result<std::vector<RedisCommand>> {
    return std::vector<RedisCommand>{{"SET", "b", "1"}};
  };
  const auto done = client->transaction({"a"}, {{"GET", "a"}}, set_b, kDeadline);
  ASSERT_TRUE(done && *done);
  EXPECT_EQ((*done)->size(), 1U);
  const auto disturbed = client->transaction(
      {"a"}, {{"GET", "a"}},
      [&](const std::vector<Reply>& seen) -> Result<std::vector<RedisCommand>> {
        EXPECT_TRUE(seen.at(0).is_nil());
        ask(*rival, {"SET", "a", "2"});
        return std::vector<RedisCommand>{{"SET", "b", "3"}};
      },
      kDeadline);
  ASSERT_TRUE(disturbed);
  EXPECT_FALSE(*disturbed) << "a watched key changed";
  EXPECT_EQ(ask(*client, {"GET", "b"}).text, "1");
  const auto refused = client->transaction(
      {"a"}, {},
      [](const std::vector<Reply>&) -> Result<std::vector<RedisCommand>> {
        return std::vector<RedisCommand>{{"SET", "b", "4"}, {"NOSUCHCOMMAND"}};
      },
      kDeadline);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("refused NOSUCHCOMMAND"));
  EXPECT_EQ(ask(*client, {"GET", "b"}).text, "1");
}

}  // namespace
}  // namespace beian::cache
