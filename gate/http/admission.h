// When a worker refuses work for its own sake: this folder's part of the bounds in limits.h.
//
// There are two lanes, on threads of their own: bulk (batches and streams) runs at a lower
// priority, so that it cannot hurt the rest, and is shed first, when some of it waits for its lane.
// Packages are read by other threads still (package_desk.h) and shed like bulk. Single checks are
// shed only when nothing else would help; health and metrics never. A refusal is early: before a
// body is parsed, and for a batch before it is read.
//
// Single checks need no shorter bound. Their queue is in the sockets, one request a connection, and
// so bounded by the connections; and to refuse one costs the kernel as much as to answer it, which
// is more than half of a check. Shedding them early would only answer fewer.
#pragma once

#include <chrono>
#include <cstddef>

#include "gate/http/scope.h"

namespace beian::http {

using namespace std::chrono_literals;

// How long a request may have waited for others of its round. A batch of 1,000 takes some 4 ms, so
// a lane that is 50 ms behind has a dozen of them before the next; beyond: 503.
inline constexpr std::chrono::milliseconds kWaitBulkMax = 50ms;
// A round of single checks alone, each on a connection of its own, takes some 3 ms; beyond: 503.
inline constexpr std::chrono::milliseconds kWaitMax = 500ms;
// Bulk that waits for its lane, behind what that has begun; a dozen batches of 1,000 are 50 ms.
// Beyond: 503.
inline constexpr std::size_t kBulkWaitingMax = 12;
// Streams that a worker answers at a time. Each gets its turn after every 16 KiB, so this bounds
// how long one waits for the others: an eighth of a second; beyond: 503.
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
