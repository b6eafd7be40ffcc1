// One thread of the server: its own event loop, listening socket, Service and connections.
//
// Nothing on the path of a request is shared with another thread, so nothing there takes a lock.
// All functions except post…() and stats() are for the worker's thread, or for before it runs.
#pragma once

#include <atomic>
#include <chrono>
#include <deque>
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
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Serves until it is drained or cancelled.
  void run();

  // Runs `message` on the worker's thread, between two requests. Any thread.
  void post(std::function<void(Service&)> message);
  // Connections accepted from now on use `tls`; null: plain HTTP. Open ones continue as they began,
  // but their clients' certificates are judged by it. post_with_tls() may be called from any
  // thread; no connection sees `tls` without the effect of `message`, or the reverse.
  void set_tls(std::shared_ptr<const TlsContext> tls) { state_.tls = std::move(tls); }
  void post_with_tls(std::shared_ptr<const TlsContext> tls, std::function<void(Service&)> message);
  // Pairs it with the worker of the other lane; one of the two answers bulk. Requests for the other
  // lane are answered there, and their connections move with them. Call before either runs.
  void pair_with(Worker* other, bool is_bulk_lane);

  // Any thread: accepts what is in the backlog, then nothing more; from now on every answer ends
  // its connection; run() returns when the last one is gone.
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
  void serve_later(Connection* connection) override { due_.push_back(connection); }
  void poll(Connection* connection) override;
  void hand_over(Connection* connection) override;
  void hold(Connection* connection, std::uint64_t ticket) override;
  void wake(std::uint64_t serial) override;
  void on_events(std::uint32_t events) override;  // of the listening socket

  void watch_listener();
  Accepted accept();
  void serve(FileDescriptor socket, std::string address);
  std::unique_ptr<Connection> take_out(Connection* connection);
  void arrive(std::unique_ptr<Connection> connection);
  bool may_get_more() const noexcept;
  void serve_due();
  void release_held();
  void resume_upload(std::uint64_t serial);
  void on_tick();
  void watch_polled_again();
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

  // For two lanes. A worker ends only when nothing more can arrive: the other one sets
  // hands_nothing_over_ after it has counted what it handed over.
  Worker* other_ = nullptr;  // null: there is one lane
  std::atomic<bool> hands_nothing_over_{false};
  std::atomic<std::size_t> arriving_{0};  // handed over to this worker, not yet started
  bool is_cancelled_ = false;

  EventLoop loop_;
  ListenSocket listener_;
  bool is_listener_watched_ = false;
  std::uint64_t serials_count_ = 0;
  std::vector<std::unique_ptr<Connection>> connections_;  // open; each knows its index
  std::vector<Connection*> due_;                          // are to be served
  std::vector<Connection*> serving_;                      // those of this round
  std::vector<std::unique_ptr<Connection>> released_;     // in this round
  struct Held {
    Connection* connection;
    std::uint64_t ticket;
  };
  std::deque<Held> held_;                           // wait for the gate; tickets rise
  std::vector<std::unique_ptr<Connection>> spare_;  // closed, with warm buffers
};

}  // namespace beian::http
