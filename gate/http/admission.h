// When a worker sheds load to protect itself: this folder's additions to the bounds in limits.h.
//
// There are two lanes, each with its own threads. Bulk (batches and streams) runs at a lower
// priority, so that it cannot hurt the rest, and is shed first, once too much of it waits for its
// lane. Packages are read by yet other threads (package_desk.h) and shed like bulk. Single checks
// are shed only as a last resort; health and metrics never. A refusal comes early: before a body is
// parsed, and for a batch before it is read.
//
// Single checks need no tighter bound. Their queue is in the sockets, one request per connection,
// so the number of connections bounds it. And refusing one costs the kernel as much as answering
// it, which is more than half of a check: shedding them earlier would only answer fewer.
#pragma once

#include <chrono>
#include <cstddef>

#include "gate/http/scope.h"

namespace beian::http {

using namespace std::chrono_literals;

// How long a bulk request may have waited for others of its round; beyond: 503. A batch of 1,000
// takes about 4 ms, so a lane that is 50 ms behind has a dozen of them ahead of the next.
inline constexpr std::chrono::milliseconds kWaitBulkMax = 50ms;
// The same for single checks; beyond: 503. A round of only these, one per connection, takes about
// 3 ms.
inline constexpr std::chrono::milliseconds kWaitMax = 500ms;
// Bulk requests waiting for their lane, besides those it has begun; beyond: 503. A dozen batches of
// 1,000 take 50 ms.
inline constexpr std::size_t kBulkWaitingMax = 12;
// Streams that a worker answers at a time; beyond: 503. They take turns of 16 KiB, so this bounds
// how long one waits for all others: an eighth of a second.
inline constexpr std::size_t kStreamsPerWorkerMax = 256;
// Highest Retry-After of a 503. It varies, so that clients do not all come back together.
inline constexpr unsigned kBusyRetrySecondsMax = 3;

static_assert(kWaitBulkMax < kWaitMax, "bulk is shed before single checks");

// Whether a request of this scope is shed after waiting for `waited`.
constexpr bool is_shed(Scope scope, std::chrono::nanoseconds waited) noexcept {
  if (scope >= Scope::kOperations) return false;
  const bool is_bulk = scope == Scope::kBulk || scope == Scope::kPackages;
  return waited > (is_bulk ? kWaitBulkMax : kWaitMax);
}

}  // namespace beian::http
