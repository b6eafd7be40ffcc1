// Publishes changes on top of the published registry: cuts a feed into batches, each signed and
// each one link of the chain, and adds them to the stream that every gate reads. One thread, that
// of the client.
//
// Each batch is applied to the registry here before anybody else sees it, so a contradiction is the
// publisher's error and not that of every gate. A feed has an id, and its batches are published
// once however often it is sent: after an interruption the publisher sends the same feed again.
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
  // Both apply unless the registry's own as_of is later: then it keeps both of its own.
  Instant as_of{};
  std::optional<Instant> next_update;
  std::vector<FeedRecord> records;
  bool is_id_of_records = false;  // the id is feed_id_of(records), not one that was given
};

// The id of a feed that was given none: a hash of its records, so that the same feed has the same
// id. It cannot tell a second sending from new changes: when a filing is restricted, freed and
// restricted again, the second restriction has the same records as the first.
std::string feed_id_of(const std::vector<FeedRecord>& records);

struct DeltaReceipt {
  std::uint64_t epoch = 0;
  std::uint64_t serial = 0;  // of the registry now
  Instant as_of{};           // likewise
  std::uint64_t batches = 0;
  std::uint64_t batches_known = 0;  // published before, under this feed id
};

class DeltaPublisher {
 public:
  // `published` is what fetch_registry() returned; it is kept up to date from here on.
  DeltaPublisher(RedisClient* client, PublisherOptions options, FetchedRegistry published);

  // Errors: the client's; kBadInput (an empty feed; a contradiction, or a batch that no gate would
  // take: nothing of the group of batches that holds it is published, earlier groups are; or a feed
  // that was published under an id of its records and that the registry contradicts now); kConflict
  // (another snapshot was published meanwhile, or the stream does not take the batch); kUntrusted;
  // kUsage (no key, though what is published is signed; a feed id of a wrong length).
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
