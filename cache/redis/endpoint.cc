#include "cache/redis/endpoint.h"

#include <algorithm>
#include <charconv>

#include "cache/base/bytes.h"

namespace beian::cache {
namespace {

Error bad_endpoint(const std::string& what) {
  return make_error(ErrorKind::kUsage, what);
}

}  // namespace

Result<Endpoint> parse_endpoint(std::string_view text, std::uint16_t default_port) {
  Endpoint endpoint{{}, default_port, {}};
  std::string_view port;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return bad_endpoint("no ] behind the IPv6 address");
    endpoint.host = text.substr(1, end - 1);
    port = text.substr(end + 1);
    if (!port.empty() && port[0] != ':') return bad_endpoint("only :PORT may follow ]");
  } else {
    endpoint.host = text.substr(0, text.find(':'));
    port = text.substr(endpoint.host.size());
  }
  if (endpoint.host.empty()) return bad_endpoint("a host is missing");
  const bool is_clean = std::ranges::all_of(
      endpoint.host, [](char c) { return c > ' ' && c < 0x7F && c != '/' && c != '@'; });
  if (!is_clean) return bad_endpoint("not a host: " + printable(endpoint.host));
  if (port.empty()) return endpoint;
  port.remove_prefix(1);
  const char* const end = port.data() + port.size();
  const auto read = std::from_chars(port.data(), end, endpoint.port);
  if (read.ec != std::errc() || read.ptr != end || endpoint.port == 0)
    return bad_endpoint("not a port: " + printable(port));
  return endpoint;
}

std::string describe(const Endpoint& endpoint) {
  if (!endpoint.unix_path.empty()) return endpoint.unix_path;
  const bool is_ipv6 = endpoint.host.find(':') != std::string::npos;
  return (is_ipv6 ? "[" + endpoint.host + "]" : endpoint.host) + ":" +
         std::to_string(endpoint.port);
}

}  // namespace beian::cache
