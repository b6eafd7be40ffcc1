// Where a gate's registry comes from: a snapshot file, a Redis to follow, or the one compiled in.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cache/base/result.h"
#include "cache/redis/client.h"
#include "cache/redis/follower_driver.h"
#include "cache/snapshot/generation.h"
#include "cache/snapshot/guard.h"

namespace beian::cli {

struct RegistrySource {
  std::string path;         // of a snapshot file; empty, without `url` too: the built-in registry
  bool is_by_flag = false;  // --registry gives it, or `url`, instead of the configuration
  cache::FreshnessThresholds thresholds;
  std::vector<std::string> trusted_key_files;  // empty: signatures of a file are not checked
  bool are_keys_by_flag = false;               // --key gives these

  // Followed instead of a file when `url` is not empty.
  std::string url;
  std::string local_copy;       // folder; empty: none is kept
  bool allow_unsigned = false;  // from Redis; needed where there are no keys

  // What a registry that takes the place of another has to satisfy, wherever it comes from.
  int shrink_max_percent = static_cast<int>(limits::kShrinkMaxPercent);
  std::vector<FilingNumber> canaries;

  cache::RedisOptions redis;  // for what `url` does not say

  // A file that a flag names counts more than the URL of the configuration.
  bool is_followed() const noexcept { return !url.empty() && path.empty(); }
};

// Opens and verifies. The built-in registry (the fixtures and the test identities) is built anew,
// as of `now`, and never grows old: it is there to try the gate, not to decide about real apps.
// kUsage for a followed one: only a gate that runs follows.
[[nodiscard]] Result<std::shared_ptr<const cache::Generation>> open_registry(
    const RegistrySource& source, Instant now);

// Says on standard error that the built-in registry decides, where it does: nobody takes its
// answers for those about a real app. `flags` are those that name another.
void tell_of_built_in(const RegistrySource& source, std::string_view flags);

// The registry that a following gate has kept, now and as it was at an earlier serial.
struct KeptHistory {
  std::shared_ptr<const cache::Generation> now;
  // Expired at `at` exactly when that of now is, whatever its own age: what differs between the two
  // comes from what they hold.
  std::shared_ptr<const cache::Generation> before;
};
// Reads the local copy of `source` without disturbing the gate that keeps it. kUsage when `source`
// keeps none, or it cannot go back to `serial`; else those of LocalCopy::read.
[[nodiscard]] Result<KeptHistory> open_history(const RegistrySource& source, std::uint64_t serial,
                                               Instant at);

// What answers before the first registry that is followed has come: empty and incomplete, so that
// whatever rests on the registry is `unknown`.
[[nodiscard]] Result<std::shared_ptr<const cache::Generation>> nothing_yet(
    const RegistrySource& source);

// How to reach the Redis of `source.url`, with what its own settings add. Errors: kUsage.
// REQUIRES: source.is_followed().
[[nodiscard]] Result<cache::RedisOptions> redis_options(const RegistrySource& source);

// Allows unsigned where a flag names a Redis of this machine (a Sentinel or a Cluster is none), and
// nobody said whose signatures count: whoever types that tries things out, as with a listener that
// nobody else reaches.
void trust_own_redis(RegistrySource* source);

// What a registry that takes the place of another is held against.
[[nodiscard]] cache::GuardOptions guard_options(const RegistrySource& source);

// The guard of a file's registry, as a follower has it. A start (`served` is null), and another
// file than before, are an operator's word: there is nothing yet that it could lose. Errors:
// kConflict.
[[nodiscard]] Result<void> guard_file(const RegistrySource& source, const cache::Generation* served,
                                      const cache::Generation& loaded);

// Everything that a follower is given but the clock and the seed. Errors: kUsage (no keys, and
// unsigned not allowed), and those of the keys' files. REQUIRES: source.is_followed().
[[nodiscard]] Result<cache::FollowerOptions> follower_options(const RegistrySource& source);

}  // namespace beian::cli
