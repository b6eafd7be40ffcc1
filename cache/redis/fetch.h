// Reads the published registry from Redis: the snapshot into a file, and the batches on top of it.
// For publishers, which add to it; gates follow it with follower.h instead. One thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cache/base/result.h"
#include "cache/redis/client.h"
#include "cache/redis/keys.h"
#include "cache/redis/manifest.h"
#include "cache/redis/tip.h"
#include "cache/redis/upload.h"
#include "cache/snapshot/delta.h"
#include "cache/snapshot/registry.h"

namespace beian::cache {

// Writes the file that `manifest` describes, whole or not at all. Errors: the client's; kDamaged
// naming the chunk; those of AtomicFile; kUnavailable "interrupted" when `progress` returns false.
[[nodiscard]] Result<void> fetch_snapshot(RedisClient* client, const RedisKeys& keys,
                                          const Manifest& manifest, const std::string& path,
                                          const PublishProgress& progress);

struct FetchedRegistry {
  std::shared_ptr<const Registry> registry;
  std::uint64_t epoch = 0;
  std::optional<PublicKey> head_signer;  // who signed its manifest; nullopt: unsigned

  Tip position() const { return {epoch, registry->serial(), registry->chain()}; }
};

// Returns the head's snapshot with every batch of the stream applied. The snapshot is mapped from a
// file in `folder`; a file from an earlier run is reused when it is that snapshot. Errors: as
// above; kConflict when nothing is published; kUntrusted; kDamaged when the batches do not lead
// from the snapshot to the tip.
[[nodiscard]] Result<FetchedRegistry> fetch_registry(RedisClient* client, const RedisKeys& keys,
                                                     const Trust& trust, const std::string& folder,
                                                     const PublishProgress& progress);

// Returns the next batches of the stream after `serial`, in its order, at most
// kPublishBatchesAtOnce; empty when there are none. Errors: the client's; kDamaged and kUntrusted,
// naming the entry.
[[nodiscard]] Result<std::vector<DeltaBatch>> read_batches(RedisClient* client,
                                                           const RedisKeys& keys,
                                                           const Trust& trust,
                                                           std::uint64_t serial);

// Returns `registry` with every batch of the stream that follows it applied.
[[nodiscard]] Result<std::shared_ptr<const Registry>> catch_up(
    RedisClient* client, const RedisKeys& keys, const Trust& trust,
    std::shared_ptr<const Registry> registry);

}  // namespace beian::cache
