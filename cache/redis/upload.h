// Uploads the pieces of a snapshot file to Redis, reading each back to check it. Pieces that are
// there already are not sent again, so an interrupted upload resumes where it stopped. One thread.
#pragma once

#include <cstdint>
#include <functional>

#include "cache/base/bytes.h"
#include "cache/base/result.h"
#include "cache/redis/client.h"
#include "cache/redis/keys.h"
#include "cache/redis/lease.h"
#include "cache/redis/manifest.h"

namespace beian::cache {

// Called after each group of chunks; returning false ends the work with kUnavailable "interrupted".
using PublishProgress = std::function<bool(std::uint64_t done_bytes, std::uint64_t total_bytes)>;

struct UploadCounts {
  std::uint64_t chunks = 0;
  std::uint64_t sent = 0;        // the others were there already
  std::uint64_t sent_bytes = 0;  // compressed
};

class Uploader {
 public:
  Uploader(RedisClient* client, const RedisKeys* keys, const Lease* lease, std::uint64_t seed,
           PublishProgress progress);

  // Cuts `file` as `*manifest` says (file_bytes, chunk_bytes), uploads what Redis lacks, reads
  // everything back, and fills `manifest->chunks`. Errors: the client's; kConflict (the lease was
  // lost); kDamaged (Redis returns other bytes than were sent).
  [[nodiscard]] Result<UploadCounts> upload(ByteView file, Manifest* manifest);
  // Reads back every chunk that `manifest` names. Errors: as above, and kDamaged when a chunk is
  // gone.
  [[nodiscard]] Result<void> check(const Manifest& manifest);

 private:
  struct Group;
  Result<void> find_missing(Group* group);
  Result<void> send_and_read_back(Group* group, UploadCounts* counts);
  Result<void> read_back(const Manifest& manifest, std::size_t first, std::size_t count);

  RedisClient* client_;
  const RedisKeys& keys_;
  const Lease& lease_;
  std::uint64_t seed_;
  PublishProgress progress_;
};

}  // namespace beian::cache
