// OpenSSL 3 prefers its EVP interface, which costs some 1,500 instructions of dispatch a hash;
// these functions use the same processor instructions without that.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "cache/base/sha256.h"

#include "cache/base/result.h"

namespace beian {

Sha256Hasher::Sha256Hasher() noexcept {
  BEIAN_ASSERT(SHA256_Init(&context_) == 1);
}

Sha256Hasher& Sha256Hasher::add(ByteView bytes) noexcept {
  BEIAN_ASSERT(SHA256_Update(&context_, bytes.data(), bytes.size()) == 1);
  return *this;
}

Sha256 Sha256Hasher::end() noexcept {
  Sha256 hash;
  BEIAN_ASSERT(SHA256_Final(hash.data(), &context_) == 1);
  return hash;
}

Sha256 sha256(ByteView bytes) noexcept {
  return Sha256Hasher().add(bytes).end();
}

}  // namespace beian
