#include "gate/http/tls_session.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <optional>
#include <utility>

#include "gate/http/principal.h"

namespace beian::http {
namespace {

// Nullopt for a kind of name that does not identify callers, and for a malformed name.
std::optional<std::string> principal_of(const GENERAL_NAME& name) {
  const auto text = [&name](std::string_view kind) {
    const ASN1_IA5STRING* const value = name.d.ia5;
    return std::string(kind).append(reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
                                    static_cast<std::size_t>(ASN1_STRING_length(value)));
  };
  switch (name.type) {
    case GEN_DNS:
      return parse_principal(text("DNS:"));
    case GEN_URI:
      return parse_principal(text("URI:"));
    case GEN_EMAIL:
      return parse_principal(text("email:"));
    default:
      return std::nullopt;
  }
}

std::vector<std::string> principals_of(SSL* session) {
  using Names = std::unique_ptr<GENERAL_NAMES, decltype(&GENERAL_NAMES_free)>;
  std::vector<std::string> principals;
  const X509* const certificate = SSL_get0_peer_certificate(session);
  if (certificate == nullptr) return principals;
  const Names names(static_cast<GENERAL_NAMES*>(
                        X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)),
                    &GENERAL_NAMES_free);
  const int count = names == nullptr ? 0 : sk_GENERAL_NAME_num(names.get());
  for (int i = 0; i < count && principals.size() < kPrincipalsMax; ++i) {
    if (auto principal = principal_of(*sk_GENERAL_NAME_value(names.get(), i)))
      principals.push_back(std::move(*principal));
  }
  return principals;
}

// Called by OpenSSL for the header of each record. Once there are too many it marks the stream as
// ended, which OpenSSL checks before it reads the next record.
void count_record(int is_sent, int, int type, const void*, std::size_t, SSL* session, void* left) {
  if (is_sent != 0 || type != SSL3_RT_HEADER || --*static_cast<int*>(left) >= 0) return;
  SSL_set_shutdown(session, SSL_RECEIVED_SHUTDOWN);
}

}  // namespace

std::unique_ptr<TlsSession> TlsSession::begin(std::shared_ptr<const TlsContext> context,
                                              int socket) {
  SSL* const session = SSL_new(context->handle());
  if (session == nullptr || SSL_set_fd(session, socket) != 1) {
    SSL_free(session);
    ERR_clear_error();
    return nullptr;
  }
  SSL_set_accept_state(session);
  return std::unique_ptr<TlsSession>(new TlsSession(std::move(context), session));
}

TlsSession::TlsSession(std::shared_ptr<const TlsContext> context, ssl_st* session)
    : context_(std::move(context)), session_(session) {
  SSL_set_msg_callback(session_, &count_record);
  SSL_set_msg_callback_arg(session_, &records_left_);
}

TlsSession::~TlsSession() {
  SSL_free(session_);
}

// OpenSSL keeps errors per thread, not per session, so each call first clears them.
Transfer TlsSession::read(std::span<char> room, std::size_t* bytes) {
  ERR_clear_error();
  records_left_ = kRecordsPerReadMax;
  const Transfer outcome = outcome_of(SSL_read_ex(session_, room.data(), room.size(), bytes));
  if (outcome == Transfer::kBytes && !std::exchange(is_looked_at_, true)) {
    // A certificate here is verified: where one is required, OpenSSL otherwise ends the handshake.
    has_certificate_ = SSL_get0_peer_certificate(session_) != nullptr;
    principals_ = principals_of(session_);
  }
  return outcome;
}

Transfer TlsSession::write(std::string_view data, std::size_t* bytes) {
  ERR_clear_error();
  return outcome_of(SSL_write_ex(session_, data.data(), data.size(), bytes));
}

Transfer TlsSession::outcome_of(int result) {
  if (result == 1) return Transfer::kBytes;
  switch (SSL_get_error(session_, result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      return Transfer::kBlocked;
    default:
      is_over_ = true;
      return Transfer::kEnd;
  }
}

void TlsSession::judge_by(const std::shared_ptr<const TlsContext>& context) {
  if (context == context_ || !is_looked_at_) return;
  context_ = context;
  has_certificate_ = context->accepts_client_of(session_);
  ERR_clear_error();
}

void TlsSession::close_notify() {
  ERR_clear_error();
  if (!is_over_ && is_established()) SSL_shutdown(session_);
  is_over_ = true;
}

bool TlsSession::is_established() const noexcept {
  return SSL_is_init_finished(session_) == 1;
}

bool TlsSession::is_write_due() const noexcept {
  return SSL_want_write(session_);
}

}  // namespace beian::http
