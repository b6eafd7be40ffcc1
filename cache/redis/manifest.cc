#include "cache/redis/manifest.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "cache/base/limits.h"
#include "cache/redis/manifest_format.h"

namespace beian::cache {
namespace {

using manifest_format::Header;

constexpr std::string_view kSignaturePrefix = "beian-gate manifest signature 1\n";
constexpr std::string_view kEpochPrefix = "beian-gate epoch chain 1\n";

// What is signed: a prefix of its own, then the hash of the bytes with the signature zeroed.
std::string message_of(ByteView bytes) {
  std::string unsigned_bytes(as_text(bytes));
  std::memset(unsigned_bytes.data() + offsetof(Header, signature), 0, sizeof(Header::signature));
  std::string message(kSignaturePrefix);
  message += as_text(sha256(unsigned_bytes));
  return message;
}

Error damaged(std::size_t offset, std::string_view what) {
  return make_error(ErrorKind::kDamaged, "manifest damaged at byte " + std::to_string(offset) +
                                             ": " + std::string(what));
}

template <class Bytes>
bool is_zero(const Bytes& bytes) {
  return std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; });
}

bool is_time(std::int64_t seconds) {
  constexpr std::int64_t kEndOf9999 = 253'402'300'799;
  return seconds >= 0 && seconds <= kEndOf9999;
}

// Whether every field without its flag is zero, so that no two encodings mean the same.
bool are_flags_kept(const Header& header) {
  const auto has = [&](std::uint32_t flag) { return (header.flags & flag) != 0; };
  return (header.flags & ~manifest_format::kFlagsKnown) == 0 &&
         (has(manifest_format::kHasNextUpdate) || header.next_update == 0) &&
         (has(manifest_format::kHasRollbackOf) || header.rollback_of == 0) &&
         (has(manifest_format::kHasPrevious) || is_zero(header.previous)) &&
         has(manifest_format::kIsSigned) != (is_zero(header.signer) && is_zero(header.signature));
}

Result<Header> read_header(ByteView bytes) {
  Header header;
  if (bytes.size() < sizeof header) return damaged(bytes.size(), "it ends inside the header");
  std::memcpy(&header, bytes.data(), sizeof header);
  if (header.magic != manifest_format::kMagic) return damaged(0, "not a beian-gate manifest");
  if (header.version != manifest_format::kVersion)
    return damaged(offsetof(Header, version), "version " + std::to_string(header.version) +
                                                  "; this program reads " +
                                                  std::to_string(manifest_format::kVersion));
  if (!are_flags_kept(header))
    return damaged(offsetof(Header, flags), "flags that do not fit what is there");
  if (header.epoch == 0) return damaged(offsetof(Header, epoch), "epochs begin at 1");
  if (!is_time(header.as_of) || !is_time(header.next_update) || !is_time(header.published_at))
    return damaged(offsetof(Header, as_of), "a time outside the years 1970 to 9999");
  if (header.chunk_bytes == 0 || header.chunk_bytes > limits::kRegistryChunkBytesMax)
    return damaged(offsetof(Header, chunk_bytes), "no size of a chunk");
  if (header.file_bytes == 0 || header.file_bytes > limits::kRegistryFileBytesMax)
    return damaged(offsetof(Header, file_bytes), "no size of a snapshot file");
  if (header.chunks != (header.file_bytes + header.chunk_bytes - 1) / header.chunk_bytes)
    return damaged(offsetof(Header, chunks), "the chunks do not make the file");
  if (bytes.size() != sizeof header + std::size_t{header.chunks} * sizeof(Sha256))
    return damaged(bytes.size(), "it does not end where it must");
  return header;
}

template <class Optional>
std::uint32_t flag_if(const Optional& value, std::uint32_t flag) {
  return value ? flag : 0;
}

std::int64_t seconds(Instant time) {
  return time.time_since_epoch().count();
}

Instant instant(std::int64_t count) {
  return Instant{std::chrono::seconds{count}};
}

}  // namespace

std::string encode(const Manifest& manifest, const SigningKey* key) {
  Header header{};
  header.magic = manifest_format::kMagic;
  header.version = manifest_format::kVersion;
  header.flags = flag_if(manifest.next_update, manifest_format::kHasNextUpdate) |
                 flag_if(manifest.previous, manifest_format::kHasPrevious) |
                 flag_if(manifest.rollback_of, manifest_format::kHasRollbackOf) |
                 flag_if(key, manifest_format::kIsSigned);
  header.epoch = manifest.epoch;
  header.serial = manifest.serial;
  header.as_of = seconds(manifest.as_of);
  header.next_update = manifest.next_update ? seconds(*manifest.next_update) : 0;
  header.published_at = seconds(manifest.published_at);
  header.rollback_of = manifest.rollback_of.value_or(0);
  header.subjects = manifest.subjects;
  header.services = manifest.services;
  header.file_bytes = manifest.file_bytes;
  header.chunk_bytes = manifest.chunk_bytes;
  header.chunks = static_cast<std::uint32_t>(manifest.chunks.size());
  header.root_hash = manifest.root_hash;
  header.chain = manifest.chain;
  header.previous = manifest.previous.value_or(Sha256{});
  if (key != nullptr) header.signer = key->public_key();

  std::string bytes(reinterpret_cast<const char*>(&header), sizeof header);
  for (const Sha256& chunk : manifest.chunks) bytes += as_text(chunk);
  if (key != nullptr) {
    const Signature signature = key->sign(as_bytes(message_of(as_bytes(bytes))));
    std::memcpy(bytes.data() + offsetof(Header, signature), signature.data(), signature.size());
  }
  return bytes;
}

Result<Manifest> decode_manifest(ByteView bytes, const Trust& trust) {
  const auto header = read_header(bytes);
  if (!header) return header.error();
  const auto trusted = check_trust("manifest", {header->signer, header->signature},
                                   as_bytes(message_of(bytes)), trust);
  if (!trusted) return trusted.error();
  const auto has = [&](std::uint32_t flag) { return (header->flags & flag) != 0; };
  Manifest manifest;
  manifest.epoch = header->epoch;
  manifest.serial = header->serial;
  manifest.as_of = instant(header->as_of);
  if (has(manifest_format::kHasNextUpdate)) manifest.next_update = instant(header->next_update);
  manifest.published_at = instant(header->published_at);
  manifest.subjects = header->subjects;
  manifest.services = header->services;
  manifest.file_bytes = header->file_bytes;
  manifest.chunk_bytes = header->chunk_bytes;
  manifest.root_hash = header->root_hash;
  manifest.chain = header->chain;
  if (has(manifest_format::kHasPrevious)) manifest.previous = header->previous;
  if (has(manifest_format::kHasRollbackOf)) manifest.rollback_of = header->rollback_of;
  manifest.chunks.resize(header->chunks);
  std::memcpy(manifest.chunks.data(), bytes.data() + sizeof(Header),
              manifest.chunks.size() * sizeof(Sha256));
  return manifest;
}

Sha256 manifest_id(ByteView bytes) {
  return sha256(bytes);
}

bool is_manifest_id(std::string_view text) noexcept {
  return text.size() == 2 * sizeof(Sha256) && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

std::optional<PublicKey> stated_signer(ByteView bytes) noexcept {
  Header header;
  if (bytes.size() < sizeof header) return std::nullopt;
  std::memcpy(&header, bytes.data(), sizeof header);
  if (header.magic != manifest_format::kMagic || (header.flags & manifest_format::kIsSigned) == 0)
    return std::nullopt;
  return header.signer;
}

Sha256 chain_of_epoch(const Sha256& chain, std::uint64_t epoch) {
  std::string bytes(kEpochPrefix);
  bytes += as_text(chain);
  bytes.append(reinterpret_cast<const char*>(&epoch), sizeof epoch);
  return sha256(bytes);
}

}  // namespace beian::cache
