// Runs a Follower against a real Redis on a thread of its own: reads, verifies, applies, keeps the
// local copy, and hands on each new generation. All decisions are follower.h's.
//
// The order at a new registry: verified, guarded, served, then kept on disk; so a full or slow disk
// delays no cancellation, and what a crash loses of the copy comes again from Redis.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "cache/redis/client.h"
#include "cache/redis/follower_status.h"
#include "cache/snapshot/generation.h"
#include "cache/snapshot/guard.h"
#include "cache/snapshot/registry.h"
#include "cache/snapshot/trust.h"

namespace beian::cache {

struct FollowerOptions {
  std::string prefix;  // of keys
  std::string url;     // for people, without secrets
  Trust trust;
  GuardOptions guard;
  FreshnessThresholds thresholds;
  std::string local_copy;  // folder; empty: none is kept
  std::chrono::milliseconds connect_deadline = limits::kRedisConnectDeadline;
  std::chrono::milliseconds command_deadline = limits::kRedisCommandDeadline;
  std::uint64_t seed = 0;  // of the jitter
  std::function<Instant()> clock;
};

class FollowerDriver {
 public:
  // What is served, to go on from in another driver.
  struct Served {
    std::shared_ptr<const Registry> registry;
    Position position;
  };
  using OnGeneration = std::function<void(std::shared_ptr<const Generation>)>;

  // Opens the local copy on the caller's thread, so that a gate starts with it, then follows on its
  // own thread. `on_generation` is called for each registry, here and from then on by that thread.
  // A local copy that cannot be used is told on the board, and ends nothing. `initial`: served
  // unless the local copy is newer.
  FollowerDriver(FollowerOptions options, std::unique_ptr<RedisClient> client,
                 std::shared_ptr<FollowerBoard> board, OnGeneration on_generation,
                 std::optional<Served> initial = {});
  // Stops within a moment, whatever Redis does.
  ~FollowerDriver();
  FollowerDriver(const FollowerDriver&) = delete;
  FollowerDriver& operator=(const FollowerDriver&) = delete;

  // Ends the thread and gives what was served last; nullopt when nothing was.
  std::optional<Served> stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace beian::cache
