// What others see of a follower: every registry that it serves, and on the board how it follows.
//
// One thread at a time: what is handed on and put is shared, the object itself is not.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cache/base/result.h"
#include "cache/base/time.h"
#include "cache/redis/follower.h"
#include "cache/redis/follower_status.h"
#include "cache/snapshot/generation.h"
#include "cache/snapshot/registry.h"

namespace beian::cache {

class FollowerOutput {
 public:
  using OnGeneration = std::function<void(std::shared_ptr<const Generation>)>;

  // `url` is for people, without secrets.
  FollowerOutput(std::string url, FreshnessThresholds thresholds, std::function<Instant()> clock,
                 std::shared_ptr<FollowerBoard> board, OnGeneration on_generation);

  // What was handed on last; null: nothing yet.
  const std::shared_ptr<const Registry>& served() const noexcept { return served_; }
  // Newest first.
  const std::vector<RegistryChange>& changes() const noexcept { return status_.last_changes; }
  // Goes on with the changes that another follower has made.
  void continue_from(std::vector<RegistryChange> changes);

  // Serves `registry` from now on: as a change, with so many `records` in it.
  void serve(std::shared_ptr<const Registry> registry, RegistryChange::Kind kind,
             std::uint64_t epoch, std::uint64_t records);
  // The same without a change: what was served before, by another follower or on another base.
  void serve_unchanged(std::shared_ptr<const Registry> registry);

  // Puts the follower's state on the board. `answers` is how often Redis has answered so far.
  void post(const Follower& follower, std::uint64_t answers, std::optional<Error> local_copy_error);

 private:
  // Constant after construction.
  FreshnessThresholds thresholds_;
  std::function<Instant()> clock_;
  std::shared_ptr<FollowerBoard> board_;
  OnGeneration on_generation_;

  std::shared_ptr<const Registry> served_;
  FollowerStatus status_;      // as of the last post()
  std::uint64_t answers_ = 0;  // likewise
};

}  // namespace beian::cache
