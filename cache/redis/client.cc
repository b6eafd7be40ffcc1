#include "cache/redis/client.h"

#include <algorithm>
#include <map>
#include <utility>

#include "cache/redis/connection.h"
#include "cache/redis/network.h"
#include "cache/redis/slots.h"
#include "cache/redis/topology.h"

namespace beian::cache {
namespace {

// Whether the server says that it is not, or not now, the one to ask: our view of the topology is
// out of date.
bool is_about_topology(const Reply& reply) {
  constexpr std::string_view kCodes[] = {"READONLY", "CLUSTERDOWN", "MASTERDOWN", "LOADING"};
  return std::ranges::any_of(kCodes, [&](std::string_view code) { return reply.is_error(code); });
}

class RealClient : public RedisClient {
 public:
  RealClient(RedisOptions options, std::unique_ptr<Network> network)
      : options_(std::move(options)),
        network_(std::move(network)),
        asker_(network_.get(), &options_),
        topology_(make_topology(options_, &asker_)) {}

  Result<Reply> call(const RedisCommand& command, Patience patience) override {
    return call_until(command, until(patience));
  }
  Result<void> check_in_step(std::string_view key, Patience patience) override;
  Result<std::vector<Reply>> pipeline(const std::vector<RedisCommand>& commands,
                                      Patience patience) override;
  Result<std::optional<std::vector<Reply>>> transaction(const std::vector<std::string>& watched,
                                                        const std::vector<RedisCommand>& reads,
                                                        const Decide& decide,
                                                        std::chrono::milliseconds time) override;
  bool pause(std::chrono::milliseconds time) override { return network_->pause(time); }
  void cancel() noexcept override { network_->cancel(); }

 private:
  static Until until(const Patience& patience) {
    return {Network::in(patience.first), patience.more,
            Network::in(std::max<std::chrono::milliseconds>(patience.first,
                                                            limits::kRedisTransferDeadline))};
  }
  Result<Reply> call_until(const RedisCommand& command, const Until& until);
  // Follows redirections and returns the reply of the server that has the key, errors included.
  Result<Reply> route(const RedisCommand& command, const Until& until);
  Result<Connection*> connection_to(const Endpoint& endpoint, Deadline deadline);
  Result<std::vector<Reply>> exchange(const Endpoint& endpoint,
                                      const std::vector<RedisCommand>& commands,
                                      const Until& until);
  Result<std::vector<Reply>> watch(const std::vector<std::string>& watched,
                                   const std::vector<RedisCommand>& reads, Deadline deadline,
                                   Endpoint* where);
  Result<std::optional<std::vector<Reply>>> execute(const Endpoint& where,
                                                    const std::vector<RedisCommand>& commands,
                                                    Deadline deadline);
  void lose(const Endpoint& endpoint);

  RedisOptions options_;
  std::unique_ptr<Network> network_;
  Asker asker_;
  std::unique_ptr<Topology> topology_;
  std::map<std::string, std::unique_ptr<Connection>> connections_;  // by describe(endpoint)
};

Result<Connection*> RealClient::connection_to(const Endpoint& endpoint, Deadline deadline) {
  std::unique_ptr<Connection>& held = connections_[describe(endpoint)];
  if (held != nullptr && held->is_usable(options_.idle_deadline)) return held.get();
  held.reset();
  Connection::Greeting greeting{
      options_.user, options_.password, options_.database,
      options_.topology == RedisTopology::kCluster && options_.read_from_replica};
  auto opened = Connection::open(network_.get(), endpoint, greeting,
                                 std::min(deadline, Network::in(options_.connect_deadline)));
  if (!opened) {
    lose(endpoint);
    return opened.error();
  }
  // A Cluster that keeps changing its addresses must not make connections pile up.
  if (connections_.size() > limits::kRedisNodesMax) connections_.clear();
  return (connections_[describe(endpoint)] = std::move(*opened)).get();
}

void RealClient::lose(const Endpoint& endpoint) {
  connections_.erase(describe(endpoint));
  topology_->forget();
}

Result<std::vector<Reply>> RealClient::exchange(const Endpoint& endpoint,
                                                const std::vector<RedisCommand>& commands,
                                                const Until& until) {
  const auto connection = connection_to(endpoint, until.deadline);
  if (!connection) return connection.error();
  auto replies = (*connection)->exchange(commands, until);
  if (!replies) {
    lose(endpoint);
    return replies;
  }
  if (std::ranges::any_of(*replies, is_about_topology)) lose(endpoint);
  return replies;
}

Result<Reply> RealClient::route(const RedisCommand& command, const Until& until) {
  auto where = topology_->find(routing_key(command), until.deadline);
  if (!where) return where.error();
  std::vector<RedisCommand> commands = {command};
  for (int hop = 0;; ++hop) {
    auto replies = exchange(*where, commands, until);
    if (!replies) return replies.error();
    Reply& reply = replies->back();
    const auto redirect = redirect_of(reply, *where);
    if (!redirect) return std::move(reply);
    if (hop == limits::kRedisRedirectsMax)
      return make_error(ErrorKind::kUnavailable, describe(*where) + ": redirected too often");
    where = redirect->endpoint;
    commands = {command};
    if (redirect->is_ask) {
      commands.insert(commands.begin(), {"ASKING"});
    } else {
      topology_->moved(*redirect);
    }
  }
}

Result<Reply> RealClient::call_until(const RedisCommand& command, const Until& until) {
  auto reply = route(command, until);
  if (!reply || !reply->is_error()) return reply;
  return refusal(options_.describe(), command, *reply);
}

Result<void> RealClient::check_in_step(std::string_view key, Patience patience) {
  const Until by = until(patience);
  const auto where = topology_->find(key, by.deadline);
  if (!where) return where.error();
  const auto replies = exchange(*where, {{"ROLE"}}, by);
  if (!replies) return replies.error();
  if (!is_without_master(replies->front())) return {};
  lose(*where);
  return make_error(ErrorKind::kUnavailable,
                    describe(*where) + " is a replica that has no link to its master");
}

Result<std::vector<Reply>> RealClient::pipeline(const std::vector<RedisCommand>& commands,
                                                Patience patience) {
  const Until by = until(patience);
  // Servers are asked one after the other, so with `patience.more` each has `patience.first` anew.
  const auto anew = [&] {
    return patience.more.count() == 0
               ? by
               : Until{std::min(by.last, Network::in(patience.first)), by.more, by.last};
  };
  struct Group {
    Endpoint where;
    std::vector<std::size_t> indexes;
    std::vector<RedisCommand> commands;
  };
  std::map<std::string, Group> groups;
  for (std::size_t i = 0; i < commands.size(); ++i) {
    const auto where = topology_->find(routing_key(commands[i]), by.deadline);
    if (!where) return where.error();
    Group& group = groups[describe(*where)];
    group.where = *where;
    group.indexes.push_back(i);
    group.commands.push_back(commands[i]);
  }
  std::vector<Reply> replies(commands.size());
  for (auto& [name, group] : groups) {
    auto part = exchange(group.where, group.commands, anew());
    if (!part) return part.error();
    for (std::size_t i = 0; i < part->size(); ++i) {
      Reply& reply = (*part)[i];
      // Sends the command once more, on its own, to the node that has the slot now.
      if (redirect_of(reply, group.where)) {
        auto routed = route(group.commands[i], anew());
        if (!routed) return routed.error();
        reply = std::move(*routed);
      }
      replies[group.indexes[i]] = std::move(reply);
    }
  }
  return replies;
}

// Sends WATCH and the reads on the connection that MULTI will use.
Result<std::vector<Reply>> RealClient::watch(const std::vector<std::string>& watched,
                                             const std::vector<RedisCommand>& reads,
                                             Deadline deadline, Endpoint* where) {
  RedisCommand watch = {"WATCH"};
  watch.insert(watch.end(), watched.begin(), watched.end());
  std::vector<RedisCommand> commands = {std::move(watch)};
  commands.insert(commands.end(), reads.begin(), reads.end());
  for (int hop = 0; hop <= limits::kRedisRedirectsMax; ++hop) {
    const auto found = topology_->find(watched.front(), deadline);
    if (!found) return found.error();
    *where = *found;
    auto replies = exchange(*where, commands, Until{deadline});
    if (!replies) return replies;
    const auto redirect = redirect_of(replies->front(), *where);
    if (redirect && !redirect->is_ask) {
      topology_->moved(*redirect);
      continue;
    }
    for (std::size_t i = 0; i < replies->size(); ++i) {
      if (!(*replies)[i].is_error()) continue;
      connections_.erase(describe(*where));  // this also drops its watches
      return refusal(describe(*where), commands[i], (*replies)[i]);
    }
    replies->erase(replies->begin());
    return replies;
  }
  return make_error(ErrorKind::kUnavailable, describe(*where) + ": redirected too often");
}

Result<std::optional<std::vector<Reply>>> RealClient::execute(
    const Endpoint& where, const std::vector<RedisCommand>& commands, Deadline deadline) {
  std::vector<RedisCommand> words = {{"MULTI"}};
  words.insert(words.end(), commands.begin(), commands.end());
  words.push_back({"EXEC"});
  const auto held = connections_.find(describe(where));
  if (held == connections_.end())
    return make_error(ErrorKind::kUnavailable, describe(where) + ": the connection was lost");
  auto replies = held->second->exchange(words, Until{deadline});
  if (!replies) {
    lose(where);
    return replies.error();
  }
  Reply& last = replies->back();
  if (last.is_nil()) return std::optional<std::vector<Reply>>{};
  if (last.is_array()) return std::optional(std::move(last.elements));
  // A command was refused when it was queued, so nothing was executed: the first refusal says why.
  for (std::size_t i = 0; i < replies->size(); ++i) {
    if (!(*replies)[i].is_error()) continue;
    const auto redirect = redirect_of((*replies)[i], where);
    if (redirect && !redirect->is_ask) topology_->moved(*redirect);
    lose(where);
    return refusal(describe(where), words[i], (*replies)[i]);
  }
  lose(where);
  return make_error(ErrorKind::kBadInput, describe(where) + ": not what EXEC answers");
}

Result<std::optional<std::vector<Reply>>> RealClient::transaction(
    const std::vector<std::string>& watched, const std::vector<RedisCommand>& reads,
    const Decide& decide, std::chrono::milliseconds time) {
  const Deadline deadline = Network::in(time);
  Endpoint where;
  const auto seen = watch(watched, reads, deadline, &where);
  if (!seen) return seen.error();
  const auto decided = decide(*seen);
  if (!decided || decided->empty()) {
    const auto unwatched = exchange(where, {{"UNWATCH"}}, Until{deadline});
    if (!unwatched) lose(where);
    if (!decided) return decided.error();
    return std::optional(std::vector<Reply>{});
  }
  return execute(where, *decided, deadline);
}

}  // namespace

Result<std::unique_ptr<RedisClient>> connect_redis(RedisOptions options) {
  if (auto loaded = load_password(&options); !loaded) return loaded.error();
  auto network = Network::create(options.is_tls ? &options.tls : nullptr);
  if (!network) return network.error();
  return std::unique_ptr<RedisClient>(
      std::make_unique<RealClient>(std::move(options), std::move(*network)));
}

}  // namespace beian::cache
