#include "cache/snapshot/generation.h"

#include <algorithm>
#include <utility>

namespace beian::cache {

std::string_view name_of(Freshness freshness) noexcept {
  switch (freshness) {
    case Freshness::kFresh:
      return "fresh";
    case Freshness::kStale:
      return "stale";
    case Freshness::kExpired:
      return "expired";
  }
  return "expired";
}

Generation::Generation(std::shared_ptr<const Registry> registry, FreshnessThresholds thresholds,
                       std::string source)
    : registry_(std::move(registry)), thresholds_(thresholds), source_(std::move(source)) {
  BEIAN_ASSERT(registry_ != nullptr);
}

Generation::Generation(std::shared_ptr<const Snapshot> snapshot, FreshnessThresholds thresholds,
                       std::string source)
    : Generation(Registry::over(std::move(snapshot)), thresholds, std::move(source)) {}

std::chrono::seconds Generation::age(Instant now) const noexcept {
  return std::max(std::chrono::seconds{0}, now - info().as_of);
}

Freshness Generation::freshness(Instant now) const noexcept {
  if (age(now) >= thresholds_.expired_after) return Freshness::kExpired;
  if (age(now) >= thresholds_.stale_after) return Freshness::kStale;
  if (info().next_update && now >= *info().next_update) return Freshness::kStale;
  return Freshness::kFresh;
}

}  // namespace beian::cache
