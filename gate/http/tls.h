// TLS 1.2 and 1.3 over the non-blocking sockets that connection.h drives: OpenSSL does it, on the
// socket itself, so that the path without TLS is what it was.
//
// What is offered is Mozilla's "intermediate" list (version 5.7, without the DHE suites, which need
// parameters of their own and nothing in use today): forward secrecy and AEAD only, no compression,
// no renegotiation, no tickets, which would keep secrets across a change of keys.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cache/base/result.h"

struct ssl_ctx_st;
struct ssl_st;

namespace beian::http {

inline constexpr std::size_t kPrincipalsMax = 32;  // of a client's certificate; more: not looked at
// Of one read. Ten or so make a handshake; beyond: closed.
inline constexpr int kRecordsPerReadMax = 256;

struct TlsFiles {
  std::string certificate;  // PEM, the chain behind it; empty: no TLS
  std::string key;          // PEM, without a passphrase
  std::string client_ca;    // PEM; not empty: clients have to show a certificate by one of these
  std::string client_crl;   // PEM; not empty: and none that these lists take back

  bool is_on() const noexcept { return !certificate.empty(); }
};

// Certificate and rules; immutable, shared by all connections that began with it. Any thread.
class TlsContext {
 public:
  // kUnavailable for a file that cannot be read; kBadInput for one that is none, and when key and
  // certificate do not belong together.
  [[nodiscard]] static Result<std::shared_ptr<const TlsContext>> load(const TlsFiles& files);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

 private:
  friend class TlsSession;
  TlsContext() = default;

  ssl_ctx_st* context_ = nullptr;
};

// One connection's. Of its worker's thread; the socket outlives it.
class TlsSession {
 public:
  // The handshake comes with the first read. Null when there is no memory for it.
  static std::unique_ptr<TlsSession> begin(std::shared_ptr<const TlsContext> context, int socket);
  ~TlsSession();
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  enum class Outcome { kBytes, kBlocked, kEnd };
  // As recv and send: some bytes, or the socket has nothing, or no room, or it is over; which it
  // also is for who sends kRecordsPerReadMax records without a byte for us: OpenSSL reads on
  // through them (updates of keys, greetings that it refuses), and nobody else would have a turn.
  Outcome read(std::span<char> room, std::size_t* bytes);
  Outcome write(std::string_view data, std::size_t* bytes);
  // Tells the peer that nothing follows, if it can be told without waiting.
  void close_notify();

  bool is_established() const noexcept;
  // Names that the peer's certificate carries (principal.h), at most kPrincipalsMax. None before
  // the first bytes, and where no certificate was shown. Valid as long as this.
  std::span<const std::string> principals() const noexcept { return principals_; }
  // Whether the peer has shown a certificate, with names or without: one that was asked for and
  // found good. False before the first bytes.
  bool has_certificate() const noexcept { return has_certificate_; }
  // Whether the last read blocked since OpenSSL has to write something of its own first.
  bool is_write_due() const noexcept;

 private:
  TlsSession(std::shared_ptr<const TlsContext> context, ssl_st* session);
  Outcome outcome_of(int result);

  const std::shared_ptr<const TlsContext> context_;
  ssl_st* const session_;
  int records_left_ = 0;  // of the read under way
  std::vector<std::string> principals_;
  bool has_certificate_ = false;
  bool is_looked_at_ = false;  // the certificate
  bool is_over_ = false;       // nothing may be asked of it any more
};

}  // namespace beian::http
