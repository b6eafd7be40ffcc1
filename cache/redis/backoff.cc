#include "cache/redis/backoff.h"

#include <algorithm>

#include "cache/base/limits.h"

namespace beian::cache {
namespace {

// The finalizer of SplitMix64: every bit of the result depends on every bit of `x`.
std::uint64_t mix(std::uint64_t x) noexcept {
  x += 0x9E3779B97F4A7C15;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}

}  // namespace

std::chrono::milliseconds backoff(std::uint32_t attempt, std::uint64_t seed) noexcept {
  constexpr std::chrono::milliseconds kMin = limits::kRedisBackoffMin;
  constexpr std::chrono::milliseconds kMax = limits::kRedisBackoffMax;
  const auto bound = std::min(kMax, kMin * (1U << std::min(attempt, 16U)));
  const auto half = static_cast<std::uint64_t>(bound.count() / 2);
  const std::uint64_t spread = mix(seed ^ mix(attempt)) % (half + 1);
  return bound - std::chrono::milliseconds{static_cast<std::int64_t>(spread)};
}

}  // namespace beian::cache
