// What one decision sees: an immutable registry state with its serial, age and freshness.
//
// Any thread may read; a request, a batch and an audit each hold one generation from start to end.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "cache/base/limits.h"
#include "cache/base/time.h"
#include "cache/snapshot/registry.h"

namespace beian::cache {

enum class Freshness : std::uint8_t { kFresh, kStale, kExpired };
std::string_view name_of(Freshness freshness) noexcept;  // fresh, stale, expired

struct FreshnessThresholds {
  std::chrono::seconds stale_after = limits::kStaleAfter;  // max(): never, whatever next_update is
  std::chrono::seconds expired_after = limits::kExpiredAfter;
};

class Generation {
 public:
  Generation(std::shared_ptr<const Registry> registry, FreshnessThresholds thresholds,
             std::string source);
  // For a snapshot without overlays.
  Generation(std::shared_ptr<const Snapshot> snapshot, FreshnessThresholds thresholds,
             std::string source);

  const Registry& registry() const noexcept { return *registry_; }
  const RegistryInfo& info() const noexcept { return registry_->info(); }
  std::uint64_t serial() const noexcept { return info().serial; }
  bool is_sealed() const noexcept { return info().is_sealed; }
  const std::string& source() const noexcept { return source_; }

  // Never negative: a registry from the future counts as age 0.
  std::chrono::seconds age(Instant now) const noexcept;
  // By age; at least stale once the publisher's own `next_update` has passed.
  Freshness freshness(Instant now) const noexcept;

 private:
  std::shared_ptr<const Registry> registry_;
  Instant stale_from_;  // each check asks: two comparisons
  Instant expired_from_;
  std::string source_;  // file path or redis:// address, for people
};

}  // namespace beian::cache
