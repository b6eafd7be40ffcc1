// What TLS takes from files: certificate, key, and which clients' certificates are accepted.
//
// Offers TLS 1.2 and 1.3 with Mozilla's "intermediate" list (version 5.7, without the DHE suites,
// which would need parameters of their own and which no client in use today needs): forward secrecy
// and AEAD only, no compression, no renegotiation, and no session tickets, which would keep secrets
// across a change of keys.
#pragma once

#include <memory>
#include <string>

#include "cache/base/result.h"

struct ssl_ctx_st;
struct ssl_st;

namespace beian::http {

struct TlsFiles {
  std::string certificate;  // PEM, followed by its chain; empty: no TLS
  std::string key;          // PEM, without a passphrase
  std::string client_ca;    // PEM; if set: clients must present a certificate from one of these
  std::string client_crl;   // PEM; if set: and none that these lists revoke

  bool is_on() const noexcept { return !certificate.empty(); }
};

// Certificate and rules. Immutable; shared by all connections that began with it or are judged by
// it. Any thread.
class TlsContext {
 public:
  // Errors: kUnavailable for a file that cannot be read; kBadInput for one of the wrong content, or
  // when key and certificate do not match; kInternal when OpenSSL lacks something.
  [[nodiscard]] static Result<std::shared_ptr<const TlsContext>> load(const TlsFiles& files);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  // Whether a new connection would be accepted with the certificate that the client of `session`
  // has presented. May leave errors in OpenSSL's queue.
  bool accepts_client_of(ssl_st* session) const;
  // For new sessions; valid as long as this object.
  ssl_ctx_st* handle() const noexcept { return context_; }

 private:
  TlsContext() = default;

  ssl_ctx_st* context_ = nullptr;
};

}  // namespace beian::http
