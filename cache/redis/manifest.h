// What a published snapshot consists of: stored as `{prefix}:manifest:ID` in Redis, and as a file
// beside the local copy. FORMAT.md gives the bytes. Pure; any thread.
//
// A manifest is signed with Ed25519 like the snapshot it describes. (epoch, serial) only ever
// grows: a lower serial needs a greater epoch, which an operator's rollback or forced publish
// creates.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cache/base/bytes.h"
#include "cache/base/result.h"
#include "cache/base/time.h"
#include "cache/snapshot/seal.h"
#include "cache/snapshot/trust.h"

namespace beian::cache {

struct Manifest {
  std::uint64_t epoch = 1;
  std::uint64_t serial = 0;  // the snapshot's own
  Instant as_of{};
  std::optional<Instant> next_update;
  Instant published_at{};
  std::uint64_t subjects = 0;
  std::uint64_t services = 0;
  std::uint64_t file_bytes = 0;
  std::uint32_t chunk_bytes = 0;   // size of each piece of the file except the last, uncompressed
  Sha256 root_hash{};              // of the snapshot
  Sha256 chain{};                  // covers the history up to here; the next batch carries it
  std::optional<Sha256> previous;  // id of the previous head's manifest
  std::optional<std::uint64_t> rollback_of;  // the serial that this one takes back
  std::vector<Sha256> chunks;                // SHA-256 of each piece, in the order of the file

  friend bool operator==(const Manifest&, const Manifest&) = default;
};

// The bytes that Redis and the local copy keep; signed when `key` is given.
std::string encode(const Manifest& manifest, const SigningKey* key);

// Decodes hostile input. Errors: kDamaged "manifest damaged at byte N: …", kUntrusted (unsigned, or
// signed by a key that `trust` does not name).
[[nodiscard]] Result<Manifest> decode_manifest(ByteView bytes, const Trust& trust);

// SHA-256 of the bytes: the manifest's id.
Sha256 manifest_id(ByteView bytes);
// Whether `text` is an id as stored in Redis: 64 lower-case hexadecimal digits.
bool is_manifest_id(std::string_view text) noexcept;

// The public key that the bytes claim to be signed by; nullopt when unsigned or not a manifest. Not
// verified: for people, as in `registry status`.
std::optional<PublicKey> stated_signer(ByteView bytes) noexcept;

// What the chain becomes when a new epoch begins on a snapshot whose manifest had `chain`: batches
// of the abandoned history do not fit on it any more.
Sha256 chain_of_epoch(const Sha256& chain, std::uint64_t epoch);

}  // namespace beian::cache
