#include "gate/http/worker.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <array>
#include <boost/asio/post.hpp>
#include <string>

namespace beian::http {

using boost::system::error_code;

namespace {

// Text of the peer's address, without port; empty for a Unix socket, which has none.
std::string address_text(const sockaddr* peer) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* bytes = nullptr;
  int family = peer->sa_family;
  if (family == AF_INET) {
    bytes = &reinterpret_cast<const sockaddr_in*>(peer)->sin_addr;
  } else if (family == AF_INET6) {
    const in6_addr& v6 = reinterpret_cast<const sockaddr_in6*>(peer)->sin6_addr;
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

// The hint drops the reactor's locks, since one thread runs it, and keeps those of the queue, since
// messages come from other threads.
Worker::Worker(const ServerLimits& limits, const WallClock& clock, AddressCounter* addresses,
               std::unique_ptr<Service> service, ListenSocket socket)
    : limits_(limits),
      clock_(clock),
      addresses_(*addresses),
      service_(std::move(service)),
      state_{limits_, *service_, stats_, {}, {}, false},
      context_(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO),
      acceptor_(context_, net::generic::stream_protocol(socket.family, 0), socket.fd.release()),
      ticker_(context_) {
  state_.common_fields.refresh(clock_());
}

void Worker::run() {
  wait_for_tick();
  accept();
  context_.run();
}

void Worker::post(std::function<void(Service&)> message) {
  net::post(context_, [this, message = std::move(message)] { message(*service_); });
}

void Worker::post_drain() {
  net::post(context_, [this] { drain(); });
}

void Worker::post_cancel() {
  net::post(context_, [this] {
    drain();
    for (const auto& connection : connections_) connection->abort();
  });
}

void Worker::wait_for_tick() {
  ticker_.expires_after(limits_.tick);
  now_ = ticker_.expiry() - limits_.tick;
  ticker_.async_wait([this](const error_code& error) {
    if (!error) on_tick();
  });
}

void Worker::on_tick() {
  wait_for_tick();
  state_.common_fields.refresh(clock_());
  for (const auto& connection : connections_) connection->check_deadline(now_);
  if (!is_accepting_ && acceptor_.is_open()) accept();
}

std::unique_ptr<Connection> Worker::take_connection() {
  if (spare_.empty()) {
    ConnectionOwner* const owner = this;  // the conversion is private to this class
    return std::make_unique<Connection>(&context_, &state_, owner);
  }
  auto connection = std::move(spare_.back());
  spare_.pop_back();
  return connection;
}

void Worker::accept() {
  is_accepting_ = true;
  if (!accepted_) accepted_ = take_connection();
  acceptor_.async_accept(accepted_->socket(), peer_,
                         [this](const error_code& error) { on_accepted(error); });
}

void Worker::on_accepted(const error_code& error) {
  is_accepting_ = false;
  if (!error) serve_accepted();
  // Out of descriptors or memory: the tick tries again, so that the loop does not spin.
  const bool is_exhausted = error && error != net::error::connection_aborted;
  if (acceptor_.is_open() && !is_exhausted) accept();
}

void Worker::serve_accepted() {
  auto connection = std::move(accepted_);
  std::string address = address_text(reinterpret_cast<const sockaddr*>(peer_.data()));
  AddressPlace place;
  if (!address.empty()) {
    if (!addresses_.enter(address)) {
      stats_.connections_over_limit.add();
      error_code ignored;
      connection->socket().close(ignored);
      spare_.push_back(std::move(connection));
      return;
    }
    place = AddressPlace(&addresses_, address);
  }
  stats_.connections_accepted.add();
  connection->index = connections_.size();
  connections_.push_back(std::move(connection));
  connections_.back()->start(std::move(place), std::move(address));
}

void Worker::release(Connection* connection) {
  stats_.connections_closed.add();
  const std::size_t index = connection->index;
  std::swap(connections_[index], connections_.back());
  connections_[index]->index = index;
  if (spare_.size() < limits::kConnectionsSparedMax) {
    spare_.push_back(std::move(connections_.back()));
    connections_.pop_back();
  } else {
    // Its own function is still running: it goes when that has returned.
    net::post(context_, [gone = std::move(connections_.back())] {});
    connections_.pop_back();
  }
  stop_if_drained();
}

void Worker::drain() {
  if (state_.is_draining) return;
  state_.is_draining = true;
  draining_since_ = now_;
  error_code error;
  acceptor_.cancel(error);
  acceptor_.non_blocking(true, error);
  // Whom the kernel has accepted for us may have sent a request already.
  for (;;) {
    auto connection = take_connection();
    acceptor_.accept(connection->socket(), peer_, error);
    if (error) break;
    accepted_ = std::move(connection);
    serve_accepted();
  }
  acceptor_.close(error);
  stop_if_drained();
}

void Worker::stop_if_drained() {
  if (state_.is_draining && !acceptor_.is_open() && connections_.empty()) ticker_.cancel();
}

}  // namespace beian::http
