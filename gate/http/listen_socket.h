// Listening sockets: `127.0.0.1:8080`, `[::1]:8080`, `localhost:0`, `unix:/run/gate.sock`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cache/base/result.h"
#include "gate/http/file_descriptor.h"

namespace beian::http {

struct ListenAddress {
  std::string host;        // name, IPv4, IPv6 without brackets, or `unix:/path`
  std::uint16_t port = 0;  // 0: any free one

  // As it stands in a URL: `127.0.0.1:8080`, `[::1]:8080`, `unix:/path`.
  std::string text() const;
};

// kUsage when `text` is not HOST:PORT, [IPv6]:PORT or unix:/PATH.
Result<ListenAddress> parse_listen_address(std::string_view text);

// Whether only this machine reaches it: a Unix socket, `localhost`, 127.0.0.0/8 or ::1. No name but
// that one is looked up.
bool is_local(const ListenAddress& address) noexcept;

struct ListenSocket {
  FileDescriptor fd;
  int family = 0;          // AF_INET, AF_INET6, AF_UNIX
  std::uint16_t port = 0;  // the real one; 0 for Unix sockets
};

// A non-blocking socket that listens. The kernel spreads connections over all TCP sockets of one
// address that were opened with `is_shared`; an address that anybody else listens at is kConflict,
// and one that cannot be bound is kUsage or kUnavailable. A stale Unix socket is replaced.
Result<ListenSocket> open_listen_socket(const ListenAddress& address, bool is_shared);

// Another descriptor of the same socket: how workers share a Unix socket.
Result<ListenSocket> duplicate(const ListenSocket& socket);

// kConflict when somebody listens at the TCP address already. Sockets opened with `is_shared` would
// silently share it.
Result<void> require_unused(const ListenAddress& address);

}  // namespace beian::http
