#include "gate/cli/http_client.h"

#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <charconv>

namespace beian::cli {
namespace {

namespace net = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using net::ip::tcp;

constexpr timeval kStepTimeout{10, 0};
constexpr std::size_t kAnswerBytesMax = 16 * 1024 * 1024;

struct Address {
  std::string authority;  // as in the URL, for Host
  std::string host;
  std::string port;
};

Result<Address> parse_url(const std::string& url) {
  constexpr std::string_view kScheme = "http://";
  const auto wrong = [&] {
    return make_error(ErrorKind::kUsage, "the URL must be http://HOST[:PORT], not " + url);
  };
  if (!url.starts_with(kScheme)) return wrong();
  std::string authority = url.substr(kScheme.size());
  while (authority.ends_with('/')) authority.pop_back();
  const std::size_t bracket = authority.rfind(']');
  const std::size_t colon = authority.rfind(':');
  const bool has_port =
      colon != std::string::npos && (bracket == std::string::npos || colon > bracket);
  Address address{authority, has_port ? authority.substr(0, colon) : authority,
                  has_port ? authority.substr(colon + 1) : "80"};
  if (address.host.starts_with('[') && address.host.ends_with(']'))
    address.host = address.host.substr(1, address.host.size() - 2);
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (address.host.empty() || address.host.find('/') != std::string::npos || address.port.empty() ||
      !std::ranges::all_of(address.port, is_digit))
    return wrong();
  return address;
}

Error unreachable(const std::string& url, const error_code& error) {
  return make_error(ErrorKind::kUnavailable, "no answer from " + url + ": " + error.message());
}

// A gate with TLS closes on whoever does not begin with it; another server may send an alert, which
// is no HTTP.
Error no_http(const std::string& url, const error_code& error) {
  static const auto& kHttp = http::make_error_code(http::error::end_of_stream).category();
  Error told = unreachable(url, error);
  if (error.category() == kHttp || error == net::error::connection_reset)
    told.message += "; this asks in clear, so if TLS is spoken there, ask with curl";
  return told;
}

// Deadlines of blocking calls are the kernel's: Asio has none for them. Of connecting it is the
// same as of sending.
void set_timeouts(tcp::socket& socket) {
  ::setsockopt(socket.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &kStepTimeout, sizeof kStepTimeout);
  ::setsockopt(socket.native_handle(), SOL_SOCKET, SO_SNDTIMEO, &kStepTimeout, sizeof kStepTimeout);
}

// To the first of `endpoints` that takes it. Not by Asio, which waits on when the deadline is over.
error_code connect(const tcp::resolver::results_type& endpoints, tcp::socket& socket) {
  error_code error = net::error::host_not_found;
  for (const auto& entry : endpoints) {
    const tcp::endpoint endpoint = entry.endpoint();
    error_code ignored;
    socket.close(ignored);
    if (socket.open(endpoint.protocol(), error)) continue;
    set_timeouts(socket);
    if (::connect(socket.native_handle(), endpoint.data(),
                  static_cast<socklen_t>(endpoint.size())) == 0)
      return {};
    // EINPROGRESS is what Linux says of a deadline that has passed.
    error = errno == EINPROGRESS ? error_code(net::error::timed_out)
                                 : error_code(errno, boost::system::system_category());
  }
  return error;
}

}  // namespace

Result<ClientResponse> http_request(const std::string& url, const std::string& target,
                                    const std::string& body, std::string_view content_type) {
  const auto address = parse_url(url);
  if (!address) return address.error();
  net::io_context context;
  tcp::socket socket(context);
  error_code error;
  tcp::resolver resolver(context);
  const auto endpoints = resolver.resolve(address->host, address->port, error);
  if (error) return unreachable(url, error);
  error = connect(endpoints, socket);
  if (error) return unreachable(url, error);

  http::request<http::string_body> request(body.empty() ? http::verb::get : http::verb::post,
                                           target, 11);
  request.set(http::field::host, address->authority);
  request.set(http::field::user_agent, "beian-gate");
  request.set(http::field::connection, "close");
  if (!body.empty()) {
    request.set(http::field::content_type,
                boost::beast::string_view(content_type.data(), content_type.size()));
    request.body() = body;
    request.prepare_payload();
  }
  http::write(socket, request, error);
  if (error) return unreachable(url, error);

  boost::beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(kAnswerBytesMax);
  http::read(socket, buffer, parser, error);
  if (error) return parser.is_header_done() ? unreachable(url, error) : no_http(url, error);
  ClientResponse response{parser.get().result_int(), std::move(parser.get().body())};
  const auto wait = parser.get()[http::field::retry_after];
  unsigned seconds = 0;
  if (std::from_chars(wait.data(), wait.data() + wait.size(), seconds).ec == std::errc())
    response.retry_after = std::chrono::seconds{seconds};
  return response;
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
