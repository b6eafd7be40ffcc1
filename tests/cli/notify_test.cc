// What a service manager hears, byte by byte, through a socket that stands in for it; and that a
// hung worker is noticed.
#include "gate/cli/notify.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "tests/http/echo_service.h"

namespace beian::cli {
namespace {

using namespace std::chrono_literals;

// The manager's end: an abstract socket whose name no other process has.
class Manager {
 public:
  Manager() : name_("@beian-notify-" + std::to_string(::getpid())) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path + 1, name_.data() + 1, name_.size() - 1);
    socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name_.size());
    is_bound_ = ::bind(socket_, reinterpret_cast<const sockaddr*>(&address), size) == 0;
    ::setenv("NOTIFY_SOCKET", name_.c_str(), 1);
  }
  ~Manager() {
    ::close(socket_);
    for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) ::unsetenv(name);
  }

  bool is_bound() const { return is_bound_; }

  std::vector<std::string> heard() const {
    std::vector<std::string> messages;
    char bytes[4096];
    for (ssize_t size = 0; (size = ::recv(socket_, bytes, sizeof bytes, 0)) >= 0;)
      messages.emplace_back(bytes, static_cast<std::size_t>(size));
    return messages;
  }

 private:
  std::string name_;
  int socket_ = -1;
  bool is_bound_ = false;
};

TEST(ServiceManager, HearsEachStateAsOneDatagram) {
  const Manager manager;
  ASSERT_TRUE(manager.is_bound());
  {
    const auto teller = ServiceManager::from_environment();
    ASSERT_TRUE(teller.has_value()) << teller.error().message;
    EXPECT_FALSE(teller->watchdog().has_value());
    teller->tell_ready("serving registry serial 1");
    teller->tell_reloading(12'345'678ns);
    teller->tell_alive();
    teller->tell_stopping(40s);
  }
  EXPECT_EQ(manager.heard(),
            (std::vector<std::string>{"READY=1\nSTATUS=serving registry serial 1",
                                      "RELOADING=1\nMONOTONIC_USEC=12345", "WATCHDOG=1",
                                      "STOPPING=1\nEXTEND_TIMEOUT_USEC=40000000"}));
}

TEST(ServiceManager, ThatIsNotThereHearsNothing) {
  ::unsetenv("NOTIFY_SOCKET");
  const auto teller = ServiceManager::from_environment();
  ASSERT_TRUE(teller.has_value());
  teller->tell_ready("x");
  teller->tell_alive();
  EXPECT_FALSE(teller->watchdog().has_value());
}

TEST(ServiceManager, ThatIsGoneStopsNothing) {
  auto manager = std::make_unique<Manager>();
  const auto teller = ServiceManager::from_environment();
  ASSERT_TRUE(teller.has_value());
  manager.reset();
  teller->tell_alive();
}

struct WatchdogCase {
  const char* microseconds;
  std::string process;
  std::optional<std::chrono::microseconds> wanted;
};

TEST(ServiceManager, WatchesOnlyWhomItMeans) {
  const std::string own = std::to_string(::getpid());
  for (const WatchdogCase& row :
       {WatchdogCase{"30000000", own, 30s}, WatchdogCase{"30000000", "", 30s},
        WatchdogCase{"30000000", "1", std::nullopt}, WatchdogCase{"1", own, 1us}}) {
    const Manager manager;
    ::setenv("WATCHDOG_USEC", row.microseconds, 1);
    if (!row.process.empty()) ::setenv("WATCHDOG_PID", row.process.c_str(), 1);
    const auto teller = ServiceManager::from_environment();
    ASSERT_TRUE(teller.has_value()) << teller.error().message;
    EXPECT_EQ(teller->watchdog(), row.wanted) << row.microseconds << " " << row.process;
  }
}

TEST(ServiceManager, RefusesWhatNoManagerSets) {
  for (const std::string& path : {std::string("relative"), std::string("/"), std::string("@"),
                                  "/" + std::string(107, 'x'), std::string("/nowhere/socket")}) {
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
    const auto teller = ServiceManager::from_environment();
    ASSERT_FALSE(teller.has_value()) << path;
    EXPECT_NE(teller.error().message.find("NOTIFY_SOCKET"), std::string::npos);
  }
  for (const char* microseconds : {"0", "-1", "soon", "30s", "99999999999999999999"}) {
    const Manager manager;
    ::setenv("WATCHDOG_USEC", microseconds, 1);
    const auto teller = ServiceManager::from_environment();
    ASSERT_FALSE(teller.has_value()) << microseconds;
    EXPECT_NE(teller.error().message.find("WATCHDOG_USEC"), std::string::npos);
  }
}

std::unique_ptr<http::Server> echo_server() {
  http::ServerOptions options;
  options.address = *http::parse_listen_address("127.0.0.1:0");
  options.threads = 2;
  options.clock = [] { return std::chrono::system_clock::time_point{}; };
  auto server =
      http::Server::start(options, [](unsigned) { return std::make_unique<http::EchoService>(); });
  return server ? std::move(*server) : nullptr;
}

// Polls until `heartbeat` has beaten `count` times; false when it has not within half a minute.
bool beats_again(Heartbeat* heartbeat, int count) {
  for (int i = 0; i < 30'000 && count > 0; ++i) {
    if (heartbeat->beats()) --count;
    std::this_thread::sleep_for(1ms);
  }
  return count == 0;
}

TEST(Heartbeat, StopsWithOneWorkerAndGoesOnWithIt) {
  const auto server = echo_server();
  ASSERT_NE(server, nullptr);
  Heartbeat heartbeat(server.get());
  ASSERT_TRUE(beats_again(&heartbeat, 3));
  std::promise<void> release;
  server->post(1, [hold = release.get_future().share()](http::Service&) { hold.wait(); });
  // At most two: for the question in flight, and for one answered before the worker hangs.
  int beats = 0;
  for (int i = 0; i < 100; ++i, std::this_thread::sleep_for(1ms)) beats += heartbeat.beats();
  EXPECT_LE(beats, 2);
  release.set_value();
  EXPECT_TRUE(beats_again(&heartbeat, 3));
}

}  // namespace
}  // namespace beian::cli
