// How long to wait before trying again: doubling, bounded, and spread so that a fleet that lost one
// Redis does not come back to it in step. Pure; any thread.
#pragma once

#include <chrono>
#include <cstdint>

namespace beian::cache {

// For the `attempt`th failure in a row, from 0: between half of and all of
// min(kRedisBackoffMax, kRedisBackoffMin * 2^attempt), picked by `seed` (of this process) and
// `attempt`. The same arguments give the same time.
std::chrono::milliseconds backoff(std::uint32_t attempt, std::uint64_t seed) noexcept;

}  // namespace beian::cache
