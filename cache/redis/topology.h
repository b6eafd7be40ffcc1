// Which server a key is at, now: one server, the master that Sentinels name, or a Cluster's slots.
// Private to cache/redis; one thread. What it learns it keeps until told to forget.
#pragma once

#include <memory>
#include <string_view>

#include "cache/base/result.h"
#include "cache/redis/connection.h"
#include "cache/redis/network.h"
#include "cache/redis/options.h"
#include "cache/redis/slots.h"

namespace beian::cache {

// Opens a connection to `endpoint` for the topology's own questions, and asks one. Errors as
// Connection's; an error reply is returned as a reply.
class Asker {
 public:
  Asker(Network* network, const RedisOptions* options) : network_(network), options_(options) {}

  // `with_password`: greet as the options say.
  [[nodiscard]] Result<Reply> ask(const Endpoint& endpoint, const RedisCommand& command,
                                  bool with_password, Deadline deadline);

 private:
  Network* network_;
  const RedisOptions* options_;
};

class Topology {
 public:
  virtual ~Topology() = default;
  Topology() = default;
  Topology(const Topology&) = delete;
  Topology& operator=(const Topology&) = delete;

  // Where `key` is; an empty key may be anywhere. May ask Sentinels or nodes. Errors: kUnavailable,
  // kUntrusted.
  [[nodiscard]] virtual Result<Endpoint> find(std::string_view key, Deadline deadline) = 0;
  // A server was lost, or says that it is not what we took it for.
  virtual void forget() = 0;
  // The Cluster says where the slot is now.
  virtual void moved(const Redirect& redirect) { static_cast<void>(redirect); }
};

// Whether a reply to ROLE is that of a replica that has no link to its master: it answers with what
// it has, and learns nothing new.
bool is_without_master(const Reply& role) noexcept;

// `options` and `asker` outlive it.
std::unique_ptr<Topology> make_topology(const RedisOptions& options, Asker* asker);

}  // namespace beian::cache
