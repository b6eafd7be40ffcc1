#include "gate/http/connection.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>

namespace beian::http {

using boost::system::error_code;

Connection::Connection(net::io_context* context, WorkerState* worker, ConnectionOwner* owner)
    : worker_(*worker), owner_(*owner), socket_(*context), session_(worker) {}

void Connection::start(AddressPlace place, std::string peer) {
  place_ = std::move(place);
  peer_ = std::move(peer);
  session_.start(peer_);
  answers_seen_ = 0;
  sent_bytes_ = lingered_bytes_ = 0;
  is_timed_out_ = false;
  enter(Phase::kIdle);
  error_code error;
  socket_.non_blocking(true, error);  // for the writes that are tried at once
  if (error) return release();
  read();
}

void Connection::enter(Phase phase) {
  phase_ = phase;
  since_ = owner_.now();
}

void Connection::read() {
  const std::span<char> room = session_.room();
  socket_.async_read_some(
      net::mutable_buffer(room.data(), room.size()),
      [this](const error_code& error, std::size_t bytes) { on_read(error, bytes); });
}

void Connection::on_read(const error_code& error, std::size_t bytes) {
  if (error) {
    // All that was complete before an end of stream has been answered by now.
    if (!is_timed_out_ || error != net::error::operation_aborted) return release();
    session_.refuse_slow();
  } else {
    is_timed_out_ = false;  // the bytes were faster than the cancellation
    worker_.stats.bytes_in.add(bytes);
    session_.received(bytes);
    session_.proceed();
  }
  serve();
}

// Sends what there is and answers what is left, until more must be read or written later.
void Connection::serve() {
  for (;;) {
    if (!send_output()) return;
    if (session_.is_over()) return linger();
    if (!session_.has_more()) break;
    session_.proceed();
  }
  enter_reading_phase();
  read();
}

// True when the output is out; otherwise a write is under way or the connection is released.
bool Connection::send_output() {
  while (sent_bytes_ < session_.output().size()) {
    const std::string_view rest = session_.output().substr(sent_bytes_);
    error_code error;
    const std::size_t bytes = socket_.write_some(net::buffer(rest), error);
    if (error == net::error::would_block) {
      if (phase_ != Phase::kWriting) enter(Phase::kWriting);
      socket_.async_write_some(net::buffer(rest), [this](const error_code& failure, std::size_t n) {
        on_written(failure, n);
      });
      return false;
    }
    if (error) return release(), false;
    sent_bytes_ += bytes;
  }
  sent_bytes_ = 0;
  session_.output_sent();
  return true;
}

void Connection::on_written(const error_code& error, std::size_t bytes) {
  if (error) return release();
  sent_bytes_ += bytes;
  serve();
}

// The clock of a head or body runs from its first byte and starts anew with each request.
void Connection::enter_reading_phase() {
  const Phase next = session_.is_idle()      ? Phase::kIdle
                     : session_.is_in_body() ? Phase::kBody
                                             : Phase::kHead;
  const bool is_same_request = answers_seen_ == session_.answers_count();
  answers_seen_ = session_.answers_count();
  if (next != phase_ || !is_same_request) enter(next);
}

// A half-close and reading on, so that the peer sees the last answer and not a reset, which the
// kernel sends when bytes are left unread.
void Connection::linger() {
  if (phase_ != Phase::kLingering) {
    enter(Phase::kLingering);
    error_code ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
  }
  session_.drop_input();
  const std::span<char> room = session_.room();
  socket_.async_read_some(
      net::mutable_buffer(room.data(), room.size()),
      [this](const error_code& error, std::size_t bytes) { on_lingered(error, bytes); });
}

void Connection::on_lingered(const error_code& error, std::size_t bytes) {
  lingered_bytes_ += bytes;
  if (error || lingered_bytes_ > worker_.limits.linger_bytes_max) return release();
  linger();
}

void Connection::check_deadline(SteadyTime now) {
  const ServerLimits& limits = worker_.limits;
  const auto elapsed = now - since_;
  switch (phase_) {
    case Phase::kIdle: {
      const bool is_late = worker_.is_draining ? now - std::max(since_, owner_.draining_since()) >
                                                     limits.drain_idle_grace
                                               : elapsed > limits.idle_deadline;
      error_code ignored;
      // A request that is here already is answered, not cut off.
      if (is_late && socket_.available(ignored) == 0) abort();
      break;
    }
    case Phase::kHead:
      if (elapsed > limits.head_deadline) time_out();
      break;
    case Phase::kBody:
      if (elapsed > limits.body_deadline || is_body_too_slow(elapsed)) time_out();
      break;
    case Phase::kWriting:
      if (elapsed > limits.write_deadline) abort();
      break;
    case Phase::kLingering:
      if (elapsed > limits.linger_deadline) abort();
      break;
  }
}

bool Connection::is_body_too_slow(std::chrono::steady_clock::duration elapsed) const {
  const auto counted = std::chrono::duration_cast<std::chrono::milliseconds>(
      elapsed - worker_.limits.body_rate_grace);
  if (counted.count() <= 0) return false;
  const auto wanted =
      static_cast<std::uint64_t>(counted.count()) * worker_.limits.body_bytes_per_second_min / 1000;
  return session_.body_bytes_received() < wanted;
}

// The read that is under way comes back cancelled, and on_read() answers 408.
void Connection::time_out() {
  worker_.stats.timeouts.add();
  is_timed_out_ = true;
  error_code ignored;
  socket_.cancel(ignored);
}

// The operation that is under way comes back with an error and releases the connection.
void Connection::abort() {
  error_code ignored;
  socket_.close(ignored);
}

void Connection::release() {
  error_code ignored;
  socket_.close(ignored);
  place_ = {};
  owner_.release(this);
}

}  // namespace beian::http
