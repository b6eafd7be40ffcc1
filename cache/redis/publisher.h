// Publishes a snapshot file as the generation that every gate follows: uploads its pieces, reads
// them back and checks them, then flips atomically. Until the flip gates see the old generation;
// after it, all of the new one.
//
// One thread, that of the client. `now` is an argument. FORMAT.md has keys and promises.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cache/base/result.h"
#include "cache/base/time.h"
#include "cache/redis/client.h"
#include "cache/redis/flip.h"
#include "cache/redis/keys.h"
#include "cache/redis/upload.h"
#include "cache/snapshot/trust.h"

namespace beian::cache {

struct PublisherOptions {
  std::string prefix = "beian";
  const SigningKey* key = nullptr;  // signs manifests; null: unsigned
  Trust trust;                      // for what is read from Redis or a file and published again
  std::string token;                // names this process; must be unique
  std::uint64_t seed = 0;           // of back-off
  std::size_t generations_kept = limits::kGenerationsKept;
  bool is_forced = false;       // publish even what does not come after what is published
  std::uint64_t epoch_min = 0;  // lower bound of a new epoch, for when Redis was emptied
};

struct PublishReceipt {
  std::string id;  // of the manifest, hex
  std::uint64_t epoch = 0;
  std::uint64_t serial = 0;
  bool was_published = false;  // it was already; only missing or damaged chunks were sent
  bool is_sealed = true;       // whether the published file is sealed
  UploadCounts upload;
  std::size_t dropped_generations = 0;
  std::size_t removed_chunks = 0;
};

class Publisher {
 public:
  Publisher(RedisClient* client, PublisherOptions options);

  // Publishes the snapshot at `path`. Errors: the snapshot's own, including kUntrusted; the
  // client's; kConflict (not newer, or another publisher is at work); kUsage (unsigned over signed,
  // and not forced). On any error, what was published stays published.
  [[nodiscard]] Result<PublishReceipt> publish(const std::string& path, Instant now,
                                               PublishProgress progress);
  // The same for a file that merges the published snapshot with the batches up to `compacted`. Also
  // kConflict when the published history no longer leads on from there.
  [[nodiscard]] Result<PublishReceipt> publish_compacted(const std::string& path,
                                                         const Tip& compacted, Instant now,
                                                         PublishProgress progress);
  // Goes back to the newest kept generation with `serial`; without one, to the generation before
  // the head, passing over those that the head took back. It begins a new epoch, so that gates take
  // it although its serial is lower. Errors: as above; kConflict when nothing is published;
  // kBadInput when no such generation is kept.
  [[nodiscard]] Result<PublishReceipt> rollback(std::optional<std::uint64_t> serial, Instant now,
                                                PublishProgress progress);

 private:
  Result<PublishReceipt> publish_file(FlipKind kind, const std::string& path,
                                      const std::optional<Tip>& compacted, Instant now,
                                      PublishProgress progress);
  bool is_published(const Manifest& manifest, ByteView file, const Published& published) const;
  Result<Manifest> choose(const std::optional<std::uint64_t>& serial, const Published& published);
  // Decides which generations are dropped, flips, and removes chunks that are no longer needed.
  Result<void> finish(FlipKind kind, const Manifest& manifest, const Published& published,
                      const Lease& lease, PublishReceipt* receipt);
  Result<void> plan(const Published& published, Flip* flip, std::vector<Sha256>* needed);
  Result<void> execute(const Flip& flip, const Published& published, const Lease& lease);
  Result<std::size_t> remove_unneeded(const std::vector<Sha256>& needed, const Lease& lease);

  RedisClient* client_;
  PublisherOptions options_;
  RedisKeys keys_;
};

}  // namespace beian::cache
