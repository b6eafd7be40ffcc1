// The signature algorithms of APK schemes v2 and v3, by their ids in the file, and the verification
// of a single signature. [source.android.com, APK Signature Scheme v2, signature algorithm IDs]
#pragma once

#include <openssl/evp.h>

#include <cstdint>

#include "cache/base/bytes.h"

namespace beian::package {

// How the contents of a package are digested, weakest first: if a signer has several, Android takes
// the strongest.
enum class ContentDigest : std::uint8_t {
  kChunkedSha256 = 1,
  kVeritySha256 = 2,
  kChunkedSha512 = 3,
};

struct SignatureAlgorithm {
  std::uint32_t id;
  int key;             // EVP_PKEY_RSA, …
  const char* digest;  // of the signed data, by OpenSSL's name
  bool is_pss;         // RSA with a salt as long as the digest, else PKCS #1 v1.5
  ContentDigest content;
};

// nullptr if Android does not know the algorithm.
const SignatureAlgorithm* find_algorithm(std::uint32_t id) noexcept;

// Whether `signature` is a signature of `data` by `key`. False also if `key` does not fit the
// algorithm.
bool verify_signature(const SignatureAlgorithm& algorithm, EVP_PKEY* key, ByteView data,
                      ByteView signature);

}  // namespace beian::package
