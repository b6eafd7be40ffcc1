// Where Redis is, who we are there, and how long we wait: parsed from one URL.
//
//   redis://[USER[:PASSWORD]@]HOST[:PORT][/DATABASE][?KEY=VALUE&…]
//   redis+unix:///PATH[?…]
//   redis+sentinel://[…@]HOST[:PORT],HOST[:PORT]…/MASTER[?…]
//   redis+cluster://[…@]HOST[:PORT],…[?…]
//
// rediss://, rediss+sentinel:// and rediss+cluster:// are the same over TLS.
// USER, PASSWORD and values are percent-decoded; IPv6 stands in brackets. Keys: user,
// password_file, ca_file, cert_file, key_file, server_name, prefix, database, connect_ms,
// command_ms, idle_ms, read_from_replica (true, false). Pure but for load_password().
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cache/base/limits.h"
#include "cache/base/result.h"
#include "cache/redis/endpoint.h"

namespace beian::cache {

enum class RedisTopology : std::uint8_t { kSingle, kSentinel, kCluster };

struct RedisOptions {
  RedisTopology topology = RedisTopology::kSingle;
  std::vector<Endpoint> endpoints;  // one, or several to start from
  std::string master_name;          // kSentinel
  unsigned database = 0;
  std::string prefix = "beian";  // of every key; 1 to 64 of A-Z a-z 0-9 . _ -

  std::string user;           // ACL user; empty: the default one
  std::string password;       // never printed
  std::string password_file;  // its first line is the password; read by load_password()

  bool is_tls = false;
  TlsOptions tls;

  std::chrono::milliseconds connect_deadline = limits::kRedisConnectDeadline;
  std::chrono::milliseconds command_deadline = limits::kRedisCommandDeadline;
  // A connection that was idle for longer is not trusted: a new one is opened.
  std::chrono::milliseconds idle_deadline = limits::kRedisIdleDeadline;
  bool read_from_replica = false;  // kSentinel, kCluster: for a client that only reads

  // The URL without secrets, for people and logs.
  std::string describe() const;
};

// Parses `url`. Errors: kUsage, one line that names the part of the URL and never shows the
// password. The settings of `beside` apply where the URL says nothing; together they must be as
// consistent as if the URL had said them all. Credentials come from one place: user and
// password_file are taken from `beside` only when the URL gives neither of them nor a password.
[[nodiscard]] Result<RedisOptions> parse_redis_url(std::string_view url,
                                                   const RedisOptions* beside = nullptr);
// Returns `url` with *** in place of its password; unchanged when it has none.
std::string without_password(std::string_view url);
// Whether `text` may be the prefix of our keys.
bool is_redis_prefix(std::string_view text) noexcept;
// Whether `text` begins like one of the URLs above, whether or not it is valid.
bool is_redis_url(std::string_view text) noexcept;

// Reads `password_file` into `password` when one is given. Errors: kUnavailable, kBadInput (empty).
[[nodiscard]] Result<void> load_password(RedisOptions* options);

}  // namespace beian::cache
