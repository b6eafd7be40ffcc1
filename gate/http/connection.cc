#include "gate/http/connection.h"

#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "cache/base/result.h"

namespace beian::http {
namespace {

constexpr std::size_t kDiscardBytes = 256 * 1024;  // a batch of 1,000 in one or two calls

bool has_unread_bytes(int fd) {
  int count = 0;
  return ::ioctl(fd, FIONREAD, &count) == 0 && count > 0;
}

// Takes the next bytes from the socket, at most kDiscardBytes, and drops them. TCP does so without
// a copy, so unwanted megabytes cost little; other sockets fill the buffer, which nobody reads.
ssize_t discard(int fd, std::size_t bytes_max) {
  // Not an array, which every new thread would fill with zeros.
  thread_local const auto nothing = std::make_unique_for_overwrite<char[]>(kDiscardBytes);
  return ::recv(fd, nothing.get(), bytes_max, MSG_TRUNC);
}

}  // namespace

void Connection::start(FileDescriptor socket, AddressPlace place, std::string peer,
                       std::unique_ptr<TlsSession> tls) {
  socket_ = std::move(socket);
  tls_ = std::move(tls);
  place_ = std::move(place);
  peer_ = std::move(peer);
  session_.start(peer_, wake());
  answers_seen_ = 0;
  sent_bytes_ = lingered_bytes_ = 0;
  ticket_ = 0;
  is_held_ = is_due_ = has_read_ = false;
  may_read_ = has_peer_ended_ = false;
  enter(tls_ ? Phase::kHead : Phase::kIdle);  // a handshake has the deadline of a head
}

std::function<void()> Connection::wake() const {
  return [owner = owner_, own = serial] { owner->wake(own); };
}

void Connection::enter(Phase phase) {
  phase_ = phase;
  since_ = owner_->now();
}

// The table of Phase.
bool Connection::fits_phase() const {
  const bool has_output = !session_.output().empty();
  switch (phase_) {
    case Phase::kIdle:
    case Phase::kHead:
    case Phase::kBody:
    case Phase::kStreaming:
    case Phase::kUploading:
      return !has_output && !session_.is_over() && !session_.has_more() &&
             (phase_ == Phase::kUploading || !session_.is_waiting());
    case Phase::kHeld:
      return has_output && is_held_;
    case Phase::kWriting:
      return has_output;
    case Phase::kLingering:
      return !has_output && session_.is_over();
  }
  return false;
}

void Connection::on_events(std::uint32_t events) {
  if (!is_open()) return;
  // A peer that is gone altogether will never see the pending answer; a half-closed one will.
  if ((events & (EPOLLHUP | EPOLLERR)) != 0 && session_.is_waiting()) return release();
  if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) has_peer_ended_ = true;
  if ((events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) may_read_ = true;
  be_served_later();
  const bool is_busy = has_read_ || session_.has_more() || session_.is_waiting() ||
                       !session_.output().empty() || phase_ == Phase::kLingering;
  if (!may_read_ || is_busy) return;
  const Transfer received = receive();
  if (received == Transfer::kEnd) return release();
  has_read_ = received == Transfer::kBytes;
}

void Connection::be_served_later() {
  if (!is_due_) owner_->serve_later(this);
  is_due_ = true;
}

void Connection::answer() {
  if (is_open() && std::exchange(has_read_, false)) proceed();
}

void Connection::serve() {
  is_due_ = false;
  if (is_open()) phase_ == Phase::kLingering ? linger() : go_on_serving();
}

// Sends the output, reads what has arrived and answers it, until it must wait or its turn is over.
void Connection::go_on_serving() {
  const bool is_long = session_.is_streaming() || session_.is_uploading();
  int steps_left = is_long ? limits::kStreamStepsPerTurnMax : limits::kReadsPerTurnMax;
  for (;;) {
    if (!send_output()) return;
    if (session_.is_over()) return start_lingering();
    if (session_.is_waiting()) break;  // what is read meanwhile would only take memory
    if (!session_.has_more() && !may_read_) break;
    if (steps_left-- == 0) {
      be_served_later();
      break;
    }
    if (!session_.has_more()) {
      const Transfer received = receive();
      // Every request that was complete before EOF has been answered by now.
      if (received == Transfer::kEnd) return release();
      if (received == Transfer::kBlocked) break;
    }
    proceed();
    if (session_.is_for_other_lane()) return owner_->hand_over(this);
  }
  // The next request may not be bulk, and should not wait here behind bulk; nor should a refusal.
  if (worker_->is_bulk_lane && !worker_->is_draining && is_between_requests())
    return owner_->hand_over(this);
  enter_reading_phase();
}

bool Connection::is_between_requests() const {
  return (session_.is_idle() || session_.is_passing_body()) && session_.output().empty() &&
         !session_.has_more() && !session_.is_streaming() && !session_.is_uploading() &&
         !session_.is_waiting();
}

void Connection::move_to(WorkerState* worker, ConnectionOwner* owner) {
  BEIAN_ASSERT(!has_read_);
  worker_ = worker;
  owner_ = owner;
  session_.move_to(worker, wake());
  is_due_ = is_held_ = false;
  ticket_ = 0;          // answers that had one were sent
  may_read_ = true;     // bytes that came in between raise no event here
  enter(Phase::kBody);  // each worker has its own time
}

// Only this session answers meanwhile, so a newer ticket is its own.
void Connection::proceed() {
  const OutputGate* const gate = worker_->gate;
  const std::uint64_t before = gate != nullptr ? gate->newest() : 0;
  session_.proceed();
  if (gate != nullptr && gate->newest() != before) ticket_ = gate->newest();
  // A client that was shed often retries at once, with another large body. Waking up for each piece
  // of it would cost the accepted bulk more than the refusal itself.
  if (session_.is_passing_body() && !worker_->is_bulk_lane && !is_polled) owner_->poll(this);
}

// Whether all of the output may be sent; otherwise go_on() will be called.
bool Connection::may_send() {
  if (worker_->gate == nullptr || ticket_ <= worker_->gate->released()) return true;
  if (phase_ != Phase::kHeld) enter(Phase::kHeld);
  if (!is_held_) owner_->hold(this, ticket_);
  is_held_ = true;
  return false;
}

void Connection::go_on() {
  is_held_ = false;
  on_events(0);
}

void Connection::resume_upload() {
  session_.resume();
  on_events(0);
}

// True when all output is sent; else it is held, the socket is full, or the connection is released.
bool Connection::send_output() {
  const std::string_view output = session_.output();
  if (output.empty()) return true;
  if (!may_send()) return false;
  while (sent_bytes_ < output.size()) {
    std::size_t bytes = 0;
    const Transfer sent = send(output.substr(sent_bytes_), &bytes);
    sent_bytes_ += bytes;
    worker_->stats.bytes_out.add(bytes);
    if (sent == Transfer::kBlocked && phase_ != Phase::kWriting) enter(Phase::kWriting);
    if (sent == Transfer::kEnd) release();
    if (sent != Transfer::kBytes) return false;
  }
  sent_bytes_ = 0;
  session_.output_sent();
  // The clock restarts for the next output, which may follow without a read in between.
  if (phase_ == Phase::kHeld || phase_ == Phase::kWriting) enter(phase_);
  return true;
}

// `bytes` stays 0 except with kBytes.
Transfer Connection::send(std::string_view data, std::size_t* bytes) {
  if (tls_) return tls_->write(data, bytes);
  for (;;) {
    const ssize_t sent = ::send(fd(), data.data(), data.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      *bytes = static_cast<std::size_t>(sent);
      return Transfer::kBytes;
    }
    if (errno != EINTR) return errno == EAGAIN ? Transfer::kBlocked : Transfer::kEnd;
  }
}

// OpenSSL may hold several records, for which there is no event, so it is read until it blocks.
Transfer Connection::receive_encrypted(std::size_t* bytes) {
  const Transfer read = tls_->read(session_.room(), bytes);
  if (read == Transfer::kBytes) {
    if (worker_->tls != nullptr) tls_->judge_by(worker_->tls);
    session_.set_principals(tls_->principals(), tls_->has_certificate());
  } else if (read == Transfer::kBlocked) {
    may_read_ = tls_->is_write_due();  // if so, room to write must come first
  }
  return read;
}

// Reads into the session, or drops the bytes: those behind the last answer, and an unwanted body.
Transfer Connection::receive() {
  const bool is_lingering = phase_ == Phase::kLingering;
  const std::uint64_t unwanted = is_lingering ? kDiscardBytes : session_.bytes_to_pass();
  std::size_t bytes = 0;
  const Transfer received = tls_ ? receive_encrypted(&bytes) : receive_in_clear(unwanted, &bytes);
  if (received != Transfer::kBytes) return received;
  worker_->stats.bytes_in.add(bytes);
  if (is_lingering)
    lingered_bytes_ += bytes;
  else if (unwanted > 0 && !tls_)
    session_.passed(bytes);
  else
    session_.received(bytes);
  return received;
}

// Reads and drops at most `unwanted` bytes; if 0, reads as many as the session has room for.
Transfer Connection::receive_in_clear(std::uint64_t unwanted, std::size_t* bytes) {
  const std::span<char> room = unwanted > 0 ? std::span<char>{} : session_.room();
  const std::size_t bytes_max =
      unwanted > 0 ? std::min<std::uint64_t>(unwanted, kDiscardBytes) : room.size();
  for (;;) {
    const ssize_t got =
        unwanted > 0 ? discard(fd(), bytes_max) : ::recv(fd(), room.data(), room.size(), 0);
    if (got > 0) {
      *bytes = static_cast<std::size_t>(got);
      // A short read has emptied the socket: the next byte will raise an event. An EOF that was
      // already reported will not.
      may_read_ = *bytes == bytes_max || has_peer_ended_;
      return Transfer::kBytes;
    }
    if (got == 0) return Transfer::kEnd;
    if (errno == EAGAIN) {
      may_read_ = false;
      return Transfer::kBlocked;
    }
    if (errno != EINTR) return Transfer::kEnd;
  }
}

// The clock of a head or body runs from its first byte and starts anew with each request.
void Connection::enter_reading_phase() {
  const bool is_handshaking = tls_ && !tls_->is_established();
  const Phase next = session_.is_streaming()   ? Phase::kStreaming
                     : session_.is_uploading() ? Phase::kUploading
                     : is_handshaking          ? Phase::kHead
                     : session_.is_idle()      ? Phase::kIdle
                     : session_.is_in_body()   ? Phase::kBody
                                               : Phase::kHead;
  const bool is_same_request = answers_seen_ == session_.answers_count();
  answers_seen_ = session_.answers_count();
  // That of a stream restarts with every event: it may take as long as it likes, but not stall. Nor
  // may an upload, which also has a deadline for the whole of it.
  const bool is_new = next != phase_ || !is_same_request;
  if (next == Phase::kUploading && is_new) upload_since_ = owner_->now();
  if (is_new || next == Phase::kStreaming || next == Phase::kUploading) enter(next);
}

// Half-closes and keeps reading, so that the peer gets the last answer and not a reset, which the
// kernel sends when bytes are left unread.
void Connection::start_lingering() {
  enter(Phase::kLingering);
  session_.drop_input();
  if (tls_) tls_->close_notify();
  ::shutdown(fd(), SHUT_WR);
  linger();
}

void Connection::linger() {
  for (int reads_left = limits::kReadsPerTurnMax; may_read_; --reads_left) {
    if (reads_left == 0) return be_served_later();
    const Transfer received = receive();
    if (received == Transfer::kEnd || lingered_bytes_ > worker_->limits.linger_bytes_max) {
      return release();
    }
    if (received == Transfer::kBlocked) return;
  }
}

void Connection::check_deadline(std::chrono::milliseconds now) {
  BEIAN_ASSERT(is_due_ || (fits_phase() && !has_read_));
  const ServerLimits& bounds = worker_->limits;
  const auto elapsed = now - since_;
  switch (phase_) {
    case Phase::kIdle: {
      const bool is_late = worker_->is_draining ? now - std::max(since_, owner_->draining_since()) >
                                                      bounds.drain_idle_grace
                                                : elapsed > bounds.idle_deadline;
      // A request that has already arrived is answered, not cut off. Part of a TLS record inside
      // OpenSSL is no request.
      if (!is_late || has_unread_bytes(fd())) return;
      break;
    }
    case Phase::kHead:
    case Phase::kBody: {
      const bool is_late = phase_ == Phase::kHead
                               ? elapsed > bounds.head_deadline
                               : elapsed > bounds.body_deadline || is_body_too_slow(elapsed);
      if (!is_late) return;
      if (tls_ && !tls_->is_established()) break;  // no answer is possible yet
      if (session_.is_passing_body()) break;       // the answer was sent
      worker_->stats.timeouts.add();
      session_.refuse_slow();
      return go_on_serving();
    }
    case Phase::kStreaming:
      if (elapsed <= bounds.stream_idle_deadline) return;
      break;
    case Phase::kUploading: {
      const bool is_asleep = !session_.is_waiting() && elapsed > bounds.stream_idle_deadline;
      if (!is_asleep && now - upload_since_ <= bounds.upload_deadline) return;
      worker_->stats.timeouts.add();
      session_.refuse_slow();
      return go_on_serving();
    }
    case Phase::kHeld:
    case Phase::kWriting:
      if (elapsed <= bounds.write_deadline) return;
      break;
    case Phase::kLingering:
      if (elapsed <= bounds.linger_deadline) return;
      break;
  }
  if (phase_ != Phase::kLingering) worker_->stats.timeouts.add();
  release();
}

bool Connection::is_body_too_slow(std::chrono::milliseconds elapsed) const {
  const auto counted = elapsed - worker_->limits.body_rate_grace;
  if (counted.count() <= 0) return false;
  const auto wanted = static_cast<std::uint64_t>(counted.count()) *
                      worker_->limits.body_bytes_per_second_min / 1000;
  return session_.body_bytes_received() < wanted;
}

void Connection::release() {
  if (tls_) tls_->close_notify();
  tls_.reset();
  session_.end();
  socket_.close();
  place_ = {};
  owner_->release(this);
}

}  // namespace beian::http
