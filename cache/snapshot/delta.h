// One delta batch: the changes that lead from one registry serial to the next, both as bytes, which
// travel and are stored, and as records. FORMAT.md describes the bytes.
//
// Batches form a chain: each names the chain before it, and the chain after it is a hash over that
// name and the batch. Equal chains mean equal histories, whoever sent the bytes. A snapshot begins
// a chain with its root hash; a compacted one continues the chain of the last batch it contains.
//
// Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cache/base/bytes.h"
#include "cache/base/result.h"
#include "cache/base/time.h"
#include "cache/feed/feed.h"
#include "cache/snapshot/trust.h"

namespace beian::cache {

struct DeltaBatch {
  std::uint64_t serial = 0;  // of the registry after it: one more than before
  Instant as_of{};           // of the registry after it
  std::optional<Instant> next_update;
  Sha256 previous{};                // the chain before it
  std::string feed_id;              // of the feed it was made from; may be empty
  std::vector<FeedRecord> records;  // in order: for one id, the last counts; at least one
};

// Returns the bytes of a batch, signed when `key` is given. The text is compressed where that makes
// it smaller. REQUIRES: within limits::kDeltaRecordsMax, kDeltaTextBytesMax, kFeedIdBytesMax;
// records as a feed yields them.
std::string encode(const DeltaBatch& batch, const SigningKey* key);

// Reads a batch that may come from anybody. Checks the signature first, then the rest; allocates at
// most limits::kDeltaTextBytesMax for its text, whatever the header says. Errors: kDamaged with the
// byte offset (another magic or version, lengths, counts, checksum, records that are not written as
// encode() writes them, an empty batch), kUntrusted. decode_delta(encode(x)) is x, and encoding a
// decoded batch gives the same chain.
[[nodiscard]] Result<DeltaBatch> decode_delta(ByteView bytes, const Trust& trust);

// Where a batch belongs and how much it holds, by its header alone and with nothing verified: tells
// quickly which batch follows which. Errors: kDamaged.
struct DeltaLink {
  std::uint64_t serial = 0;
  Sha256 previous{};
  std::uint64_t text_bytes = 0;  // of its records, uncompressed
  std::uint32_t records = 0;
};
[[nodiscard]] Result<DeltaLink> read_link(ByteView batch_bytes);

// The chain after a batch. The first one reads only the header of the bytes.
// REQUIRES: bytes that decode_delta() has accepted.
Sha256 chain_after(const Sha256& previous, ByteView batch_bytes);
Sha256 chain_after(const DeltaBatch& batch);

}  // namespace beian::cache
