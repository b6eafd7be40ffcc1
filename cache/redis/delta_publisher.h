// Puts changes on top of the published registry: a feed, cut into batches, each signed and one link
// of the chain, onto the stream that every gate reads. One thread, that of the client.
//
// A batch is applied to the registry here before anybody else sees it: what it contradicts is the
// publisher's error, not that of every gate. A feed has an id, and its batches are published once,
// however often it is sent: a publisher that was interrupted sends the same feed again.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cache/base/result.h"
#include "cache/base/time.h"
#include "cache/redis/client.h"
#include "cache/redis/delta_parts.h"
#include "cache/redis/fetch.h"
#include "cache/redis/keys.h"
#include "cache/redis/publisher.h"
#include "cache/snapshot/delta.h"
#include "cache/snapshot/registry.h"

namespace beian::cache {

struct DeltaFeed {
  std::string id;  // 1 to kFeedIdBytesMax - 16 bytes
  // Both count unless the registry is as of later already: then it keeps its own.
  Instant as_of{};
  std::optional<Instant> next_update;
  std::vector<FeedRecord> records;
  bool is_id_of_records = false;  // the id is feed_id_of(records)
};

// An id for a feed that was given none: of what it holds, so that the same feed has the same. It
// does not tell a second sending from news: a filing that was restricted, set free and is
// restricted again comes with the records of the first time.
std::string feed_id_of(const std::vector<FeedRecord>& records);

struct DeltaReceipt {
  std::uint64_t epoch = 0;
  std::uint64_t serial = 0;  // of the registry now
  Instant as_of{};           // the same
  std::uint64_t batches = 0;
  std::uint64_t batches_known = 0;  // published before, under this feed id
};

class DeltaPublisher {
 public:
  // `published`: what fetch_registry() gave; it is kept up to date from here on.
  DeltaPublisher(RedisClient* client, PublisherOptions options, FetchedRegistry published);

  // Errors: the client's; kBadInput (an empty feed, a contradiction, or what no gate would take:
  // nothing of the group of batches that holds it is published, those before are; or a feed known
  // by an id of its records that the registry contradicts now); kConflict (another snapshot was
  // published meanwhile, or the stream does not take the batch); kUntrusted; kUsage (no key, and
  // what is published is signed).
  [[nodiscard]] Result<DeltaReceipt> publish(const DeltaFeed& feed);

 private:
  struct Group;
  Result<std::size_t> publish_group(const DeltaFeed& feed, std::span<const DeltaPart> parts);
  Result<std::vector<const DeltaPart*>> find_new(const DeltaFeed& feed,
                                                 std::span<const DeltaPart> parts);
  Result<void> build(const DeltaFeed& feed, const std::vector<const DeltaPart*>& parts,
                     Group* group);
  Result<void> check_stream(const Tip& before);
  Result<bool> commit(const Group& group);

  RedisClient* client_;
  PublisherOptions options_;
  RedisKeys keys_;
  FetchedRegistry published_;
};

}  // namespace beian::cache
