// Owning handles for OpenSSL objects, and a guard that leaves none of our errors in its error
// queue.
#pragma once

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pkcs7.h>
#include <openssl/x509.h>

#include <memory>

#include "cache/base/bytes.h"

namespace beian::package {

template <auto kFree>
struct Freer {
  template <class T>
  void operator()(T* object) const noexcept {
    kFree(object);
  }
};
using CertificateHandle = std::unique_ptr<X509, Freer<&X509_free>>;
using KeyHandle = std::unique_ptr<EVP_PKEY, Freer<&EVP_PKEY_free>>;
using DigestHandle = std::unique_ptr<EVP_MD_CTX, Freer<&EVP_MD_CTX_free>>;
using Pkcs7Handle = std::unique_ptr<PKCS7, Freer<&PKCS7_free>>;
using BigNumberHandle = std::unique_ptr<BIGNUM, Freer<&BN_free>>;

// A failed attempt on a hostile file must not surface in a later TLS call on the same thread.
struct ErrorQueueGuard {
  ErrorQueueGuard() = default;
  ErrorQueueGuard(const ErrorQueueGuard&) = delete;
  ErrorQueueGuard& operator=(const ErrorQueueGuard&) = delete;
  ~ErrorQueueGuard() { ERR_clear_error(); }
};

// The certificate at the start of `der`, or null. Trailing bytes are tolerated, as by Android,
// which treats them as part of the certificate.
inline CertificateHandle parse_certificate(ByteView der) {
  const unsigned char* at = der.data();
  return CertificateHandle(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
}

// The key of a certificate, or null.
inline KeyHandle key_of_certificate(ByteView der) {
  const ErrorQueueGuard guard;
  const CertificateHandle certificate = parse_certificate(der);
  return KeyHandle(certificate ? X509_get_pubkey(certificate.get()) : nullptr);
}

}  // namespace beian::package
