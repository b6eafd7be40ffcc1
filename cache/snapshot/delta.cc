// Tests: delta_test.cc; the fuzz target is tests/fuzz/delta_fuzz.cc.
#include "cache/snapshot/delta.h"

#include <zstd.h>

#include <cstddef>
#include <cstring>
#include <utility>

#include "cache/base/limits.h"
#include "cache/feed/render.h"
#include "cache/snapshot/format.h"

namespace beian::cache {
namespace {

constexpr std::array<char, 8> kBatchMagic = {'B', 'E', 'I', 'A', 'N', 'D', 'L', 'T'};
constexpr std::uint32_t kBatchVersion = 1;
constexpr std::string_view kBatchPrefix = "beian-gate delta batch 1\n";
constexpr std::string_view kBatchSignaturePrefix = "beian-gate delta signature 1\n";
constexpr std::string_view kChainPrefix = "beian-gate delta chain 1\n";
constexpr std::size_t kCompressFromBytes = 512;  // a single record gains nothing
constexpr int kCompression = 3;

enum BatchFlag : std::uint32_t { kBatchHasNextUpdate = 1, kBatchCompressed = 2 };

struct BatchHeader {
  std::array<char, 8> magic;
  std::uint32_t version;
  std::uint32_t flags;  // set of BatchFlag
  std::uint64_t serial;
  std::int64_t as_of;        // seconds since 1970-01-01T00:00:00Z
  std::int64_t next_update;  // the same; 0 without kBatchHasNextUpdate
  Sha256 previous;
  std::uint32_t records;
  std::uint32_t feed_id_bytes;
  std::uint64_t text_bytes;    // of the records
  std::uint64_t stored_bytes;  // of the text as stored, behind header and feed id
  Sha256 text_hash;            // of feed id and text
  PublicKey signer;            // both zeros when unsigned
  Signature signature;
};
static_assert(sizeof(BatchHeader) == 224);
static_assert(std::has_unique_object_representations_v<BatchHeader>);

Error damaged_batch(std::uint64_t offset, const std::string& why) {
  return make_error(ErrorKind::kDamaged,
                    "delta batch damaged at byte " + std::to_string(offset) + ": " + why);
}

ByteView bytes_of(const BatchHeader& header) {
  return {reinterpret_cast<const std::uint8_t*>(&header), sizeof header};
}

// Hash of what the batch says, however it is stored and whoever signed it.
Sha256 batch_hash(BatchHeader header) {
  header.flags &= ~std::uint32_t{kBatchCompressed};
  header.stored_bytes = 0;
  header.signer = {};
  header.signature = {};
  return sha256(as_bytes(std::string(kBatchPrefix) + std::string(as_text(bytes_of(header)))));
}

std::string signed_batch(const BatchHeader& header) {
  return std::string(kBatchSignaturePrefix) + std::string(as_text(batch_hash(header)));
}

Sha256 chain_behind(const Sha256& previous, const BatchHeader& header) {
  return sha256(as_bytes(std::string(kChainPrefix) + std::string(as_text(previous)) +
                         std::string(as_text(batch_hash(header)))));
}

std::string text_of(const std::vector<FeedRecord>& records) {
  std::string text;
  for (const FeedRecord& record : records) text += to_ndjson(record) + "\n";
  return text;
}

BatchHeader header_of(const DeltaBatch& batch, const std::string& text) {
  BatchHeader header{};
  header.magic = kBatchMagic;
  header.version = kBatchVersion;
  header.serial = batch.serial;
  header.as_of = batch.as_of.time_since_epoch().count();
  if (batch.next_update) {
    header.flags |= kBatchHasNextUpdate;
    header.next_update = batch.next_update->time_since_epoch().count();
  }
  header.previous = batch.previous;
  header.records = static_cast<std::uint32_t>(batch.records.size());
  header.feed_id_bytes = static_cast<std::uint32_t>(batch.feed_id.size());
  header.text_bytes = text.size();
  header.stored_bytes = text.size();
  header.text_hash = sha256(batch.feed_id + text);
  return header;
}

// `text` compressed; empty when that gains nothing.
std::string compressed(const std::string& text) {
  if (text.size() < kCompressFromBytes) return {};
  std::string out(ZSTD_compressBound(text.size()), '\0');
  const std::size_t size =
      ZSTD_compress(out.data(), out.size(), text.data(), text.size(), kCompression);
  if (ZSTD_isError(size) || size >= text.size()) return {};
  out.resize(size);
  return out;
}

// Reads the header and checks all of it, except what only the text can prove.
Result<BatchHeader> read_header(ByteView bytes) {
  BatchHeader header;
  if (bytes.size() < sizeof header) return damaged_batch(bytes.size(), "it ends within the header");
  std::memcpy(&header, bytes.data(), sizeof header);
  if (header.magic != kBatchMagic) return damaged_batch(0, "this is no delta batch");
  if (header.version != kBatchVersion)
    return damaged_batch(offsetof(BatchHeader, version),
                         "version " + std::to_string(header.version) +
                             "; this gate reads version " + std::to_string(kBatchVersion));
  if ((header.flags & ~(kBatchHasNextUpdate | kBatchCompressed)) != 0)
    return damaged_batch(offsetof(BatchHeader, flags), "unknown flags");
  if (header.serial == 0) return damaged_batch(offsetof(BatchHeader, serial), "serial 0");
  if (!format::is_instant(header.as_of))
    return damaged_batch(offsetof(BatchHeader, as_of), "no such time");
  const bool has_next_update = (header.flags & kBatchHasNextUpdate) != 0;
  if (!format::is_instant(header.next_update) || (!has_next_update && header.next_update != 0))
    return damaged_batch(offsetof(BatchHeader, next_update), "no such time");
  if (header.records == 0) return damaged_batch(offsetof(BatchHeader, records), "an empty batch");
  if (header.records > limits::kDeltaRecordsMax)
    return damaged_batch(offsetof(BatchHeader, records), "more records than one batch may have");
  if (header.feed_id_bytes > limits::kFeedIdBytesMax)
    return damaged_batch(offsetof(BatchHeader, feed_id_bytes), "a feed id that is too long");
  if (header.text_bytes > limits::kDeltaTextBytesMax)
    return damaged_batch(offsetof(BatchHeader, text_bytes), "more text than one batch may have");
  const std::uint64_t behind = bytes.size() - sizeof header;
  if (header.feed_id_bytes > behind || header.stored_bytes != behind - header.feed_id_bytes)
    return damaged_batch(offsetof(BatchHeader, stored_bytes), "the batch is cut short or goes on");
  if ((header.flags & kBatchCompressed) != 0 ? header.stored_bytes >= header.text_bytes
                                             : header.stored_bytes != header.text_bytes)
    return damaged_batch(offsetof(BatchHeader, stored_bytes),
                         "a length that contradicts the text's");
  return header;
}

Result<std::string> read_text(const BatchHeader& header, ByteView stored) {
  const std::uint64_t offset = sizeof header + header.feed_id_bytes;
  if ((header.flags & kBatchCompressed) == 0) return std::string(as_text(stored));
  if (ZSTD_getFrameContentSize(stored.data(), stored.size()) != header.text_bytes)
    return damaged_batch(offset, "a compressed text of another length");
  std::string text(header.text_bytes, '\0');
  const std::size_t size = ZSTD_decompress(text.data(), text.size(), stored.data(), stored.size());
  if (ZSTD_isError(size) || size != text.size())
    return damaged_batch(offset, "cannot be decompressed");
  return text;
}

// Reads the records of `text`. Each must stand exactly as it would be written, so that a batch has
// only one text.
Result<std::vector<FeedRecord>> read_records(const BatchHeader& header, const std::string& text) {
  const std::uint64_t offset = sizeof header + header.feed_id_bytes;
  std::vector<FeedRecord> records;
  std::size_t same = 0;  // leading bytes that stand as they would be written
  const auto read = read_feed_text(
      text, "delta", {},
      [&](FeedRecord&& record) {
        const std::string line = to_ndjson(record) + "\n";
        if (std::string_view(text).substr(std::min(same, text.size())).starts_with(line))
          same += line.size();
        records.push_back(std::move(record));
      },
      [](const FeedProblem&) {});
  if (!read) return damaged_batch(offset, read.error().message);
  if (same != text.size())
    return damaged_batch(offset, "a record that is not in canonical form, at byte " +
                                     std::to_string(same) + " of the text");
  if (records.size() != header.records)
    return damaged_batch(offsetof(BatchHeader, records),
                         "another number of records than the text has");
  return records;
}

}  // namespace

std::string encode(const DeltaBatch& batch, const SigningKey* key) {
  BEIAN_ASSERT(!batch.records.empty() && batch.records.size() <= limits::kDeltaRecordsMax &&
               batch.feed_id.size() <= limits::kFeedIdBytesMax);
  std::string text = text_of(batch.records);
  BEIAN_ASSERT(text.size() <= limits::kDeltaTextBytesMax);
  BatchHeader header = header_of(batch, text);
  const SignedBy by = sign_with(key, as_bytes(signed_batch(header)));
  header.signer = by.signer;
  header.signature = by.signature;
  if (std::string smaller = compressed(text); !smaller.empty()) {
    text = std::move(smaller);
    header.flags |= kBatchCompressed;
    header.stored_bytes = text.size();
  }
  return std::string(as_text(bytes_of(header))) + batch.feed_id + text;
}

Result<DeltaBatch> decode_delta(ByteView bytes, const Trust& trust) {
  const auto header = read_header(bytes);
  if (!header) return header.error();
  const auto trusted =
      check_trust("delta batch " + std::to_string(header->serial),
                  {header->signer, header->signature}, as_bytes(signed_batch(*header)), trust);
  if (!trusted) return trusted.error();
  DeltaBatch batch;
  batch.serial = header->serial;
  batch.as_of = Instant{std::chrono::seconds{header->as_of}};
  if (header->flags & kBatchHasNextUpdate)
    batch.next_update = Instant{std::chrono::seconds{header->next_update}};
  batch.previous = header->previous;
  const ByteView behind = bytes.subspan(sizeof(BatchHeader));
  batch.feed_id = std::string(as_text(behind.first(header->feed_id_bytes)));
  if (!is_utf8(batch.feed_id))
    return damaged_batch(sizeof(BatchHeader), "a feed id that is not UTF-8");
  const auto text = read_text(*header, behind.subspan(header->feed_id_bytes));
  if (!text) return text.error();
  if (sha256(batch.feed_id + *text) != header->text_hash)
    return damaged_batch(offsetof(BatchHeader, text_hash),
                         "the checksum of feed id and text does not hold");
  auto records = read_records(*header, *text);
  if (!records) return records.error();
  batch.records = std::move(*records);
  return batch;
}

Result<DeltaLink> read_link(ByteView batch_bytes) {
  const auto header = read_header(batch_bytes);
  if (!header) return header.error();
  return DeltaLink{header->serial, header->previous, header->text_bytes, header->records};
}

Sha256 chain_after(const Sha256& previous, ByteView batch_bytes) {
  BEIAN_ASSERT(batch_bytes.size() >= sizeof(BatchHeader));
  BatchHeader header;
  std::memcpy(&header, batch_bytes.data(), sizeof header);
  return chain_behind(previous, header);
}

Sha256 chain_after(const DeltaBatch& batch) {
  return chain_behind(batch.previous, header_of(batch, text_of(batch.records)));
}

}  // namespace beian::cache
