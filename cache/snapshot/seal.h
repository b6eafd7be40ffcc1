// Hashes and signatures of snapshots: SHA-256 and Ed25519 through OpenSSL.
//
// Any thread; a SigningKey may be used by several at once. Keys in files: private ones are PKCS#8
// PEM, public ones SPKI PEM or one base64 line, so that `openssl pkey` and people can read them.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "cache/base/bytes.h"
#include "cache/base/result.h"
#include "cache/base/sha256.h"
#include "cache/snapshot/format.h"
#include "cache/snapshot/snapshot.h"

namespace beian::cache {

using Signature = std::array<std::uint8_t, 64>;

// What the signature signs and SnapshotInfo shows: SHA-256 of a domain prefix, the header with root
// hash, signer and signature zeroed, and the block hashes; so it covers every other byte of the
// file.
Sha256 root_hash_of(const format::Header& header, ByteView block_hashes);

// The message that is signed: the root hash behind a prefix of its own, so that the signature of a
// snapshot is never valid for anything else.
std::string signed_message(ByteView root_hash);

class SigningKey {
 public:
  // Errors: kUnavailable (file), kBadInput (not an Ed25519 private key in PEM).
  [[nodiscard]] static Result<SigningKey> load(const std::string& path);
  static SigningKey generate();

  [[nodiscard]] Result<void> save(const std::string& path) const;  // PKCS#8 PEM, mode 0600
  const PublicKey& public_key() const noexcept { return public_key_; }
  Signature sign(ByteView message) const;

 private:
  SigningKey() = default;
  std::shared_ptr<void> key_;  // EVP_PKEY
  PublicKey public_key_{};
};

// Reads `path`: PEM (SPKI) or one base64 line of 32 bytes.
[[nodiscard]] Result<PublicKey> load_public_key(const std::string& path);
[[nodiscard]] Result<void> save_public_key(const std::string& path, const PublicKey& key);
bool verify(const PublicKey& key, ByteView message, const Signature& signature);

}  // namespace beian::cache
