// What one decision sees: an immutable registry state with its serial, age and standing.
//
// Today a generation is one snapshot; deltas will lie on top of it. Any thread may read; a request,
// a batch and an audit each hold one generation from start to end.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "cache/base/limits.h"
#include "cache/base/time.h"
#include "cache/snapshot/snapshot.h"

namespace beian::cache {

enum class Freshness : std::uint8_t { kFresh, kStale, kExpired };
std::string_view name_of(Freshness freshness) noexcept;  // fresh, stale, expired

struct FreshnessThresholds {
  std::chrono::seconds stale_after = limits::kStaleAfter;
  std::chrono::seconds expired_after = limits::kExpiredAfter;
};

class Generation {
 public:
  Generation(std::shared_ptr<const Snapshot> snapshot, FreshnessThresholds thresholds,
             std::string source);

  const Snapshot& registry() const noexcept { return *snapshot_; }
  const SnapshotInfo& info() const noexcept { return snapshot_->info(); }
  std::uint64_t serial() const noexcept { return info().serial; }
  bool is_sealed() const noexcept { return info().is_sealed; }
  const std::string& source() const noexcept { return source_; }

  // Never negative: a registry from the future counts as age 0.
  std::chrono::seconds age(Instant now) const noexcept;
  Freshness freshness(Instant now) const noexcept;

 private:
  std::shared_ptr<const Snapshot> snapshot_;
  FreshnessThresholds thresholds_;
  std::string source_;  // file path or redis:// address, for people
};

}  // namespace beian::cache
