// Where a key lives in a Redis Cluster, according to its servers. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cache/base/result.h"
#include "cache/redis/endpoint.h"
#include "cache/redis/reply.h"

namespace beian::cache {

inline constexpr std::size_t kSlotCount = 16'384;  // fixed by Redis Cluster

// CRC16 (XMODEM) of the key modulo kSlotCount; only of the hash tag, what stands between the first
// { and the next }, when there is one and it is not empty.
std::uint16_t slot_of(std::string_view key) noexcept;

// The key that decides where `command` goes; empty for a command without a key.
std::string_view routing_key(const RedisCommand& command) noexcept;

// `MOVED 3999 127.0.0.1:6381` or `ASK 3999 …`: the node that has the slot, permanently or for this
// one command. An empty host means the node that answered.
struct Redirect {
  bool is_ask = false;
  std::uint16_t slot = 0;
  Endpoint endpoint;
};
// nullopt when `reply` is not a well-formed redirection.
std::optional<Redirect> redirect_of(const Reply& reply, const Endpoint& asked);

// A Cluster's nodes and the slots they serve, as CLUSTER SLOTS reports them.
struct SlotMap {
  struct Shard {
    Endpoint master;
    std::vector<Endpoint> replicas;
  };
  static constexpr std::uint16_t kNobody = 0xFFFF;

  std::vector<Shard> shards;
  std::vector<std::uint16_t> shard_of_slot = std::vector<std::uint16_t>(kSlotCount, kNobody);

  // nullptr: nobody serves the slot.
  const Shard* shard(std::uint16_t slot) const noexcept;
  // Records that `endpoint` is the master of `slot` now.
  void move(std::uint16_t slot, const Endpoint& endpoint);
};

// Parses hostile input. `asked` stands in for nodes that give no host. Errors: kBadInput.
[[nodiscard]] Result<SlotMap> parse_cluster_slots(const Reply& reply, const Endpoint& asked);

}  // namespace beian::cache
