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

Generation::Generation(std::shared_ptr<const Snapshot> snapshot, FreshnessThresholds thresholds,
                       std::string source)
    : snapshot_(std::move(snapshot)), thresholds_(thresholds), source_(std::move(source)) {
  BEIAN_ASSERT(snapshot_ != nullptr);
}

std::chrono::seconds Generation::age(Instant now) const noexcept {
  return std::max(std::chrono::seconds{0}, now - info().as_of);
}

Freshness Generation::freshness(Instant now) const noexcept {
  if (age(now) >= thresholds_.expired_after) return Freshness::kExpired;
  if (age(now) >= thresholds_.stale_after) return Freshness::kStale;
  return Freshness::kFresh;
}

}  // namespace beian::cache
