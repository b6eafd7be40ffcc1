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

  // As written in a URL: `127.0.0.1:8080`, `[::1]:8080`, `unix:/path`.
  std::string text() const;
};

// Errors: kUsage when `text` is not HOST:PORT, [IPv6]:PORT or unix:/PATH.
Result<ListenAddress> parse_listen_address(std::string_view text);

// Whether only this machine can reach it: a Unix socket, `localhost`, 127.0.0.0/8 or ::1. Other
// names are not resolved, and count as remote.
bool is_local(const ListenAddress& address) noexcept;

struct ListenSocket {
  FileDescriptor fd;
  int family = 0;          // AF_INET, AF_INET6, AF_UNIX
  std::uint16_t port = 0;  // the actual one; 0 for Unix sockets
};

// Opens a non-blocking listening socket. The kernel spreads connections over all TCP sockets opened
// at the address. A stale Unix socket is replaced. Errors: kConflict when somebody else listens at
// the address; kUsage or kUnavailable when it cannot be bound.
Result<ListenSocket> open_listen_socket(const ListenAddress& address);

// Another file descriptor of the same socket, so that workers can share a Unix socket.
Result<ListenSocket> duplicate(const ListenSocket& socket);

// Errors: kConflict when somebody already listens at the TCP address, which open_listen_socket()
// might silently share.
Result<void> require_unused(const ListenAddress& address);

}  // namespace beian::http
