// How long to wait before trying again: doubling, bounded, and jittered so that a fleet which lost
// the same Redis does not return to it in step. Pure; any thread.
#pragma once

#include <chrono>
#include <cstdint>

namespace beian::cache {

// The wait after the `attempt`th failure in a row, counted from 0: between half and all of
// min(kRedisBackoffMax, kRedisBackoffMin * 2^attempt), chosen by `seed` (of this process) and
// `attempt`. The same arguments give the same time.
std::chrono::milliseconds backoff(std::uint32_t attempt, std::uint64_t seed) noexcept;

}  // namespace beian::cache
