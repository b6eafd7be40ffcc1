#include "gate/http/listen_socket.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>

#include "cache/base/limits.h"

namespace beian::http {
namespace {

constexpr std::string_view kUnixPrefix = "unix:";

bool is_unix(const ListenAddress& address) {
  return address.host.starts_with(kUnixPrefix);
}

Error failure(const ListenAddress& address, const char* step, int reason) {
  const ErrorKind kind = reason == EADDRINUSE ? ErrorKind::kConflict : ErrorKind::kUnavailable;
  return make_error(
      kind, "cannot listen at " + address.text() + ": " + step + ": " + std::strerror(reason));
}

using AddressList = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

Result<AddressList> resolve(const ListenAddress& address) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const std::string port = std::to_string(address.port);
  const int status = getaddrinfo(address.host.c_str(), port.c_str(), &hints, &found);
  if (status != 0) {
    return make_error(ErrorKind::kUsage, "cannot listen at " + address.text() +
                                             ": no such address: " + gai_strerror(status));
  }
  return AddressList(found, &freeaddrinfo);
}

void enable(int fd, int level, int option) {
  const int on = 1;
  setsockopt(fd, level, option, &on, sizeof on);
}

// Whether others may be bound to the same address.
enum class Sharing : std::uint8_t { kShared, kAlone };

// A TCP socket bound to `address`, not yet listening.
Result<ListenSocket> bind_tcp(const ListenAddress& address, Sharing sharing) {
  const auto resolved = resolve(address);
  if (!resolved) return resolved.error();
  const addrinfo& entry = **resolved;
  ListenSocket opened;
  opened.family = entry.ai_family;
  opened.fd = FileDescriptor(
      ::socket(entry.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
  const int fd = opened.fd.get();
  if (fd < 0) return failure(address, "socket", errno);
  enable(fd, SOL_SOCKET, SO_REUSEADDR);
  if (sharing == Sharing::kShared) enable(fd, SOL_SOCKET, SO_REUSEPORT);
  enable(fd, IPPROTO_TCP, TCP_NODELAY);  // accepted sockets inherit it
  if (::bind(fd, entry.ai_addr, entry.ai_addrlen) != 0) return failure(address, "bind", errno);
  return opened;
}

Result<void> start_listening(const ListenAddress& address, ListenSocket* opened) {
  if (::listen(opened->fd.get(), static_cast<int>(limits::kListenBacklog)) != 0) {
    return failure(address, "listen", errno);
  }
  if (opened->family == AF_UNIX) return {};
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  if (::getsockname(opened->fd.get(), reinterpret_cast<sockaddr*>(&bound), &size) != 0) {
    return failure(address, "getsockname", errno);
  }
  opened->port =
      ntohs(opened->family == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(bound).sin6_port
                                       : reinterpret_cast<const sockaddr_in&>(bound).sin_port);
  return {};
}

bool is_stale_socket(const sockaddr_un& name) {
  struct stat status {};
  if (::lstat(name.sun_path, &status) != 0 || !S_ISSOCK(status.st_mode)) return false;
  const FileDescriptor probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  return ::connect(probe.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0 &&
         errno == ECONNREFUSED;
}

Result<ListenSocket> bind_unix(const ListenAddress& address) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  const std::string path = address.host.substr(kUnixPrefix.size());
  if (path.empty() || path.size() >= sizeof name.sun_path) {
    return make_error(ErrorKind::kUsage, "cannot listen at " + address.text() +
                                             ": the path is empty or longer than 107 bytes");
  }
  std::memcpy(name.sun_path, path.data(), path.size());
  if (is_stale_socket(name)) ::unlink(name.sun_path);
  ListenSocket opened;
  opened.family = AF_UNIX;
  opened.fd = FileDescriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (opened.fd.get() < 0) return failure(address, "socket", errno);
  if (::bind(opened.fd.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0) {
    return failure(address, "bind", errno);
  }
  return opened;
}

}  // namespace

std::string ListenAddress::text() const {
  if (is_unix(*this)) return host;
  const bool is_v6 = host.find(':') != std::string::npos;
  std::string text;
  if (is_v6) text.append("[");
  text.append(host);
  if (is_v6) text.append("]");
  return text.append(":").append(std::to_string(port));
}

Result<ListenAddress> parse_listen_address(std::string_view text) {
  const auto bad = [&] {
    std::string message = "`";
    message.append(text).append(
        "` is not HOST:PORT, [IPv6]:PORT or unix:/PATH, with a PORT of 0 to 65535");
    return make_error(ErrorKind::kUsage, std::move(message));
  };
  if (text.starts_with(kUnixPrefix)) return ListenAddress{std::string(text), 0};
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return bad();
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  const bool has_brackets = host.starts_with('[') && host.ends_with(']');
  if (has_brackets) host = host.substr(1, host.size() - 2);
  if (host.empty() || (!has_brackets && host.find(':') != std::string_view::npos)) return bad();
  ListenAddress address{std::string(host), 0};
  const char* const end = port.data() + port.size();
  const auto [stop, error] = std::from_chars(port.data(), end, address.port);
  if (error != std::errc{} || stop != end) return bad();
  return address;
}

bool is_local(const ListenAddress& address) noexcept {
  if (is_unix(address) || address.host == "localhost") return true;
  in_addr v4{};
  if (::inet_pton(AF_INET, address.host.c_str(), &v4) == 1) return ntohl(v4.s_addr) >> 24 == 127;
  in6_addr v6{};
  return ::inet_pton(AF_INET6, address.host.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

Result<ListenSocket> open_listen_socket(const ListenAddress& address) {
  auto opened = is_unix(address) ? bind_unix(address) : bind_tcp(address, Sharing::kShared);
  if (!opened) return opened;
  const auto listening = start_listening(address, &*opened);
  if (!listening) return listening.error();
  return opened;
}

Result<ListenSocket> duplicate(const ListenSocket& socket) {
  ListenSocket copy;
  copy.family = socket.family;
  copy.port = socket.port;
  copy.fd = FileDescriptor(::fcntl(socket.fd.get(), F_DUPFD_CLOEXEC, 0));
  if (copy.fd.get() < 0) {
    return make_error(ErrorKind::kUnavailable,
                      std::string("cannot duplicate a listening socket: ") + std::strerror(errno));
  }
  return copy;
}

Result<void> require_unused(const ListenAddress& address) {
  const auto probe = bind_tcp(address, Sharing::kAlone);
  if (!probe) return probe.error();
  return {};
}

}  // namespace beian::http
