// One thread of the server: its own event loop, listening socket, Service and connections.
//
// Nothing on the path of a request is shared with another thread, so nothing there is locked. All
// functions but post() and stats() are for the worker's thread, or for the time before it runs.
#pragma once

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include "gate/http/connection.h"
#include "gate/http/listen_socket.h"

namespace beian::http {

using WallClock = std::function<std::chrono::system_clock::time_point()>;

class Worker final : private ConnectionOwner {
 public:
  // `limits`, `clock` and `addresses` must outlive the worker.
  Worker(const ServerLimits& limits, const WallClock& clock, AddressCounter* addresses,
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
  using Acceptor =
      net::basic_socket_acceptor<net::generic::stream_protocol, net::io_context::executor_type>;

  SteadyTime now() const noexcept override { return now_; }
  SteadyTime draining_since() const noexcept override { return draining_since_; }
  void release(Connection* connection) override;

  void accept();
  void on_accepted(const boost::system::error_code& error);
  void serve_accepted();
  void wait_for_tick();
  void on_tick();
  void drain();
  void stop_if_drained();
  std::unique_ptr<Connection> take_connection();

  // Constant after construction.
  const ServerLimits& limits_;
  const WallClock& clock_;
  AddressCounter& addresses_;
  const std::unique_ptr<Service> service_;

  WorkerStats stats_;
  WorkerState state_;
  SteadyTime now_{};
  SteadyTime draining_since_{};
  bool is_accepting_ = false;  // an accept is under way; paused after an error until the next tick

  net::io_context context_;
  Acceptor acceptor_;
  net::basic_waitable_timer<std::chrono::steady_clock, net::wait_traits<std::chrono::steady_clock>,
                            net::io_context::executor_type>
      ticker_;
  net::generic::stream_protocol::endpoint peer_;
  std::unique_ptr<Connection> accepted_;                  // the socket that the next accept fills
  std::vector<std::unique_ptr<Connection>> connections_;  // each knows its index
  std::vector<std::unique_ptr<Connection>> spare_;        // closed, with warm buffers
};

}  // namespace beian::http
