// Where a gate's registry comes from: a snapshot file, a followed Redis, or the one compiled in.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cache/base/result.h"
#include "cache/redis/client.h"
#include "cache/redis/follower_driver.h"
#include "cache/snapshot/generation.h"
#include "cache/snapshot/seal.h"

namespace beian::cli {

inline constexpr cache::FreshnessThresholds kNeverStale{std::chrono::seconds::max(),
                                                        std::chrono::seconds::max()};

struct RegistrySource {
  std::string path;         // snapshot file
  bool is_by_flag = false;  // --registry, not the configuration, gave `path` or `url`
  cache::FreshnessThresholds thresholds;
  std::vector<std::string> trusted_key_files;  // empty: a file's signatures are not checked
  bool are_keys_by_flag = false;               // --key gave these

  std::string url;              // of a Redis to follow
  std::string local_copy;       // folder; empty: no copy is kept
  bool allow_unsigned = false;  // from Redis; required if there are no keys

  // What a registry must satisfy to replace another, wherever it comes from.
  int shrink_max_percent = static_cast<int>(limits::kShrinkMaxPercent);
  std::vector<FilingNumber> canaries;

  cache::RedisOptions redis;  // settings that `url` does not give

  // A file named by a flag takes precedence over the configuration's URL.
  bool is_followed() const noexcept { return !url.empty() && path.empty(); }
  bool is_built_in() const noexcept { return url.empty() && path.empty(); }
};

// Opens and verifies the registry. The built-in one (fixtures and test identities) is built anew,
// as of `now`, and never becomes stale: it is for trying the gate, not for deciding about real
// apps. kUsage for a followed one: only a running gate follows.
[[nodiscard]] Result<std::shared_ptr<const cache::Generation>> open_registry(
    const RegistrySource& source, Instant now);

// Warns on standard error if the built-in registry decides, so that nobody takes its answers for
// those about a real app. `flags` are the flags that name another one.
void tell_of_built_in(const RegistrySource& source, std::string_view flags);

// The registry that a following gate has kept, both current and at an earlier serial.
struct KeptHistory {
  std::shared_ptr<const cache::Generation> now;
  // At `at` as fresh, stale or expired as the current one, whatever its own age, so that
  // differences between the two come from their content.
  std::shared_ptr<const cache::Generation> before;
};
// Reads the local copy of `source` without disturbing the gate that keeps it. kUsage if `source`
// keeps none, or it cannot go back to `serial`; else the errors of LocalCopy::read.
[[nodiscard]] Result<KeptHistory> open_history(const RegistrySource& source, std::uint64_t serial,
                                               Instant at);

// Answers until the first followed registry arrives: empty and incomplete, so that everything that
// depends on the registry is `unknown`.
[[nodiscard]] Result<std::shared_ptr<const cache::Generation>> nothing_yet(
    const RegistrySource& source);

// The public keys of those who may sign. Errors: those of the first file that holds none.
[[nodiscard]] Result<std::vector<cache::PublicKey>> load_keys(
    const std::vector<std::string>& paths);

// How to reach the Redis at `source.url`, including its other settings. Errors: kUsage. REQUIRES:
// source.is_followed().
[[nodiscard]] Result<cache::RedisOptions> redis_options(const RegistrySource& source);

// Allows an unsigned registry if a flag names a Redis on this machine (never a Sentinel or Cluster)
// and no keys were given: whoever types that is trying things out, as with a listener that nobody
// else can reach.
void trust_own_redis(RegistrySource* source);

// Guards a registry from a file, as a follower does for its own. At a start (`served` is null), or
// if the file is a different one, the operator's word counts: there is nothing yet to lose. Errors:
// kConflict.
[[nodiscard]] Result<void> guard_file(const RegistrySource& source, const cache::Generation* served,
                                      const cache::Generation& loaded);

// A follower's options, except the clock and the seed. Errors: kUsage (no keys, and unsigned not
// allowed), and those of the key files. REQUIRES: source.is_followed().
[[nodiscard]] Result<cache::FollowerOptions> follower_options(const RegistrySource& source);

}  // namespace beian::cli
