#include "cache/redis/topology.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "cache/base/bytes.h"

namespace beian::cache {
namespace {

// No single server may use up the time of all: `left` candidates, this one included, share the time
// until `deadline`.
Deadline share_of(const RedisOptions& options, Deadline deadline, std::size_t left = 1) {
  constexpr std::chrono::milliseconds kShareMin{200};
  const auto now = Network::in({});
  const auto share =
      std::max<Deadline::duration>((deadline - now) / static_cast<std::int64_t>(left), kShareMin);
  return std::min({deadline, now + share, now + options.connect_deadline});
}

class OneServer : public Topology {
 public:
  explicit OneServer(const RedisOptions& options) : endpoint_(options.endpoints.front()) {}
  Result<Endpoint> find(std::string_view, Deadline) override { return endpoint_; }
  void forget() override {}

 private:
  Endpoint endpoint_;
};

std::optional<Endpoint> address_in(std::string_view host, std::string_view port) {
  Endpoint endpoint{std::string(host), 0, {}};
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), endpoint.port);
  const bool is_clean = !host.empty() && host.size() <= 255 &&
                        std::ranges::all_of(host, [](char c) { return c > ' ' && c < 0x7F; });
  if (error != std::errc{} || end != port.data() + port.size() || endpoint.port == 0 || !is_clean)
    return std::nullopt;
  return endpoint;
}

// The value of `name` in a flat list of names and values.
std::string_view field_of(const Reply& list, std::string_view name) {
  for (std::size_t i = 0; i + 1 < list.elements.size(); i += 2)
    if (list.elements[i].text == name) return list.elements[i + 1].text;
  return {};
}

class SentinelWatched : public Topology {
 public:
  SentinelWatched(const RedisOptions& options, Asker* asker)
      : options_(options), asker_(asker), sentinels_(options.endpoints) {}

  Result<Endpoint> find(std::string_view, Deadline deadline) override {
    if (known_) return *known_;
    Error last = make_error(ErrorKind::kUnavailable, "no Sentinel answers");
    const std::size_t count = sentinels_.size();
    for (std::size_t i = 0; i < count && Network::in({}) < deadline; ++i) {
      auto found = look_up(sentinels_.front(), share_of(options_, deadline, count - i));
      if (found) {
        known_ = *found;
        return found;
      }
      last = found.error();
      // The Sentinel that answers is asked first next time; one that does not is asked last.
      std::rotate(sentinels_.begin(), sentinels_.begin() + 1, sentinels_.end());
    }
    return last;
  }
  void forget() override { known_.reset(); }

 private:
  Result<Endpoint> look_up(const Endpoint& sentinel, Deadline deadline) {
    if (options_.read_from_replica) {
      auto replica = ask_replica(sentinel, deadline);
      if (replica) return replica;
    }
    auto master = ask_master(sentinel, deadline);
    if (!master) return master.error();
    // A master that was partitioned away still believes it is one, and a replica that the Sentinels
    // promoted may not know it yet: the server's own answer must agree.
    const auto role = asker_->ask(*master, {"ROLE"}, true, share_of(options_, deadline));
    if (!role) return role.error();
    if (role->is_array() && !role->elements.empty() && role->elements[0].text != "master")
      return make_error(ErrorKind::kUnavailable, describe(*master) +
                                                     " is master for the Sentinels, " +
                                                     "and says that it is none; try again");
    return master;
  }

  // Sentinels usually have no password, but may have ours.
  Result<Reply> ask_sentinel(const Endpoint& sentinel, const RedisCommand& command,
                             Deadline deadline) {
    auto reply = asker_->ask(sentinel, command, false, share_of(options_, deadline));
    if (reply && reply->is_error("NOAUTH") && !options_.password.empty())
      reply = asker_->ask(sentinel, command, true, share_of(options_, deadline));
    if (reply && reply->is_error()) return refusal(describe(sentinel), command, *reply);
    return reply;
  }

  Result<Endpoint> ask_master(const Endpoint& sentinel, Deadline deadline) {
    const auto reply = ask_sentinel(
        sentinel, {"SENTINEL", "GET-MASTER-ADDR-BY-NAME", options_.master_name}, deadline);
    if (!reply) return reply.error();
    if (reply->is_array() && reply->elements.size() == 2) {
      const auto found = address_in(reply->elements[0].text, reply->elements[1].text);
      if (found) return *found;
    }
    return make_error(ErrorKind::kUnavailable, "the Sentinel " + describe(sentinel) +
                                                   " knows no master " +
                                                   printable(options_.master_name));
  }

  Result<Endpoint> ask_replica(const Endpoint& sentinel, Deadline deadline) {
    const auto reply =
        ask_sentinel(sentinel, {"SENTINEL", "REPLICAS", options_.master_name}, deadline);
    if (!reply) return reply.error();
    for (const Reply& replica : reply->elements) {
      if (!replica.is_array() || field_of(replica, "flags") != "slave" ||
          field_of(replica, "master-link-status") != "ok")
        continue;
      const auto found = address_in(field_of(replica, "ip"), field_of(replica, "port"));
      if (!found) continue;
      // Sentinels learn of a lost link seconds after the replica does.
      const auto role = asker_->ask(*found, {"ROLE"}, true, share_of(options_, deadline));
      if (role && !is_without_master(*role)) return *found;
    }
    return make_error(ErrorKind::kUnavailable, "no replica is in step");
  }

  const RedisOptions& options_;
  Asker* asker_;
  std::vector<Endpoint> sentinels_;
  std::optional<Endpoint> known_;
};

class ClusterSlots : public Topology {
 public:
  ClusterSlots(const RedisOptions& options, Asker* asker) : options_(options), asker_(asker) {}

  Result<Endpoint> find(std::string_view key, Deadline deadline) override {
    if (is_stale_)
      if (auto learned = learn(deadline); !learned) return learned.error();
    const std::uint16_t slot = slot_of(key);
    const SlotMap::Shard* shard = map_.shard(slot);
    if (key.empty() && !map_.shards.empty()) shard = &map_.shards.front();
    if (shard == nullptr) {
      is_stale_ = true;
      return make_error(ErrorKind::kUnavailable,
                        "the Cluster has no node for slot " + std::to_string(slot));
    }
    // After each loss it is another server's turn, the master's included: nodes keep naming a dead
    // replica for a while.
    const std::size_t turn = losses_ % (shard->replicas.size() + 1);
    if (options_.read_from_replica && turn < shard->replicas.size()) return shard->replicas[turn];
    return shard->master;
  }
  void forget() override {
    is_stale_ = true;
    ++losses_;
  }
  void moved(const Redirect& redirect) override { map_.move(redirect.slot, redirect.endpoint); }

 private:
  // Asks both the nodes that were given and those that were learned: either may be gone.
  Result<void> learn(Deadline deadline) {
    std::vector<Endpoint> nodes;
    for (const SlotMap::Shard& shard : map_.shards) nodes.push_back(shard.master);
    nodes.insert(nodes.end(), options_.endpoints.begin(), options_.endpoints.end());
    std::rotate(nodes.begin(), nodes.begin() + static_cast<std::ptrdiff_t>(first_ % nodes.size()),
                nodes.end());
    Error last = make_error(ErrorKind::kUnavailable, "no node of the Cluster answers");
    for (std::size_t i = 0; i < nodes.size() && Network::in({}) < deadline; ++i, ++first_) {
      const Endpoint& node = nodes[i];
      const RedisCommand command = {"CLUSTER", "SLOTS"};
      const auto reply =
          asker_->ask(node, command, true, share_of(options_, deadline, nodes.size() - i));
      if (!reply) {
        last = reply.error();
        continue;
      }
      if (reply->is_error()) {
        last = refusal(describe(node), command, *reply);
        continue;
      }
      auto map = parse_cluster_slots(*reply, node);
      if (!map) {
        last = make_error(map.error().kind, describe(node) + ": " + map.error().message);
        continue;
      }
      map_ = std::move(*map);
      is_stale_ = false;
      first_ = 0;
      return {};
    }
    return last;
  }

  const RedisOptions& options_;
  Asker* asker_;
  SlotMap map_;
  bool is_stale_ = true;
  std::size_t losses_ = 0;
  std::size_t first_ = 0;  // which node to ask first, after a round cut short by its deadline
};

}  // namespace

bool is_without_master(const Reply& role) noexcept {
  // ["slave", host, port, state, offset]
  return role.is_array() && role.elements.size() >= 4 && role.elements[0].text == "slave" &&
         role.elements[3].text != "connected";
}

Result<Reply> Asker::ask(const Endpoint& endpoint, const RedisCommand& command, bool with_password,
                         Deadline deadline) {
  Connection::Greeting greeting;
  if (with_password) {
    greeting.user = options_->user;
    greeting.password = options_->password;
  }
  const auto connection = Connection::open(network_, endpoint, greeting, deadline);
  if (!connection) return connection.error();
  auto replies = (*connection)->exchange({command}, Until{deadline});
  if (!replies) return replies.error();
  return std::move(replies->front());
}

std::unique_ptr<Topology> make_topology(const RedisOptions& options, Asker* asker) {
  switch (options.topology) {
    case RedisTopology::kSentinel:
      return std::make_unique<SentinelWatched>(options, asker);
    case RedisTopology::kCluster:
      return std::make_unique<ClusterSlots>(options, asker);
    case RedisTopology::kSingle:
      break;
  }
  return std::make_unique<OneServer>(options);
}

}  // namespace beian::cache
