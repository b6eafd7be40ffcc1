// One thread of the server: its own event loop, listening socket, Service and connections.
//
// Nothing on the path of a request is shared with another thread, so nothing there is locked. All
// functions but post…() and stats() are for the worker's thread, or for the time before it runs.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gate/http/connection.h"
#include "gate/http/event_loop.h"
#include "gate/http/listen_socket.h"

namespace beian::http {

using WallClock = std::function<std::chrono::system_clock::time_point()>;

class Worker final : private ConnectionOwner, private EventSource {
 public:
  // `limits`, `clock` and `addresses` must outlive the worker.
  Worker(const ServerLimits& limits, const WallClock& clock,
         std::chrono::nanoseconds (*stopwatch)(), AddressCounter* addresses,
         std::unique_ptr<Service> service, ListenSocket socket);

  // Serves until it is drained or cancelled.
  void run();

  // Runs `message` on the worker's thread, between two requests. Any thread.
  void post(std::function<void(Service&)> message);
  // Any thread: takes what waits to be accepted, then accepts no more; every answer from now on
  // ends its connection; run() returns when the last one is gone.
  void post_drain();
  // Any thread: closes everything at once.
  void post_cancel();

  // Any thread.
  const WorkerStats& stats() const noexcept { return stats_; }

 private:
  enum class Accepted { kOne, kNone, kExhausted };

  std::chrono::milliseconds now() const noexcept override { return now_; }
  std::chrono::milliseconds draining_since() const noexcept override { return draining_since_; }
  void release(Connection* connection) override;
  void resume_later(Connection* connection) override { resumed_.push_back(connection); }
  void on_events(std::uint32_t events) override;  // of the listening socket

  void watch_listener();
  Accepted accept();
  void serve(FileDescriptor socket, std::string address);
  void resume();
  void on_tick();
  void drain();
  void recycle();
  std::unique_ptr<Connection> take_connection();

  // Constant after construction.
  const ServerLimits& limits_;
  const WallClock& clock_;
  AddressCounter& addresses_;
  const std::unique_ptr<Service> service_;

  WorkerStats stats_;
  WorkerState state_;
  std::chrono::milliseconds now_{0};  // ticks since run(); no clock is read
  std::chrono::milliseconds draining_since_{0};

  EventLoop loop_;
  ListenSocket listener_;
  bool is_listener_watched_ = false;
  std::vector<std::unique_ptr<Connection>> connections_;  // open; each knows its index
  std::vector<Connection*> resumed_;                      // have more to do in the next round
  std::vector<Connection*> resuming_;                     // those of this round
  std::vector<std::unique_ptr<Connection>> released_;     // in this round
  std::vector<std::unique_ptr<Connection>> spare_;        // closed, with warm buffers
};

}  // namespace beian::http
