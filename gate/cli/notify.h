// What a service manager is told: that the gate is ready, reloads, stops, and lives. sd_notify(3)
// describes the protocol: one datagram of `KEY=VALUE` lines to the socket that $NOTIFY_SOCKET
// names. libsystemd would bring four more libraries to every start of every verb for that.
//
// One thread. Without a manager nothing is sent.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "cache/base/result.h"
#include "gate/http/server.h"

namespace beian::cli {

class ServiceManager {
 public:
  ServiceManager() = default;  // none: nothing is sent
  // Reads $NOTIFY_SOCKET, $WATCHDOG_USEC and $WATCHDOG_PID. kUsage when one of them is nothing that
  // a manager would set, kUnavailable when the socket cannot be reached: it may be a parent's.
  [[nodiscard]] static Result<ServiceManager> from_environment();
  ServiceManager(ServiceManager&& other) noexcept;
  ServiceManager(const ServiceManager&) = delete;
  ServiceManager& operator=(const ServiceManager&) = delete;
  ~ServiceManager();

  // `status` is what `systemctl status` shows, one line.
  void tell_ready(std::string_view status) const;
  void tell_reloading(std::chrono::nanoseconds monotonic) const;
  // `patience`: how long stopping may take; the manager waits at least so long.
  void tell_stopping(std::chrono::microseconds patience) const;
  void tell_alive() const;

  // How long the manager waits for tell_alive() before it starts the program anew; nullopt: it
  // does not look.
  std::optional<std::chrono::microseconds> watchdog() const noexcept { return watchdog_; }

 private:
  void send(std::string_view message) const;

  int socket_ = -1;  // connected; -1: nobody is told
  std::optional<std::chrono::microseconds> watchdog_;
};

// Whether the workers of a server still come round to their messages: a gate is alive when all of
// them are, not when the thread that talks to the manager is.
class Heartbeat {
 public:
  // `server` outlives this object.
  explicit Heartbeat(http::Server* server) : server_(server) {}

  // Asks every worker, when all have answered the last time; false while one of them has not.
  // Never waits.
  bool beats();

 private:
  http::Server* server_;
  std::weak_ptr<const bool> question_;  // the messages that ask hold it until they were run
};

}  // namespace beian::cli
