// The facts of a signing certificate that matter: subject, validity, and the digests of the
// certificate and its key, in the words and the spelling of `apksigner verify --print-certs`.
//
// Nothing here checks whether a certificate is trusted or still valid. Android does not either: an
// app's certificate is an identity, and only equality counts. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cache/base/bytes.h"
#include "cache/base/result.h"
#include "cache/base/time.h"

namespace beian::package {

struct SigningCertificate {
  std::string subject;  // `CN=Example, O=Example, C=CN`: the last RDN first, as Java prints it
  std::string issuer;   // in the same form
  std::string serial;   // lower-case hex without leading zeros; with a `-` when negative
  Instant not_before;   // UTC
  Instant not_after;    // UTC
  std::string md5;      // digests of the whole DER, lower-case hex
  std::string sha1;
  std::string sha256;
  std::string key_algorithm;   // RSA, EC or DSA; for other keys OpenSSL's name
  int key_bits = 0;            // size of the modulus, group order or p
  std::string rsa_modulus;     // lower-case hex, big-endian, no leading zeros; empty unless RSA
  std::string public_key;      // the SubjectPublicKeyInfo in DER, as base64
  std::string public_key_md5;  // digests of the SubjectPublicKeyInfo in DER, lower-case hex
  std::string public_key_sha1;
  std::string public_key_sha256;
  bool is_debug = false;  // made by development tools: its owner is whoever built the app

  friend bool operator==(const SigningCertificate&, const SigningCertificate&) = default;
};

// `der`: one X.509 certificate of at most kCertificateBytesMax. Bytes after it are digested with
// it, since Android compares certificates by all of their bytes. kBadInput when it is not a
// certificate or its key cannot be read.
[[nodiscard]] Result<SigningCertificate> describe_certificate(ByteView der);

// The SubjectPublicKeyInfo of a certificate, in DER; empty if `certificate` cannot be parsed.
std::vector<std::uint8_t> public_key_of(ByteView certificate);

}  // namespace beian::package
