#include "gate/cli/http_client.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <charconv>
#include <optional>
#include <sstream>

#include "cache/redis/network.h"

namespace beian::cli {
namespace {

namespace net = boost::asio;
namespace beast_http = boost::beast::http;
using boost::system::error_code;
using cache::Network;

constexpr std::size_t kAnswerBytesMax = 16 * 1024 * 1024;
// Gates close connections that were idle for too long: one that may be about to be closed is not
// reused.
constexpr std::chrono::seconds kIdleMax{5};

Error usage(const std::string& what) {
  return make_error(ErrorKind::kUsage, what);
}

// Bounds an answer that arrives byte by byte: its reads take at most this many step deadlines.
constexpr int kAnswerSteps = 6;

struct Address {
  std::string authority;  // as in the URL, for Host
  cache::Endpoint endpoint;
  bool is_tls;
};

Result<Address> parse_url(const std::string& url) {
  constexpr std::string_view kPlain = "http://";
  constexpr std::string_view kTls = "https://";
  const bool is_tls = url.starts_with(kTls);
  std::string_view authority = url;
  if (is_tls || url.starts_with(kPlain)) {
    authority.remove_prefix((is_tls ? kTls : kPlain).size());
    while (authority.ends_with('/')) authority.remove_suffix(1);
    if (auto endpoint = cache::parse_endpoint(authority, is_tls ? 443 : 80))
      return Address{std::string(authority), std::move(*endpoint), is_tls};
  }
  return usage("the URL must be http://HOST[:PORT] or https://HOST[:PORT], not " + url);
}

}  // namespace

struct HttpClient::Line {
  std::unique_ptr<Network> network;
  std::unique_ptr<cache::Stream> stream;
  cache::Deadline last_used;
};

Result<std::unique_ptr<HttpClient>> HttpClient::open(GateAccess access) {
  auto address = parse_url(access.url);
  if (!address) return address.error();
  const cache::TlsOptions& tls = access.tls;
  if (!address->is_tls && !(tls.ca_file + tls.cert_file + tls.key_file).empty())
    return usage("certificates are for https://, and the URL is " + access.url);
  if (tls.cert_file.empty() != tls.key_file.empty())
    return usage("a client certificate needs its key, and a key its certificate");
  auto client =
      std::unique_ptr<HttpClient>(new HttpClient(std::move(access), std::move(address->authority),
                                                 std::move(address->endpoint), address->is_tls));
  // Problems with the files are reported before anything is sent.
  if (client->is_tls_)
    if (const auto network = Network::create(&client->access_.tls); !network)
      return network.error();
  return client;
}

HttpClient::HttpClient(GateAccess access, std::string authority, cache::Endpoint endpoint,
                       bool is_tls)
    : access_(std::move(access)),
      authority_(std::move(authority)),
      endpoint_(std::move(endpoint)),
      is_tls_(is_tls) {}
HttpClient::~HttpClient() = default;

Error HttpClient::no_answer(const Error& error) const {
  return make_error(error.kind, "no answer from " + access_.url + ": " + error.message);
}

// The answer is not HTTP: a gate with TLS closes the connection of a client that does not use it;
// other servers may send an alert.
Error HttpClient::no_http(const std::string& why) const {
  return no_answer(make_error(ErrorKind::kUnavailable,
                              why + (is_tls_ ? "" : "; if TLS is spoken there, say https://")));
}

Result<std::unique_ptr<HttpClient::Line>> HttpClient::connect() {
  auto network = Network::create(is_tls_ ? &access_.tls : nullptr);
  if (!network) return network.error();
  auto stream = (*network)->connect(endpoint_, Network::in(access_.step_deadline));
  if (!stream) return no_answer(stream.error());
  return std::make_unique<Line>(Line{std::move(*network), std::move(*stream), {}});
}

std::unique_ptr<HttpClient::Line> HttpClient::take_idle() {
  const std::lock_guard lock(mutex_);
  while (!idle_.empty()) {
    auto line = std::move(idle_.back());
    idle_.pop_back();
    if (Network::in({}) - line->last_used < kIdleMax && line->stream->is_quiet()) return line;
  }
  return nullptr;
}

std::string HttpClient::head_and_body(std::string_view target, const std::string& body,
                                      std::string_view content_type) const {
  const auto view = [](std::string_view text) {
    return boost::beast::string_view(text.data(), text.size());
  };
  beast_http::request<beast_http::string_body> request(
      body.empty() ? beast_http::verb::get : beast_http::verb::post, view(target), 11);
  request.set(beast_http::field::host, authority_);
  request.set(beast_http::field::user_agent, "beian-gate");
  if (!access_.api_key.empty())
    request.set(beast_http::field::authorization, "Bearer " + access_.api_key);
  if (!body.empty()) {
    request.set(beast_http::field::content_type, view(content_type));
    request.body() = body;
    request.prepare_payload();
  }
  std::ostringstream out;
  out << request;
  return std::move(out).str();
}

Result<ClientResponse> HttpClient::exchange(const std::string& message,
                                            std::unique_ptr<Line> line) {
  if (auto sent = line->stream->write(message, Network::in(access_.step_deadline)); !sent)
    return no_answer(sent.error());
  boost::beast::flat_buffer buffer;
  std::optional<beast_http::response_parser<beast_http::string_body>> parser;
  const auto begin = [&] {
    parser.emplace();
    parser->eager(true);
    parser->body_limit(kAnswerBytesMax);
  };
  begin();
  const cache::Deadline end = Network::in(kAnswerSteps * access_.step_deadline);
  while (!parser->is_done()) {
    const auto bytes = line->stream->read(std::min(end, Network::in(access_.step_deadline)));
    error_code error;
    if (!bytes) {
      // An answer without a length ends with the connection.
      if (line->stream->is_at_end() && parser->got_some()) parser->put_eof(error);
      if (!error && parser->is_done()) break;
      return parser->got_some() || !line->stream->is_at_end() ? no_answer(bytes.error())
                                                              : no_http(bytes.error().message);
    }
    buffer.commit(net::buffer_copy(buffer.prepare(bytes->size()), net::buffer(*bytes)));
    while (buffer.size() > 0 && !parser->is_done() && error != beast_http::error::need_more) {
      buffer.consume(parser->put(buffer.data(), error));
      if (error == beast_http::error::bad_version) return no_http(error.message());
      if (error && error != beast_http::error::need_more)
        return no_answer(make_error(ErrorKind::kUnavailable, error.message()));
      // An interim response (1xx) is not the answer yet.
      if (parser->is_done() && parser->get().result_int() < 200) begin();
    }
  }
  ClientResponse response{parser->get().result_int(), std::move(parser->get().body())};
  const auto wait = parser->get()[beast_http::field::retry_after];
  unsigned seconds = 0;
  if (std::from_chars(wait.data(), wait.data() + wait.size(), seconds).ec == std::errc())
    response.retry_after = std::chrono::seconds{seconds};
  if (parser->keep_alive() && buffer.size() == 0) {
    line->last_used = Network::in({});
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(line));
  }
  return response;
}

Result<ClientResponse> HttpClient::request(std::string_view target, const std::string& body,
                                           std::string_view content_type) {
  auto line = take_idle();
  if (line == nullptr) {
    auto connected = connect();
    if (!connected) return connected.error();
    line = std::move(*connected);
  }
  return exchange(head_and_body(target, body, content_type), std::move(line));
}

ErrorKind refusal_kind(unsigned status) noexcept {
  constexpr unsigned kTooSlow = 408;
  constexpr unsigned kTooManyRequests = 429;
  const bool is_of_request =
      status >= 400 && status < 500 && status != kTooSlow && status != kTooManyRequests;
  return is_of_request ? ErrorKind::kBadInput : ErrorKind::kUnavailable;
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool is_unreserved = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                               (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
                               c == '~';
    if (is_unreserved) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    }
  }
  return out;
}

}  // namespace beian::cli
