// One socket: reads, writes and deadlines around a Session.
//
// Edge-triggered: the socket is registered once for both directions, and what an event reported is
// remembered until a short read or a blocked write uses it up. So a request costs one `recv` and
// one `send` and no other call. (Asio 1.26 tries a second `recv` after each answer, or asks the
// kernel to watch again: 1.4 us of 10 either way; hence no Asio here.) The worker's tick checks
// deadlines, at no cost per request.
//
// A round of events makes three passes over its connections: all read, all answer, all write. The
// code of one pass then stays in the CPU's caches for all of them; taking turns, the kernel's code
// and ours would evict each other.
//
// Lives in its worker, on its thread; reused for another socket after release().
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "gate/http/address_counter.h"
#include "gate/http/event_loop.h"
#include "gate/http/file_descriptor.h"
#include "gate/http/session.h"
#include "gate/http/tls_session.h"

namespace beian::http {

class Connection;

// What a connection asks of its worker.
class ConnectionOwner {
 public:
  // The time at the last tick, from an arbitrary zero.
  virtual std::chrono::milliseconds now() const noexcept = 0;
  virtual std::chrono::milliseconds draining_since() const noexcept = 0;
  // Takes back a connection whose socket is closed, for reuse once this round of events is over.
  virtual void release(Connection* connection) = 0;
  // Calls answer() and serve() once all events of this round have been delivered, or in the next
  // round if they already have.
  virtual void serve_later(Connection* connection) = 0;
  // Calls resume_upload() soon, of the connection with that serial if it is still there. Any
  // thread.
  virtual void wake(std::uint64_t serial) = 0;
  // Polls the connection until the next tick, which delays its events by up to limits::kPollPeriod.
  virtual void poll(Connection* connection) = 0;
  // Gives it to the worker of the other lane: it may not be touched any more.
  virtual void hand_over(Connection* connection) = 0;
  // Calls go_on() once `ticket` of the worker's gate is released.
  virtual void hold(Connection* connection, std::uint64_t ticket) = 0;

 protected:
  ~ConnectionOwner() = default;
};

class Connection final : public EventSource {
 public:
  Connection(WorkerState* worker, ConnectionOwner* owner)
      : worker_(worker), owner_(owner), session_(worker) {}

  // Serves the non-blocking socket until release(); with `tls`, through it.
  void start(FileDescriptor socket, AddressPlace place, std::string peer,
             std::unique_ptr<TlsSession> tls);
  // Moves it to another worker. Call this on the new worker's thread, then serve().
  void move_to(WorkerState* worker, ConnectionOwner* owner);
  bool is_open() const noexcept { return socket_.is_open(); }
  int fd() const noexcept { return socket_.get(); }

  // The first pass: reads once, unless earlier work is left. Like the other two, harmless when
  // nothing has happened or the socket is closed.
  void on_events(std::uint32_t events) override;
  // The second pass: answers what was read.
  void answer();
  // The third: sends, and continues until it must wait or its turn is over.
  void serve();
  // Continues when what its output waited for has come; harmless if that was for an earlier socket.
  void go_on();
  // Continues when what its upload waited for may have come.
  void resume_upload();
  // Between ConnectionOwner::hold() and go_on().
  bool is_held() const noexcept { return is_held_; }
  // Ends what has exceeded its deadline; called at every tick.
  void check_deadline(std::chrono::milliseconds now);
  // Closes it in any case. REQUIRES: is_open().
  void release();

  bool is_polled = false;    // since ConnectionOwner::poll(); set by its worker only
  std::size_t index = 0;     // among its worker's connections; the worker's alone
  std::uint64_t serial = 0;  // of the socket, by its worker; set before start()

 private:
  // What it waits for, by which its deadline is chosen. While it is not due, the rest fits the
  // phase (asserted at every tick):
  //
  //                   output  session                  waits for
  //   kIdle, kHead    none    reads                    a request, or the rest of its head
  //   kBody           none    reads                    the rest of the body
  //   kStreaming      none    reads                    more of the body that is being answered
  //   kUploading      none    reads, or is waiting     more of the body, or its answer
  //   kHeld           some    any; the owner holds it  the ticket of the output
  //   kWriting        some    any                      room in the socket
  //   kLingering      none    is over                  the peer's EOF
  //
  // The flags do not follow from the phase: is_held_, is_due_ and is_polled say on which lists of
  // its worker it is, may_read_ and has_peer_ended_ what events have told of its socket. Only one
  // that is due has_read_, from on_events() to answer(), and so never one that moves.
  enum class Phase { kIdle, kHead, kBody, kStreaming, kUploading, kHeld, kWriting, kLingering };

  std::function<void()> wake() const;  // wakes this socket at its present worker
  void enter(Phase phase);
  bool fits_phase() const;
  void be_served_later();
  void go_on_serving();
  void proceed();
  bool may_send();
  bool send_output();
  Transfer send(std::string_view data, std::size_t* bytes);
  Transfer receive();
  Transfer receive_in_clear(std::uint64_t unwanted, std::size_t* bytes);
  Transfer receive_encrypted(std::size_t* bytes);
  void enter_reading_phase();
  bool is_between_requests() const;
  void start_lingering();
  void linger();
  bool is_body_too_slow(std::chrono::milliseconds elapsed) const;

  // Those of its present worker.
  WorkerState* worker_;
  ConnectionOwner* owner_;

  FileDescriptor socket_;
  std::unique_ptr<TlsSession> tls_;  // null: no TLS
  Session session_;
  std::string peer_;
  AddressPlace place_;
  Phase phase_ = Phase::kIdle;
  std::chrono::milliseconds since_{};         // when the phase, or the request it is about, began
  std::chrono::milliseconds upload_since_{};  // when the upload under way began
  std::uint64_t answers_seen_ = 0;
  std::size_t sent_bytes_ = 0;      // of the session's output
  std::size_t lingered_bytes_ = 0;  // read and dropped after the last answer
  std::uint64_t ticket_ = 0;        // of the newest answer in the output, by the worker's gate
  bool is_held_ = false;            // the owner will call go_on()
  bool is_due_ = false;             // the owner will call answer() and serve()
  bool has_read_ = false;           // what came is not answered yet
  bool may_read_ = false;           // no short read since the last event
  bool has_peer_ended_ = false;     // its EOF follows whatever can still be read
};

}  // namespace beian::http
