#include "cache/redis/network.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <utility>
#include <vector>

#include "cache/base/bytes.h"
#include "cache/base/limits.h"
#include "cache/redis/event_wait.h"

namespace beian::cache {
namespace {

namespace net = boost::asio;
using boost::system::error_code;
using Socket = net::generic::stream_protocol::socket;
using SocketAddress = net::generic::stream_protocol::endpoint;
using TlsSocket = net::ssl::stream<Socket>;
using tcp = net::ip::tcp;

void close(Socket* socket) noexcept {
  error_code ignored;
  socket->close(ignored);
}

// Whether this is a TLS alert from the peer, such as `alert bad certificate`: it is about who we
// are, not about the line.
bool is_alert(const error_code& error) {
  return error.category() == net::error::get_ssl_category() &&
         ERR_GET_REASON(static_cast<unsigned long>(error.value())) > SSL_AD_REASON_OFFSET;
}

Error error_of(const Waited& waited, const std::string& peer, const std::string& doing) {
  if (waited.is_cancelled) return make_error(ErrorKind::kUnavailable, "cancelled");
  if (waited.is_late)
    return make_error(ErrorKind::kUnavailable, peer + ": " + doing + " took too long");
  const ErrorKind kind = is_alert(waited.error) ? ErrorKind::kUntrusted : ErrorKind::kUnavailable;
  const bool is_end =
      waited.error == net::error::eof || waited.error == net::ssl::error::stream_truncated;
  return make_error(
      kind, peer + ": " + doing + ": " +
                (is_end ? "the server closed the connection" : printable(waited.error.message())));
}

// --- streams ---

Socket& socket_of(Socket& socket) noexcept {
  return socket;
}
Socket& socket_of(TlsSocket& socket) noexcept {
  return socket.next_layer();
}

template <class Channel>
class ChannelStream : public Stream {
 public:
  template <class... Arguments>
  ChannelStream(EventWait* wait, std::string peer, Arguments&&... arguments)
      : wait_(wait), peer_(std::move(peer)), channel_(std::forward<Arguments>(arguments)...) {}

  Result<void> write(std::string_view bytes, Deadline deadline) override {
    const Waited waited = wait_->run(
        deadline,
        [&](auto handler) { net::async_write(channel_, net::buffer(bytes), std::move(handler)); },
        [this] { close(&socket_of(channel_)); });
    if (!waited.ok()) return error_of(waited, peer_, "sending");
    return {};
  }

  Result<std::string_view> read(Deadline deadline) override {
    const Waited waited = wait_->run(
        deadline,
        [&](auto handler) { channel_.async_read_some(net::buffer(buffer_), std::move(handler)); },
        [this] { close(&socket_of(channel_)); });
    is_at_end_ = waited.error == net::error::eof;
    if (!waited.ok()) return error_of(waited, peer_, "waiting for an answer");
    return std::string_view(buffer_.data(), waited.bytes);
  }

  bool is_at_end() const noexcept override { return is_at_end_; }

  // Under TLS, unread bytes may belong to TLS itself (session tickets), so there only EOF counts.
  bool is_quiet() noexcept override {
    char byte;
    const ssize_t got =
        ::recv(socket_of(channel_).native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    const bool is_waiting = got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
    return is_waiting || (std::is_same_v<Channel, TlsSocket> && got > 0);
  }

 protected:
  EventWait* wait_;
  std::string peer_;
  Channel channel_;

 private:
  bool is_at_end_ = false;
  std::vector<char> buffer_ = std::vector<char>(limits::kRedisReadBytes);
};

using PlainStream = ChannelStream<Socket>;

class TlsStream : public ChannelStream<TlsSocket> {
 public:
  using ChannelStream::ChannelStream;

  // `name` is what the certificate must be for: a host name or an address.
  Result<void> handshake(const std::string& name, Deadline deadline) {
    error_code not_an_address;
    net::ip::make_address(name, not_an_address);
    // Server name indication is for host names only: RFC 6066 excludes addresses.
    if (not_an_address) SSL_set_tlsext_host_name(channel_.native_handle(), name.c_str());
    error_code ignored;
    channel_.set_verify_callback(net::ssl::host_name_verification(name), ignored);
    const Waited waited = wait_->run(
        deadline,
        [&](auto handler) {
          channel_.async_handshake(net::ssl::stream_base::client,
                                   [handler = std::move(handler)](const error_code& error) mutable {
                                     handler(error, 0);
                                   });
        },
        [this] { close(&channel_.next_layer()); });
    if (waited.ok()) return {};
    return handshake_error(waited, name);
  }

 private:
  Error handshake_error(const Waited& waited, const std::string& name) {
    const bool is_verification = !waited.is_cancelled && !waited.is_late &&
                                 waited.error.category() == net::error::get_ssl_category() &&
                                 ERR_GET_REASON(static_cast<unsigned long>(waited.error.value())) ==
                                     SSL_R_CERTIFICATE_VERIFY_FAILED;
    if (!is_verification) return error_of(waited, peer_, "TLS handshake");
    const long verified = SSL_get_verify_result(channel_.native_handle());
    // A refusal by host_name_verification() has no OpenSSL code of its own.
    const bool is_name = verified == X509_V_OK || verified == X509_V_ERR_UNSPECIFIED;
    const std::string why =
        is_name ? "it is not for " + printable(name) : X509_verify_cert_error_string(verified);
    return make_error(ErrorKind::kUntrusted,
                      peer_ + ": the server's certificate is refused: " + why);
  }
};

// --- certificates ---

Error certificate_error(const std::string& path, const error_code& error) {
  const bool is_system = error.category() == boost::system::system_category();
  return make_error(is_system ? ErrorKind::kUnavailable : ErrorKind::kBadInput,
                    path + ": " + printable(error.message()));
}

Result<std::unique_ptr<net::ssl::context>> make_tls(const TlsOptions& options) {
  auto tls = std::make_unique<net::ssl::context>(net::ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(tls->native_handle(), TLS1_2_VERSION);
  error_code error;
  tls->set_verify_mode(net::ssl::verify_peer, error);
  if (options.ca_file.empty()) {
    tls->set_default_verify_paths(error);
  } else {
    tls->load_verify_file(options.ca_file, error);
    if (error) return certificate_error(options.ca_file, error);
  }
  if (options.cert_file.empty()) return tls;
  tls->use_certificate_chain_file(options.cert_file, error);
  if (error) return certificate_error(options.cert_file, error);
  // Never prompt for a passphrase: nobody may be there, and a reload would block on the prompt.
  bool has_passphrase = false;
  tls->set_password_callback([&has_passphrase](std::size_t, net::ssl::context::password_purpose) {
    has_passphrase = true;
    return std::string();
  });
  tls->use_private_key_file(options.key_file, net::ssl::context::pem, error);
  SSL_CTX_set_default_passwd_cb(tls->native_handle(), nullptr);
  if (has_passphrase)
    return make_error(ErrorKind::kBadInput,
                      options.key_file +
                          ": the key has a passphrase, which nobody is asked for; "
                          "`openssl pkey` takes it off");
  if (error) return certificate_error(options.key_file, error);
  return tls;
}

}  // namespace

// --- network ---

struct Network::State {
  EventWait wait;
  std::unique_ptr<net::ssl::context> tls;  // null: no TLS
  std::string server_name;

  Result<std::vector<SocketAddress>> resolve(const Endpoint& endpoint, Deadline deadline);
  Result<Socket> open(const Endpoint& endpoint, Deadline deadline);
};

// An address skips the resolver, whose thread knows no deadline.
Result<std::vector<SocketAddress>> Network::State::resolve(const Endpoint& endpoint,
                                                           Deadline deadline) {
  std::vector<SocketAddress> found;
  if (!endpoint.unix_path.empty()) {
    if (endpoint.unix_path.size() >= sizeof(sockaddr_un::sun_path))
      return make_error(ErrorKind::kBadInput, endpoint.unix_path + ": too long for a Unix socket");
    found.emplace_back(net::local::stream_protocol::endpoint(endpoint.unix_path));
    return found;
  }
  error_code error;
  const auto address = net::ip::make_address(endpoint.host, error);
  if (!error) {
    found.emplace_back(tcp::endpoint(address, endpoint.port));
    return found;
  }
  tcp::resolver resolver(wait.context());
  tcp::resolver::results_type results;
  const Waited waited = wait.run(
      deadline,
      [&](auto handler) {
        resolver.async_resolve(
            endpoint.host, std::to_string(endpoint.port), tcp::resolver::numeric_service,
            [&results, handler = std::move(handler)](const error_code& failed,
                                                     tcp::resolver::results_type list) mutable {
              results = std::move(list);
              handler(failed, 0);
            });
      },
      [&] { resolver.cancel(); });
  if (!waited.ok()) return error_of(waited, describe(endpoint), "looking up the host");
  for (const auto& result : results) found.emplace_back(result.endpoint());
  return found;
}

Result<Socket> Network::State::open(const Endpoint& endpoint, Deadline deadline) {
  const auto addresses = resolve(endpoint, deadline);
  if (!addresses) return addresses.error();
  Error last = make_error(ErrorKind::kUnavailable, describe(endpoint) + ": has no address");
  for (const SocketAddress& address : *addresses) {
    Socket socket(wait.context());
    const Waited waited = wait.run(
        deadline,
        [&](auto handler) {
          socket.async_connect(address,
                               [handler = std::move(handler)](const error_code& error) mutable {
                                 handler(error, 0);
                               });
        },
        [&] { close(&socket); });
    if (waited.ok()) {
      error_code ignored;  // a Unix socket has no such option
      socket.set_option(tcp::no_delay(true), ignored);
      return socket;
    }
    last = error_of(waited, describe(endpoint), "connecting");
    if (waited.is_late || waited.is_cancelled) break;
  }
  return last;
}

Network::Network(std::unique_ptr<State> state) : state_(std::move(state)) {}
Network::~Network() = default;

Result<std::unique_ptr<Network>> Network::create(const TlsOptions* options) {
  auto state = std::make_unique<State>();
  if (options != nullptr) {
    auto tls = make_tls(*options);
    if (!tls) return tls.error();
    state->tls = std::move(*tls);
    state->server_name = options->server_name;
  }
  return std::unique_ptr<Network>(new Network(std::move(state)));
}

Result<std::unique_ptr<Stream>> Network::connect(const Endpoint& endpoint, Deadline deadline) {
  auto socket = state_->open(endpoint, deadline);
  if (!socket) return socket.error();
  std::string peer = describe(endpoint);
  if (state_->tls == nullptr) {
    return std::unique_ptr<Stream>(
        std::make_unique<PlainStream>(&state_->wait, std::move(peer), std::move(*socket)));
  }
  auto stream =
      std::make_unique<TlsStream>(&state_->wait, std::move(peer), std::move(*socket), *state_->tls);
  const std::string& name = state_->server_name.empty() ? endpoint.host : state_->server_name;
  if (auto shaken = stream->handshake(name, deadline); !shaken) return shaken.error();
  return std::unique_ptr<Stream>(std::move(stream));
}

bool Network::pause(std::chrono::milliseconds time) {
  return state_->wait.pause(in(time));
}

void Network::cancel() noexcept {
  state_->wait.cancel();
}

Deadline Network::in(std::chrono::milliseconds time) {
  return std::chrono::steady_clock::now() + time;
}

}  // namespace beian::cache
