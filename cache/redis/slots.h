// Where a key lives in a Redis Cluster, and what servers say about it. Pure; any thread.
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

// CRC16 (XMODEM) of the key modulo kSlotCount; of what stands between the first { and the next }
// alone, when that is not empty.
std::uint16_t slot_of(std::string_view key) noexcept;

// The key that decides where `command` goes; empty for a command without keys.
std::string_view routing_key(const RedisCommand& command) noexcept;

// `MOVED 3999 127.0.0.1:6381` or `ASK 3999 …`: the node that has the slot, for good or for this
// once. An empty host stands for the one that answered.
struct Redirect {
  bool is_ask = false;
  std::uint16_t slot = 0;
  Endpoint endpoint;
};
// nullopt when `reply` is no well-formed redirection.
std::optional<Redirect> redirect_of(const Reply& reply, const Endpoint& asked);

// A Cluster's nodes and who serves which slot, as CLUSTER SLOTS tells.
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
  // Notes that `endpoint` is master of `slot` now.
  void move(std::uint16_t slot, const Endpoint& endpoint);
};

// Hostile input. `asked` stands for nodes that give no host. Errors: kBadInput.
[[nodiscard]] Result<SlotMap> parse_cluster_slots(const Reply& reply, const Endpoint& asked);

}  // namespace beian::cache
