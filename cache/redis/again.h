// A step of a publisher, tried again while Redis cannot be reached: with back-off, and not for
// ever. Private to cache/redis.
#pragma once

#include <cstdint>
#include <utility>

#include "cache/base/bytes.h"
#include "cache/base/limits.h"
#include "cache/redis/backoff.h"
#include "cache/redis/client.h"
#include "cache/redis/connection.h"

namespace beian::cache {

// `step` gives a Result and may be done twice. Its last error when it fails kPublishTriesMax times,
// or at once when it is not kUnavailable.
template <class Step>
auto again(RedisClient* client, std::uint64_t seed, Step&& step) -> decltype(step()) {
  for (std::uint32_t attempt = 0;; ++attempt) {
    auto outcome = step();
    if (outcome || outcome.error().kind != ErrorKind::kUnavailable ||
        attempt + 1 == limits::kPublishTriesMax || !client->pause(backoff(attempt, seed)))
      return outcome;
  }
}

// Of replies that have to be good, the first that is an error. `commands`: what they answer, where
// that is at hand.
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
