// Retries one step of a publisher while Redis cannot be reached: with back-off, and a bounded
// number of times. Private to cache/redis.
#pragma once

#include <cstdint>
#include <utility>

#include "cache/base/bytes.h"
#include "cache/base/limits.h"
#include "cache/redis/backoff.h"
#include "cache/redis/client.h"
#include "cache/redis/connection.h"

namespace beian::cache {

// Calls `step`, which returns a Result and must be safe to repeat, until it succeeds. Returns its
// last error after kPublishTriesMax failures, or at once when that error is not kUnavailable.
template <class Step>
auto again(RedisClient* client, std::uint64_t seed, Step&& step) -> decltype(step()) {
  for (std::uint32_t attempt = 0;; ++attempt) {
    auto outcome = step();
    if (outcome || outcome.error().kind != ErrorKind::kUnavailable ||
        attempt + 1 == limits::kPublishTriesMax || !client->pause(backoff(attempt, seed)))
      return outcome;
  }
}

// For replies that must all be good: returns the first error among them. `commands`, where at hand,
// are what the replies answer.
inline Result<void> all_good(const std::vector<Reply>& replies,
                             const std::vector<RedisCommand>& commands = {}) {
  for (std::size_t i = 0; i < replies.size(); ++i) {
    if (!replies[i].is_error()) continue;
    return refusal("Redis", i < commands.size() ? commands[i] : RedisCommand{"a command"},
                   replies[i]);
  }
  return {};
}

}  // namespace beian::cache
