#include "gate/cli/notify.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace beian::cli {
namespace {

std::string_view environment(const char* name) {
  const char* const value = std::getenv(name);  // called before threads start
  return value == nullptr ? std::string_view{} : std::string_view(value);
}

Error not_set_by_a_manager(std::string_view name, std::string_view value) {
  return make_error(ErrorKind::kUsage, "environment: " + std::string(name) + " = \"" +
                                           std::string(value) +
                                           "\" is nothing that a service manager sets; unset it");
}

std::optional<std::uint64_t> parse_whole(std::string_view text) {
  std::uint64_t number = 0;
  const auto [stop, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc{} || stop != text.data() + text.size()) return std::nullopt;
  return number;
}

// `name` is a path, or `@` and a name in the abstract namespace. -1, with errno, if it is
// unreachable.
int connect_to(std::string_view name) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, name.data(), name.size());
  if (name.front() == '@') address.sun_path[0] = '\0';
  const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return -1;
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), size) == 0) return socket;
  const int fault = errno;
  ::close(socket);
  errno = fault;
  return -1;
}

}  // namespace

Result<ServiceManager> ServiceManager::from_environment() {
  ServiceManager manager;
  const std::string_view path = environment("NOTIFY_SOCKET");
  if (path.empty()) return manager;
  const bool is_name = path.front() == '/' || path.front() == '@';
  if (!is_name || path.size() < 2 || path.size() >= sizeof(sockaddr_un::sun_path))
    return not_set_by_a_manager("NOTIFY_SOCKET", path);
  const std::string_view microseconds = environment("WATCHDOG_USEC");
  const std::string_view process = environment("WATCHDOG_PID");
  if (!microseconds.empty()) {
    const auto interval = parse_whole(microseconds);
    if (!interval || *interval == 0) return not_set_by_a_manager("WATCHDOG_USEC", microseconds);
    // If the pid is another's, the variable was inherited from a parent that is watched itself.
    if (process.empty() || parse_whole(process) == static_cast<std::uint64_t>(::getpid()))
      manager.watchdog_ = std::chrono::microseconds(*interval);
  }
  manager.socket_ = connect_to(path);
  if (manager.socket_ < 0)
    return make_error(
        ErrorKind::kUnavailable,
        "environment: NOTIFY_SOCKET = \"" + std::string(path) + "\": " + std::strerror(errno));
  return manager;
}

ServiceManager::ServiceManager(ServiceManager&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), watchdog_(other.watchdog_) {}

ServiceManager::~ServiceManager() {
  if (socket_ >= 0) ::close(socket_);
}

void ServiceManager::tell_ready(std::string_view status) const {
  send("READY=1\nSTATUS=" + std::string(status));
}

// The time lets the manager distinguish this reload's end from that of an earlier one.
void ServiceManager::tell_reloading(std::chrono::nanoseconds monotonic) const {
  const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(monotonic);
  send("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(microseconds.count()));
}

void ServiceManager::tell_stopping(std::chrono::microseconds patience) const {
  send("STOPPING=1\nEXTEND_TIMEOUT_USEC=" + std::to_string(patience.count()));
}

void ServiceManager::tell_alive() const {
  send("WATCHDOG=1");
}

// If the manager is gone, that is no reason to stop serving.
void ServiceManager::send(std::string_view message) const {
  if (socket_ < 0) return;
  while (::send(socket_, message.data(), message.size(), MSG_NOSIGNAL) < 0 && errno == EINTR) {
  }
}

bool Heartbeat::beats() {
  if (!question_.expired()) return false;
  const auto question = std::make_shared<const bool>();
  question_ = question;
  server_->broadcast([question](http::Service&) {});
  return true;
}

}  // namespace beian::cli
