// Which server has a key now: a single server, the master that Sentinels name, or a Cluster's
// slots. Private to cache/redis; one thread. It keeps what it learns until told to forget.
#pragma once

#include <memory>
#include <string_view>

#include "cache/base/result.h"
#include "cache/redis/connection.h"
#include "cache/redis/network.h"
#include "cache/redis/options.h"
#include "cache/redis/slots.h"

namespace beian::cache {

// Asks one question on behalf of the topology, over a connection of its own. Errors: as Connection;
// an error reply is returned as a reply.
class Asker {
 public:
  Asker(Network* network, const RedisOptions* options) : network_(network), options_(options) {}

  // `with_password`: authenticate with the user and password of the options.
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

  // Returns the server that has `key`; with an empty key, any server. May ask Sentinels or nodes.
  // Errors: kUnavailable, kUntrusted.
  [[nodiscard]] virtual Result<Endpoint> find(std::string_view key, Deadline deadline) = 0;
  // Called when a server was lost, or says that it is not what we took it for.
  virtual void forget() = 0;
  // Called when the Cluster says where a slot is now.
  virtual void moved(const Redirect& redirect) { static_cast<void>(redirect); }
};

// Whether a reply to ROLE comes from a replica without a link to its master: it answers from what
// it has and learns nothing new.
bool is_without_master(const Reply& role) noexcept;

// `options` and `asker` must outlive the result.
std::unique_ptr<Topology> make_topology(const RedisOptions& options, Asker* asker);

}  // namespace beian::cache
