// A real redis-server for integration tests: on a free loopback port or a Unix socket, in a
// temporary folder of its own, ended by process id. It neither needs nor touches a system service.
//
//   if (!RedisServer::is_installed()) GTEST_SKIP() << RedisServer::kMissing;
//   RedisServer redis;                        // or {{"--requirepass", "x"}}
//   connect_redis(*parse_redis_url(redis.url()));
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <chrono>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cache/redis/client.h"
#include "tests/support/process.h"

namespace beian::test {

// A port that is free now. Somebody else may take it before we do, so starting is retried.
inline std::uint16_t free_port() {
  const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(probe, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    std::abort();
  ::close(probe);
  return ntohs(address.sin_port);
}

class RedisServer {
 public:
  static constexpr const char* kMissing = "redis-server is not installed (./dev setup)";

  static std::string program() {
    for (const char* path : {"/usr/bin/redis-server", "/usr/local/bin/redis-server"})
      if (::access(path, X_OK) == 0) return path;
    return {};
  }
  static bool is_installed() { return !program().empty(); }

  // `more` are command line options. A port of 0 among them means that the server listens only with
  // TLS or on a Unix socket.
  explicit RedisServer(std::vector<std::string> more = {}) : more_(std::move(more)) { start(); }

  // Starts again at the same address, after stop() or kill().
  void start() {
    for (int attempt = 0; attempt < 5; ++attempt) {
      if (port_ == 0 || attempt > 0) port_ = free_port();
      std::vector<std::string> words = {
          program(), "--dir",  folder_.path(""),     "--bind", "127.0.0.1",
          "--save",  "",       "--appendonly",       "no",     "--repl-diskless-sync-delay",
          "0",       "--port", std::to_string(port_)};
      for (const std::string& word : more_)
        words.push_back(word == "PORT"     ? std::to_string(port_)
                        : word == "DIR"    ? folder_.path("")
                        : word == "SOCKET" ? socket_path()
                                           : word);
      process_ = std::make_unique<Process>(std::move(words));
      if (process_->wait_for("eady to accept connections")) return;
    }
    std::abort();
  }

  void kill() { process_.reset(); }  // SIGKILL; waits for the end
  void signal(int number) const { process_->signal(number); }

  std::uint16_t port() const noexcept { return port_; }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  std::string url(const std::string& query = {}) const { return "redis://" + address() + query; }
  std::string socket_path() const { return folder_.path("s"); }
  const TemporaryFolder& folder() const noexcept { return folder_; }

 private:
  TemporaryFolder folder_;
  std::vector<std::string> more_;
  std::uint16_t port_ = 0;
  std::unique_ptr<Process> process_;
};

inline std::unique_ptr<cache::RedisClient> client_of(const std::string& url) {
  const auto options = cache::parse_redis_url(url);
  if (!options) return nullptr;
  auto client = cache::connect_redis(*options);
  return client ? std::move(*client) : nullptr;
}

inline constexpr std::chrono::milliseconds kRedisPatience{30'000};

// The reply; or, if there is none, an error reply that says why.
inline cache::Reply ask(cache::RedisClient& client, const cache::RedisCommand& command) {
  auto reply = client.call(command, kRedisPatience);
  return reply ? *reply : cache::Reply::error(reply.error().message);
}

}  // namespace beian::test
