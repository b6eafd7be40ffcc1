// A real redis-server for integration tests: on a loopback port of its own or a Unix socket, in a
// temporary folder of its own, ended by process id. It neither needs nor touches a system service.
//
//   if (!RedisServer::is_installed()) GTEST_SKIP() << RedisServer::kMissing;
//   RedisServer redis;                        // or {{"--requirepass", "x"}}
//   connect_redis(*parse_redis_url(redis.url()));
#pragma once

#include <chrono>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cache/redis/client.h"
#include "tests/support/process.h"
#include "tests/support/reserved_port.h"

namespace beian::test {

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
    std::vector<std::string> words = {
        program(), "--dir",  folder_.path(""), "--bind", "127.0.0.1",
        "--save",  "",       "--appendonly",   "no",     "--repl-diskless-sync-delay",
        "0",       "--port", port_.text()};
    for (const std::string& word : more_)
      words.push_back(word == "PORT"     ? port_.text()
                      : word == "DIR"    ? folder_.path("")
                      : word == "SOCKET" ? socket_path()
                                         : word);
    process_ = std::make_unique<Process>(std::move(words));
    if (!process_->wait_for("eady to accept connections")) std::abort();
  }

  void kill() { process_.reset(); }  // SIGKILL; waits for the end
  void signal(int number) const { process_->signal(number); }

  std::uint16_t port() const noexcept { return port_.number(); }
  std::string address() const { return "127.0.0.1:" + port_.text(); }
  std::string url(const std::string& query = {}) const { return "redis://" + address() + query; }
  std::string socket_path() const { return folder_.path("s"); }
  const TemporaryFolder& folder() const noexcept { return folder_; }

 private:
  TemporaryFolder folder_;
  std::vector<std::string> more_;
  ReservedPort port_;
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
