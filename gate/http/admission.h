// When a worker refuses work for its own sake: this folder's part of the bounds in limits.h.
//
// There are two lanes. Bulk (batches, streams, packages) is shed first, by a short wait, so that it
// cannot hurt single checks; those only when nothing else would help; health and metrics never. A
// refusal is early: before a body is parsed, and for a batch before it is read.
#pragma once

#include <chrono>
#include <cstddef>

#include "gate/http/scope.h"

namespace beian::http {

using namespace std::chrono_literals;

// How long a request may have waited for others of its round. A batch of 1,000 takes some 4 ms, so
// a worker that is 50 ms behind has a dozen of them before each check; beyond: 503.
inline constexpr std::chrono::milliseconds kWaitBulkMax = 50ms;
// A round of single checks alone, each on a connection of its own, takes some 3 ms; beyond: 503.
inline constexpr std::chrono::milliseconds kWaitMax = 500ms;
// Streams that a worker answers at a time. Each gets its turn after every 64 KiB, so this bounds
// how long one waits for the others: half a second; beyond: 503.
inline constexpr std::size_t kStreamsPerWorkerMax = 256;
// Of a 503: some wait longer than others, so that they do not come back together.
inline constexpr unsigned kBusyRetrySecondsMax = 3;

static_assert(kWaitBulkMax < kWaitMax, "bulk is shed before single checks");

// Whether a request of this kind is shed after having waited so long.
constexpr bool is_shed(Scope scope, std::chrono::nanoseconds waited) noexcept {
  if (scope >= Scope::kOperations) return false;
  const bool is_bulk = scope == Scope::kBulk || scope == Scope::kPackages;
  return waited > (is_bulk ? kWaitBulkMax : kWaitMax);
}

}  // namespace beian::http
