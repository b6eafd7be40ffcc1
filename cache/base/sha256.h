// SHA-256 [FIPS 180-4], through OpenSSL.
#pragma once

#include <openssl/sha.h>

#include <array>
#include <cstdint>
#include <string_view>

#include "cache/base/bytes.h"

namespace beian {

using Sha256 = std::array<std::uint8_t, 32>;

// A hash in progress. A value: a copy goes on from the same state. Allocates nothing.
class Sha256Hasher {
 public:
  Sha256Hasher() noexcept;

  Sha256Hasher& add(ByteView bytes) noexcept;
  Sha256Hasher& add(std::string_view text) noexcept { return add(as_bytes(text)); }
  // The hash of all that was added; nothing may be added afterwards.
  Sha256 end() noexcept;

 private:
  SHA256_CTX context_;
};

Sha256 sha256(ByteView bytes) noexcept;
inline Sha256 sha256(std::string_view text) noexcept {
  return sha256(as_bytes(text));
}

}  // namespace beian
