// Where a server is, and how TLS identifies it and us. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cache/base/result.h"

namespace beian::cache {

struct Endpoint {
  std::string host;  // a name or an address, without brackets
  std::uint16_t port = 0;
  std::string unix_path;  // when not empty, a Unix socket: host and port are ignored

  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

// Parses HOST, HOST:PORT, [IPV6] or [IPV6]:PORT. Errors: kUsage with a short phrase.
[[nodiscard]] Result<Endpoint> parse_endpoint(std::string_view text, std::uint16_t default_port);
std::string describe(const Endpoint& endpoint);  // HOST:PORT, [IPV6]:PORT or the path

// Files are PEM.
struct TlsOptions {
  std::string ca_file;    // empty: the system's certificates
  std::string cert_file;  // with key_file: a client certificate
  std::string key_file;
  std::string server_name;  // the name the certificate must carry; empty: the host connected to
};

}  // namespace beian::cache
