#include "cache/redis/backoff.h"

#include <gtest/gtest.h>

#include <set>

#include "cache/base/limits.h"

namespace beian::cache {
namespace {

using std::chrono::milliseconds;

TEST(Backoff, DoublesUpToItsBoundAndNeverHalvesMoreThanOnce) {
  milliseconds bound = limits::kRedisBackoffMin;
  for (std::uint32_t attempt = 0; attempt < 40; ++attempt) {
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
      const milliseconds wait = backoff(attempt, seed);
      EXPECT_LE(wait, bound) << attempt;
      EXPECT_GE(wait, bound / 2) << attempt;
    }
    bound = std::min<milliseconds>(bound * 2, limits::kRedisBackoffMax);
  }
  EXPECT_LE(backoff(UINT32_MAX, 1), milliseconds(limits::kRedisBackoffMax));
}

TEST(Backoff, SpreadsAFleetAndRepeatsItself) {
  std::set<milliseconds> waits;
  for (std::uint64_t seed = 0; seed < 1'000; ++seed) {
    waits.insert(backoff(10, seed));
    EXPECT_EQ(backoff(10, seed), backoff(10, seed));
  }
  EXPECT_GT(waits.size(), 300U) << "of 501 that there are";
}

}  // namespace
}  // namespace beian::cache
