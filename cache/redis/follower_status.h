// What a gate reports about how it follows Redis: written by the follower's thread, read by whoever
// answers /readyz and /v1/registry, never on the path of a check.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cache/base/result.h"
#include "cache/base/time.h"
#include "cache/redis/follower.h"

namespace beian::cache {

// A registry that this gate began to serve.
struct RegistryChange {
  enum class Kind : std::uint8_t { kLocalCopy, kSnapshot, kDelta, kFile, kBuiltIn };
  Kind kind = Kind::kSnapshot;
  std::uint64_t epoch = 0;  // 0: not part of a published history
  std::uint64_t serial = 0;
  Instant as_of{};
  Instant at{};               // when this gate began to serve it
  std::uint64_t records = 0;  // in the batches; for a snapshot, its services
};
std::string_view name_of(RegistryChange::Kind kind) noexcept;  // local_copy, built_in, …
// Inserts `change` in front and keeps at most limits::kLastChangesMax.
void keep_change(const RegistryChange& change, std::vector<RegistryChange>* newest_first);

struct FollowerStatus {
  std::string url;  // without secrets
  FollowerState state = FollowerState::kStarting;
  Instant since{};               // in this state
  std::optional<Position> held;  // what is served; nullopt: nothing yet
  std::optional<std::uint64_t> lag_batches;
  std::optional<Instant> last_contact;  // when Redis last answered
  std::optional<Error> last_error;
  Instant last_error_at{};
  std::optional<Error> local_copy_error;     // stands until the copy is whole again
  std::vector<RegistryChange> last_changes;  // newest first
};

// Holds the newest status. Any thread.
class FollowerBoard {
 public:
  void put(FollowerStatus status) {
    auto next = std::make_shared<const FollowerStatus>(std::move(status));
    const std::scoped_lock lock(mutex_);
    status_.swap(next);
  }
  std::shared_ptr<const FollowerStatus> get() const {
    const std::scoped_lock lock(mutex_);
    return status_;
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const FollowerStatus> status_ = std::make_shared<const FollowerStatus>();
};

}  // namespace beian::cache
