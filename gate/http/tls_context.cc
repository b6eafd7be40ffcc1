#include "gate/http/tls_context.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <utility>

#include "cache/base/file.h"
#include "cache/base/limits.h"

namespace beian::http {
namespace {

constexpr const char* kCiphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr const char* kGroups = "X25519:P-256:P-384";
constexpr unsigned char kHttp11[] = "\x08http/1.1";
constexpr unsigned char kSessionContext[] = "beian-gate";

// OpenSSL's words for its last error; clears its error queue.
std::string openssl_words() {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  return reason != nullptr ? reason : "not what it should be";
}

// What OpenSSL's last errors about a file mean to whoever supplied the file.
std::string told_of_file() {
  const unsigned long first = ERR_peek_error();
  const int last_reason = ERR_GET_REASON(ERR_peek_last_error());
  if (last_reason == SSL_R_EE_KEY_TOO_SMALL || last_reason == SSL_R_CA_KEY_TOO_SMALL)
    return "the key of a certificate in it is too small: RSA takes 2048 bits or more";
  if (last_reason == SSL_R_CA_MD_TOO_WEAK)
    return "a certificate in it is signed with a digest that is too weak: SHA-256 or better";
  if (last_reason == ERR_R_PEM_LIB || ERR_GET_LIB(first) == ERR_LIB_PEM)
    return "not PEM, or PEM of something else";
  return openssl_words();
}

Error file_error(const std::string& what, const std::string& path) {
  const std::string told = told_of_file();
  ERR_clear_error();
  const auto text = read_file(path, limits::kConfigBytesMax);
  if (!text && text.error().kind == ErrorKind::kUnavailable)
    return make_error(text.error().kind, what + ": " + text.error().message);
  return make_error(ErrorKind::kBadInput, what + " " + path + ": " + told);
}

// Never asks for a passphrase: a gate has nobody to ask, and a reload would wait for the answer.
int no_passphrase(char*, int, int, void* was_asked) {
  *static_cast<bool*>(was_asked) = true;
  return -1;
}

// HTTP/1.1 or nothing: a client that speaks only HTTP/2 gets an alert at once [RFC 7301 §3.2].
int select_protocol(SSL*, const unsigned char** out, unsigned char* out_bytes,
                    const unsigned char* in, unsigned in_bytes, void*) {
  const bool is_common =
      SSL_select_next_proto(const_cast<unsigned char**>(out), out_bytes, kHttp11,
                            sizeof kHttp11 - 1, in, in_bytes) == OPENSSL_NPN_NEGOTIATED;
  return is_common ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

void set_rules(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET |
                                   SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_num_tickets(context, 0);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
  // A record by one read(2), not first its header and then the rest.
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_alpn_select_cb(context, &select_protocol, nullptr);
  SSL_CTX_set_session_id_context(context, kSessionContext, sizeof kSessionContext - 1);
}

Result<void> load_key(const TlsFiles& files, SSL_CTX* context) {
  bool has_passphrase = false;
  SSL_CTX_set_default_passwd_cb(context, &no_passphrase);
  SSL_CTX_set_default_passwd_cb_userdata(context, &has_passphrase);
  const bool is_read =
      SSL_CTX_use_PrivateKey_file(context, files.key.c_str(), SSL_FILETYPE_PEM) == 1;
  const auto fault = [&](const std::string& what) {
    ERR_clear_error();
    return make_error(ErrorKind::kBadInput, "tls.key " + files.key + ": " + what);
  };
  const int reason = ERR_GET_REASON(ERR_peek_last_error());
  SSL_CTX_set_default_passwd_cb(context, nullptr);
  if (has_passphrase)
    return fault("it has a passphrase, which nobody is asked for; `openssl pkey` takes it off");
  // A key of another type than the certificate's loads, but is then no key for that certificate.
  if (is_read ? SSL_CTX_check_private_key(context) != 1 : reason == X509_R_KEY_VALUES_MISMATCH)
    return fault("it is not the key of tls.certificate " + files.certificate);
  return is_read ? Result<void>{} : file_error("tls.key", files.key);
}

Result<void> load_client_ca(const std::string& path, SSL_CTX* context) {
  if (SSL_CTX_load_verify_file(context, path.c_str()) != 1)
    return file_error("tls.client_ca", path);
  // Sent to the client, so that it knows which of its certificates to present.
  STACK_OF(X509_NAME)* const names = SSL_load_client_CA_file(path.c_str());
  if (names == nullptr) return file_error("tls.client_ca", path);
  SSL_CTX_set_client_CA_list(context, names);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  return {};
}

// Lists may be missing for the authorities above the one that signed the client's certificate.
// Those that there are do apply, so that a revoked intermediate lets nobody in.
int allow_missing_list_above(int ok, X509_STORE_CTX* chain) {
  const bool is_missing = X509_STORE_CTX_get_error(chain) == X509_V_ERR_UNABLE_TO_GET_CRL;
  if (ok == 1 || !is_missing || X509_STORE_CTX_get_error_depth(chain) == 0) return ok;
  X509_STORE_CTX_set_error(chain, X509_V_OK);
  return 1;
}

// Without a current list from the authority that signed it, no client certificate is accepted.
Result<void> load_client_crl(const std::string& path, SSL_CTX* context) {
  X509_STORE* const store = SSL_CTX_get_cert_store(context);
  X509_LOOKUP* const lookup = X509_STORE_add_lookup(store, X509_LOOKUP_file());
  if (lookup == nullptr || X509_load_crl_file(lookup, path.c_str(), X509_FILETYPE_PEM) <= 0)
    return file_error("tls.client_crl", path);
  X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
  X509_STORE_set_verify_cb(store, &allow_missing_list_above);
  return {};
}

}  // namespace

Result<std::shared_ptr<const TlsContext>> TlsContext::load(const TlsFiles& files) {
  ERR_clear_error();
  const std::shared_ptr<TlsContext> tls(new TlsContext);
  tls->context_ = SSL_CTX_new(TLS_server_method());
  SSL_CTX* const context = tls->context_;
  if (context == nullptr || SSL_CTX_set_cipher_list(context, kCiphers) != 1 ||
      SSL_CTX_set1_groups_list(context, kGroups) != 1)
    return make_error(ErrorKind::kInternal, "OpenSSL lacks what TLS needs: " + openssl_words());
  set_rules(context);
  if (SSL_CTX_use_certificate_chain_file(context, files.certificate.c_str()) != 1)
    return file_error("tls.certificate", files.certificate);
  if (auto loaded = load_key(files, context); !loaded) return loaded.error();
  if (!files.client_ca.empty())
    if (const auto loaded = load_client_ca(files.client_ca, context); !loaded)
      return loaded.error();
  if (!files.client_crl.empty())
    if (const auto loaded = load_client_crl(files.client_crl, context); !loaded)
      return loaded.error();
  return std::shared_ptr<const TlsContext>(tls);
}

TlsContext::~TlsContext() {
  SSL_CTX_free(context_);
}

bool TlsContext::accepts_client_of(ssl_st* session) const {
  using Chain = std::unique_ptr<X509_STORE_CTX, decltype(&X509_STORE_CTX_free)>;
  X509* const certificate = SSL_get0_peer_certificate(session);
  const Chain chain(X509_STORE_CTX_new(), &X509_STORE_CTX_free);
  if (certificate == nullptr || chain == nullptr ||
      X509_STORE_CTX_init(chain.get(), SSL_CTX_get_cert_store(context_), certificate,
                          SSL_get_peer_cert_chain(session)) != 1)
    return false;
  X509_STORE_CTX_set_default(chain.get(), "ssl_client");
  X509_VERIFY_PARAM_set_auth_level(X509_STORE_CTX_get0_param(chain.get()),
                                   SSL_CTX_get_security_level(context_));
  return X509_verify_cert(chain.get()) == 1;
}

}  // namespace beian::http
