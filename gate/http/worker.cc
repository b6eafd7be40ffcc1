#include "gate/http/worker.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace beian::http {
namespace {

constexpr std::uint32_t kSocketEvents = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;

// Text of the peer's address, without port; empty for a Unix socket, which has none.
std::string address_text(const sockaddr_storage& peer) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* bytes = nullptr;
  int family = peer.ss_family;
  if (family == AF_INET) {
    bytes = &reinterpret_cast<const sockaddr_in&>(peer).sin_addr;
  } else if (family == AF_INET6) {
    const in6_addr& v6 = reinterpret_cast<const sockaddr_in6&>(peer).sin6_addr;
    const bool is_mapped = IN6_IS_ADDR_V4MAPPED(&v6);
    if (is_mapped) family = AF_INET;
    bytes = is_mapped ? &v6.s6_addr[12] : v6.s6_addr;
  } else {
    return {};
  }
  inet_ntop(family, bytes, text.data(), text.size());
  return text.data();
}

}  // namespace

Worker::Worker(const ServerLimits& limits, const WallClock& clock,
               std::chrono::nanoseconds (*stopwatch)(), AddressCounter* addresses,
               std::unique_ptr<Service> service, ListenSocket socket)
    : limits_(limits),
      clock_(clock),
      addresses_(*addresses),
      service_(std::move(service)),
      state_{limits_, *service_, stats_, {}, {}, false, stopwatch},
      loop_(limits.tick),
      listener_(std::move(socket)) {
  state_.common_fields.refresh(clock_());
  state_.gate = service_->output_gate();
  if (state_.gate != nullptr)
    state_.gate->on_release([this] { loop_.post([this] { release_held(); }); });
}

Worker::~Worker() {
  if (state_.gate != nullptr) state_.gate->on_release({});
}

void Worker::run() {
  watch_listener();
  while (!state_.is_draining || !connections_.empty() || may_get_more()) {
    const auto woken = [this] {
      if (state_.stopwatch != nullptr) state_.round_began = state_.stopwatch();
    };
    // What has been read is answered before a message may end the connection.
    const std::uint64_t ticks_count =
        loop_.run_round(!due_.empty(), woken, [this] { serve_due(); });
    for (std::uint64_t i = 0; i < ticks_count; ++i) now_ += limits_.tick;
    if (ticks_count > 0) on_tick();
    recycle();
  }
}

void Worker::post(std::function<void(Service&)> message) {
  loop_.post([this, message = std::move(message)] { message(*service_); });
}

void Worker::post_with_tls(std::shared_ptr<const TlsContext> tls,
                           std::function<void(Service&)> message) {
  loop_.post([this, tls = std::move(tls), message = std::move(message)] {
    set_tls(tls);
    message(*service_);
  });
}

void Worker::post_drain() {
  loop_.post([this] { drain(); });
}

void Worker::post_cancel() {
  loop_.post([this] {
    drain();
    is_cancelled_ = true;
    while (!connections_.empty()) connections_.back()->release();
  });
}

void Worker::watch_listener() {
  if (!listener_.fd.is_open()) return;  // this one gets connections from the other lane
  is_listener_watched_ = loop_.watch(listener_.fd.get(), EPOLLIN | EPOLLEXCLUSIVE, this);
}

void Worker::on_events(std::uint32_t) {
  for (int i = 0; i < limits::kAcceptsPerTurnMax; ++i) {
    const Accepted accepted = accept();
    if (accepted == Accepted::kNone) return;
    if (accepted == Accepted::kExhausted) {
      // Out of descriptors or memory: the tick tries again, so that the loop does not spin.
      loop_.forget(listener_.fd.get());
      is_listener_watched_ = false;
      return;
    }
  }
}

Worker::Accepted Worker::accept() {
  sockaddr_storage peer{};
  socklen_t size = sizeof peer;
  FileDescriptor socket(::accept4(listener_.fd.get(), reinterpret_cast<sockaddr*>(&peer), &size,
                                  SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (socket.is_open()) {
    serve(std::move(socket), address_text(peer));
    return Accepted::kOne;
  }
  if (errno == EAGAIN || !listener_.fd.is_open()) return Accepted::kNone;
  const bool is_exhausted =
      errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
  return is_exhausted ? Accepted::kExhausted : Accepted::kOne;  // that one is gone already
}

void Worker::serve(FileDescriptor socket, std::string address) {
  AddressPlace place;
  if (!address.empty()) {
    if (!addresses_.enter(address)) {
      stats_.connections_over_limit.add();
      return;
    }
    place = AddressPlace(&addresses_, address);
  }
  std::unique_ptr<TlsSession> tls;
  if (state_.tls != nullptr) {
    tls = TlsSession::begin(state_.tls, socket.get());
    if (tls == nullptr) return;
  }
  auto connection = take_connection();
  if (!loop_.watch(socket.get(), kSocketEvents, connection.get())) {
    spare_.push_back(std::move(connection));
    return;
  }
  stats_.connections_accepted.add();
  connection->is_polled = false;
  connection->index = connections_.size();
  connection->serial = ++serials_count_;
  connection->start(std::move(socket), std::move(place), std::move(address), std::move(tls));
  connections_.push_back(std::move(connection));
}

std::unique_ptr<Connection> Worker::take_connection() {
  if (spare_.empty()) {
    ConnectionOwner* const owner = this;  // the conversion is private to this class
    return std::make_unique<Connection>(&state_, owner);
  }
  auto connection = std::move(spare_.back());
  spare_.pop_back();
  return connection;
}

void Worker::release(Connection* connection) {
  stats_.connections_closed.add();
  released_.push_back(take_out(connection));
}

std::unique_ptr<Connection> Worker::take_out(Connection* connection) {
  const std::size_t index = connection->index;
  std::swap(connections_[index], connections_.back());
  connections_[index]->index = index;
  auto taken = std::move(connections_.back());
  connections_.pop_back();
  return taken;
}

void Worker::poll(Connection* connection) {
  connection->is_polled = loop_.poll(connection->fd(), kSocketEvents, connection);
}

// --- two lanes ---

void Worker::pair_with(Worker* other, bool is_bulk_lane) {
  other_ = other;
  state_.has_other_lane = true;
  state_.is_bulk_lane = is_bulk_lane;
  if (!is_bulk_lane) service_->watch_bulk_lane(&other->arriving_);
}

// The connection has no output, so it does not wait for this worker's gate; what it has read moves
// with it.
void Worker::hand_over(Connection* connection) {
  loop_.forget(connection->fd());
  std::erase(due_, connection);
  // An event may have sent its output before the message that would have let it continue.
  if (connection->is_held())
    std::erase_if(held_, [=](const Held& held) { return held.connection == connection; });
  Connection* const moved = take_out(connection).release();
  other_->arriving_.fetch_add(1, std::memory_order_relaxed);
  other_->loop_.post(
      [other = other_, moved] { other->arrive(std::unique_ptr<Connection>(moved)); });
}

void Worker::arrive(std::unique_ptr<Connection> connection) {
  arriving_.fetch_sub(1, std::memory_order_relaxed);
  Connection* const arrived = connection.get();
  arrived->is_polled = false;
  arrived->index = connections_.size();
  arrived->move_to(&state_, this);
  connections_.push_back(std::move(connection));
  if (is_cancelled_ || !loop_.watch(arrived->fd(), kSocketEvents, arrived))
    arrived->release();
  else
    arrived->serve();  // at once: the next one waits until this has begun
}

bool Worker::may_get_more() const noexcept {
  return other_ != nullptr && (!other_->hands_nothing_over_.load(std::memory_order_acquire) ||
                               arriving_.load(std::memory_order_relaxed) > 0);
}

// No connection is listed twice, so one that is handed over or released here is not met again.
void Worker::serve_due() {
  serving_.swap(due_);
  for (Connection* const connection : serving_) connection->answer();
  for (Connection* const connection : serving_) connection->serve();
  serving_.clear();
}

void Worker::wake(std::uint64_t serial) {
  loop_.post([this, serial] { resume_upload(serial); });
}

// Searches, since the connection may be gone: uploads are few, and each wakes once per 256 KiB.
void Worker::resume_upload(std::uint64_t serial) {
  const auto found = std::ranges::find(connections_, serial, &Connection::serial);
  if (found != connections_.end()) (*found)->resume_upload();
}

// Usually at the end; but a connection that makes several reads in its turn gets newer tickets than
// those whose turn comes after it.
void Worker::hold(Connection* connection, std::uint64_t ticket) {
  const auto behind = std::ranges::upper_bound(held_, ticket, {}, &Held::ticket);
  held_.insert(behind, {connection, ticket});
}

// Tickets released while this runs have a message of their own behind this one.
void Worker::release_held() {
  while (!held_.empty() && held_.front().ticket <= state_.gate->released()) {
    Connection* const connection = held_.front().connection;
    held_.pop_front();
    connection->go_on();
  }
}

void Worker::on_tick() {
  state_.common_fields.refresh(clock_());
  watch_polled_again();
  // Downwards, since a connection that is released changes places with the last one.
  for (std::size_t i = connections_.size(); i > 0; --i) connections_[i - 1]->check_deadline(now_);
  if (!is_listener_watched_ && listener_.fd.is_open()) watch_listener();
}

void Worker::watch_polled_again() {
  bool is_any_left = false;
  for (const auto& connection : connections_) {
    if (!connection->is_polled) continue;
    connection->is_polled = !loop_.watch_again(connection->fd(), kSocketEvents, connection.get());
    is_any_left |= connection->is_polled;
  }
  if (!is_any_left) loop_.stop_polling();
}

void Worker::drain() {
  if (state_.is_draining) return;
  state_.is_draining = true;
  draining_since_ = now_;
  // A connection in the backlog may already have sent its request.
  while (accept() == Accepted::kOne) {
  }
  listener_.fd.close();
  hands_nothing_over_.store(true, std::memory_order_release);
  if (other_ != nullptr) other_->loop_.post([] {});  // wakes it: it may end now
}

// Reuses the connections released in this round: no event of the round can reach them any more.
void Worker::recycle() {
  if (released_.empty()) return;
  std::erase_if(due_, [](const Connection* connection) { return !connection->is_open(); });
  const auto is_held = [](const auto& connection) { return connection->is_held(); };
  if (std::ranges::any_of(released_, is_held))
    std::erase_if(held_, [](const Held& held) { return !held.connection->is_open(); });
  for (auto& connection : released_) {
    if (spare_.size() < limits::kConnectionsSparedMax) spare_.push_back(std::move(connection));
  }
  released_.clear();
}

}  // namespace beian::http
