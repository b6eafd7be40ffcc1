// Non-blocking client sockets over IPv4, and the one way in which a whole load gives up.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "gate/http/file_descriptor.h"

namespace beian::load {

using http::FileDescriptor;

[[noreturn]] inline void give_up(const std::string& why) {
  std::fprintf(stderr, "bench load: %s\n", why.c_str());
  std::exit(1);
}

// Where to connect to, and from how many source addresses: a gate limits the connections per
// address. Only the loopback network gives us more than one: 127.0.0.2 and up.
struct Route {
  sockaddr_in to{};
  unsigned sources = 1;
};

// Begins to connect the `index`th connection. The socket becomes writable, or reports an error,
// when that is done.
inline FileDescriptor begin_connect(const Route& route, unsigned index) {
  FileDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket.is_open()) give_up("no more sockets: raise `ulimit -n`");
  const int on = 1;
  ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (route.sources > 1) {
    sockaddr_in from{};
    from.sin_family = AF_INET;
    from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + index % route.sources);
    if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&from), sizeof from) != 0)
      give_up("--sources: cannot send from 127.0.0.2 and on");
  }
  // The first event reports a refusal, like every other error.
  ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&route.to), sizeof route.to);
  return socket;
}

// Whether the connect that begin_connect() began has succeeded.
inline bool is_connected(const FileDescriptor& socket) {
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  return error == 0;
}

// Sends as much as the socket takes and removes it from `bytes`; false when the peer is gone.
inline bool send_some(const FileDescriptor& socket, std::string_view* bytes) {
  while (!bytes->empty()) {
    const ssize_t sent = ::send(socket.get(), bytes->data(), bytes->size(), MSG_NOSIGNAL);
    if (sent < 0) return errno == EAGAIN || errno == EINTR;
    bytes->remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

}  // namespace beian::load
