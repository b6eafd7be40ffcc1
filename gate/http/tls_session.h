// The TLS of one connection, over the non-blocking socket that connection.h drives. OpenSSL works
// on the socket directly, so the path without TLS is unaffected.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gate/http/tls_context.h"

namespace beian::http {

// How one read or write of a non-blocking socket went.
enum class Transfer : std::uint8_t {
  kBytes,    // some were read or written
  kBlocked,  // there are none, or there is no room
  kEnd,      // nor will there be
};

inline constexpr std::size_t kPrincipalsMax = 32;  // names taken from a certificate; more: ignored
// TLS records in one read; beyond: closed. A handshake takes about ten.
inline constexpr int kRecordsPerReadMax = 256;

// The TLS state of one connection. For its worker's thread; the socket outlives it.
class TlsSession {
 public:
  // The handshake runs within the first reads. Null when there is no memory for the session.
  static std::unique_ptr<TlsSession> begin(std::shared_ptr<const TlsContext> context, int socket);
  ~TlsSession();
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  // Like recv and send. kEnd: the session is over, also for a peer that sends more than
  // kRecordsPerReadMax records without application data (key updates, hellos that OpenSSL refuses):
  // OpenSSL would read on through them, and no other connection would get a turn.
  Transfer read(std::span<char> room, std::size_t* bytes);
  Transfer write(std::string_view data, std::size_t* bytes);
  // After a reload: from now on a certificate counts as none if `context` would not let a new
  // connection in with it. Nothing to do while `context` is still the same.
  void judge_by(const std::shared_ptr<const TlsContext>& context);
  // Tells the peer that nothing follows, if that is possible without waiting.
  void close_notify();

  bool is_established() const noexcept;
  // The names on the peer's certificate (principal.h), at most kPrincipalsMax. Empty before the
  // first bytes, and without a certificate. Valid as long as this object.
  std::span<const std::string> principals() const noexcept {
    return has_certificate_ ? std::span<const std::string>(principals_)
                            : std::span<const std::string>();
  }
  // Whether the peer has presented a certificate, with or without names, that was asked for and
  // verified, and is still accepted (judge_by()). False before the first bytes.
  bool has_certificate() const noexcept { return has_certificate_; }
  // Whether the last read blocked because OpenSSL must first write something of its own.
  bool is_write_due() const noexcept;

 private:
  TlsSession(std::shared_ptr<const TlsContext> context, ssl_st* session);
  Transfer outcome_of(int result);

  std::shared_ptr<const TlsContext> context_;  // by which the certificate was judged last
  ssl_st* const session_;
  int records_left_ = 0;  // in the current read
  std::vector<std::string> principals_;
  bool has_certificate_ = false;
  bool is_looked_at_ = false;  // the certificate was examined
  bool is_over_ = false;       // session_ may not be used any more
};

}  // namespace beian::http
