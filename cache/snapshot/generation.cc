#include "cache/snapshot/generation.h"

#include <algorithm>
#include <utility>

namespace beian::cache {
namespace {

// `time` plus `delay`, or the end of time if that comes sooner: a threshold may be "never".
Instant later(Instant time, std::chrono::seconds delay) {
  if (delay > Instant::max() - std::max(time, Instant{})) return Instant::max();
  return time + delay;
}

}  // namespace

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
    : registry_(std::move(registry)), source_(std::move(source)) {
  BEIAN_ASSERT(registry_ != nullptr);
  expired_from_ = later(info().as_of, thresholds.expired_after);
  stale_from_ = later(info().as_of, thresholds.stale_after);
  if (info().next_update && thresholds.stale_after != std::chrono::seconds::max())
    stale_from_ = std::min(stale_from_, *info().next_update);
}

Generation::Generation(std::shared_ptr<const Snapshot> snapshot, FreshnessThresholds thresholds,
                       std::string source)
    : Generation(Registry::over(std::move(snapshot)), thresholds, std::move(source)) {}

std::chrono::seconds Generation::age(Instant now) const noexcept {
  return std::max(std::chrono::seconds{0}, now - info().as_of);
}

Freshness Generation::freshness(Instant now) const noexcept {
  if (now >= expired_from_) return Freshness::kExpired;
  if (now >= stale_from_) return Freshness::kStale;
  return Freshness::kFresh;
}

}  // namespace beian::cache
