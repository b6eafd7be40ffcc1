// Runs a Follower against a real Redis on its own thread: reads, verifies, applies, keeps the local
// copy, and hands on each new generation. All decisions are made in follower.h.
//
// A new registry is first verified and guarded, then served, then kept on disk: a full or slow disk
// delays no cancellation, and whatever a crash loses of the copy comes again from Redis.
//
//   what fails                          what becomes of it
//   Redis does not answer               Lost: wait and look again
//   what Redis holds cannot be read     Refused: the same. A candidate stays, to be read no second
//     or verified, or the guard           time, until another manifest is read
//     refuses the candidate
//   a batch cannot be applied, or       Applied says how many could: the follower goes on with the
//     the guard refuses them all          newest snapshot, if that leads further, or waits
//   the disk takes no snapshot or       nothing is delayed: KeptCopy tries again, and the board has
//     batch                               its error
//   a new base is not what is served    Rebase rests, and the board has the error
//   the local copy at the start         the board has the error; an older state of it is served if
//                                         one is whole, or nothing until Redis has been read
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cache/base/limits.h"
#include "cache/base/time.h"
#include "cache/redis/client.h"
#include "cache/redis/follower_output.h"
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
  // What is served, for another driver to continue from.
  struct Served {
    std::shared_ptr<const Registry> registry;
    Position position;
    std::vector<RegistryChange> changes{};  // newest first
  };
  using OnGeneration = FollowerOutput::OnGeneration;

  // Opens the local copy on the caller's thread, so that a gate starts with it, then follows on its
  // own thread. `on_generation` is called for each registry: by this constructor first, then by
  // that thread. A local copy that cannot be used is reported on the board and stops nothing.
  // `initial` is served unless the local copy is as new or newer.
  FollowerDriver(FollowerOptions options, std::unique_ptr<RedisClient> client,
                 std::shared_ptr<FollowerBoard> board, OnGeneration on_generation,
                 std::optional<Served> initial = {});
  // Stops within a moment, whatever Redis does.
  ~FollowerDriver();
  FollowerDriver(const FollowerDriver&) = delete;
  FollowerDriver& operator=(const FollowerDriver&) = delete;

  // Ends the thread and returns what was served last; nullopt when nothing was.
  std::optional<Served> stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace beian::cache
