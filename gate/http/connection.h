// One socket: reads, writes and deadlines around a Session.
//
// Exactly one asynchronous operation is under way at any time, a read or a write, and each of its
// handlers ends in the next one or in release(). So a connection is a plain member of its worker:
// nothing counts references, and it dies (or is reused) when its last operation has come back.
// Writes are tried at once, so that an answer costs one system call; reads go through the reactor,
// whose try-first-unless-drained rule makes one `recv` of each request. Deadlines are looked at by
// the worker's tick, at no cost per request. On the worker's thread only.
#pragma once

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <string>

#include "gate/http/address_counter.h"
#include "gate/http/session.h"

namespace beian::http {

namespace net = boost::asio;

// TCP and Unix sockets alike, and no type-erased executor on the hot path.
using Socket =
    net::basic_stream_socket<net::generic::stream_protocol, net::io_context::executor_type>;
using SteadyTime = std::chrono::steady_clock::time_point;

class Connection;

// What a connection asks of its worker.
class ConnectionOwner {
 public:
  virtual SteadyTime now() const noexcept = 0;  // of the last tick
  virtual SteadyTime draining_since() const noexcept = 0;
  virtual void release(Connection* connection) = 0;  // its socket is closed, nothing is under way

 protected:
  ~ConnectionOwner() = default;
};

class Connection {
 public:
  Connection(net::io_context* context, WorkerState* worker, ConnectionOwner* owner);

  Socket& socket() noexcept { return socket_; }
  std::size_t index = 0;  // among its worker's connections; the worker's alone

  // Serves the accepted socket until release().
  void start(AddressPlace place, std::string peer);

  // Ends what has gone beyond its deadline; called by every tick.
  void check_deadline(SteadyTime now);
  // Ends it in any case.
  void abort();

 private:
  enum class Phase { kIdle, kHead, kBody, kWriting, kLingering };

  void enter(Phase phase);
  void read();
  void on_read(const boost::system::error_code& error, std::size_t bytes);
  void serve();
  bool send_output();
  void on_written(const boost::system::error_code& error, std::size_t bytes);
  void enter_reading_phase();
  void linger();
  void on_lingered(const boost::system::error_code& error, std::size_t bytes);
  void time_out();
  bool is_body_too_slow(std::chrono::steady_clock::duration elapsed) const;
  void release();

  // Constant after construction.
  WorkerState& worker_;
  ConnectionOwner& owner_;

  Socket socket_;
  Session session_;
  std::string peer_;
  AddressPlace place_;
  Phase phase_ = Phase::kIdle;
  SteadyTime since_{};  // when the phase, or the request it is about, began
  std::uint64_t answers_seen_ = 0;
  std::size_t sent_bytes_ = 0;      // of the session's output
  std::size_t lingered_bytes_ = 0;  // read on and dropped
  bool is_timed_out_ = false;       // the read was cancelled for it
};

}  // namespace beian::http
