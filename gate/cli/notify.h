// Notifies a service manager that the gate is ready, reloads, stops, or is alive. sd_notify(3)
// describes the protocol: one datagram of `KEY=VALUE` lines to the socket named by $NOTIFY_SOCKET.
// Linking libsystemd for this would load four more libraries at every start of every verb.
//
// Not thread-safe. Without a manager, nothing is sent.
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
  ServiceManager() = default;  // no manager: nothing is sent
  // Reads $NOTIFY_SOCKET, $WATCHDOG_USEC and $WATCHDOG_PID. kUsage if a manager would never set one
  // of them like that; kUnavailable if the socket cannot be reached: it may be inherited from a
  // parent.
  [[nodiscard]] static Result<ServiceManager> from_environment();
  ServiceManager(ServiceManager&& other) noexcept;
  ServiceManager(const ServiceManager&) = delete;
  ServiceManager& operator=(const ServiceManager&) = delete;
  ~ServiceManager();

  // `status` is one line, shown by `systemctl status`.
  void tell_ready(std::string_view status) const;
  void tell_reloading(std::chrono::nanoseconds monotonic) const;
  // `patience`: how long stopping may take; the manager waits at least that long.
  void tell_stopping(std::chrono::microseconds patience) const;
  void tell_alive() const;

  // How long the manager waits for tell_alive() before it restarts the program; nullopt: it does
  // not watch.
  std::optional<std::chrono::microseconds> watchdog() const noexcept { return watchdog_; }

 private:
  void send(std::string_view message) const;

  int socket_ = -1;  // connected; -1: no manager
  std::optional<std::chrono::microseconds> watchdog_;
};

// Whether a server's workers still process their messages: a gate is alive if all of them are, not
// merely the thread that talks to the manager.
class Heartbeat {
 public:
  // `server` must outlive this object.
  explicit Heartbeat(http::Server* server) : server_(server) {}

  // Sends every worker a message if all have processed the last one; returns false while one has
  // not. Never blocks.
  bool beats();

 private:
  http::Server* server_;
  std::weak_ptr<const bool> question_;  // held by the messages until each has been processed
};

}  // namespace beian::cli
