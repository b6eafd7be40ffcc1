// The HTTP/1.1 server: workers, each on its own thread, that listen at one address.
//
// Start it, post messages to its workers, drain it. It knows nothing about the answers; a Service
// per worker gives them. Call its functions from one thread at a time, and not from a Service;
// stats() may be called from any thread, also by a Service.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cache/base/result.h"
#include "gate/http/listen_socket.h"
#include "gate/http/message.h"
#include "gate/http/server_limits.h"
#include "gate/http/server_stats.h"
#include "gate/http/tls_context.h"

namespace beian::http {

// A monotonic clock with an arbitrary zero.
using Stopwatch = std::chrono::nanoseconds (*)();

struct ServerOptions {
  ListenAddress address;
  unsigned threads = 1;
  // Adds the same number of threads, at a lower priority, for requests that Service::is_bulk()
  // reports: a batch then delays no single request, and gets only about a tenth of a CPU that those
  // keep busy.
  bool has_bulk_lane = false;
  ServerLimits limits;
  // For Date only; every worker reads it once per tick.
  std::function<std::chrono::system_clock::time_point()> clock;
  // For Service::batch_begins() and batch_answered(): read once per wake-up, and twice for all
  // requests that came in one read. Null: neither is called.
  Stopwatch stopwatch = nullptr;
  std::shared_ptr<const TlsContext> tls;  // null: plain HTTP
};

class Server {
 public:
  using Factory = std::function<std::unique_ptr<Service>(unsigned worker)>;

  // Listens and serves on `options.threads` threads, which block all signals. The factory is called
  // in this function, once per worker (those of a bulk lane too); each Service then belongs to its
  // worker's thread. Errors: kConflict when the address is taken; kUsage or kUnavailable when it is
  // not possible to listen there; kUnavailable when file descriptors or threads run out.
  // REQUIRES: options.clock is set, options.threads > 0.
  static Result<std::unique_ptr<Server>> start(ServerOptions options, const Factory& factory);

  // Closes everything at once unless drain() has run.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const noexcept;  // the actual one if 0 was asked for
  ListenAddress address() const;        // with the actual port

  // Runs `message` on that worker's thread, between two requests and after earlier messages: this
  // is how a new generation reaches a Service without a lock. Dropped if the worker has drained.
  void post(unsigned worker, std::function<void(Service&)> message);
  // Posts `message` to all workers. The bulk lane gets it first, so that a connection handed over
  // to it never meets an older state there than in the lane it left.
  void broadcast(const std::function<void(Service&)>& message);
  // The same, and connections accepted from then on use `tls`; null: plain HTTP. Open connections
  // continue as they began.
  void broadcast_with_tls(const std::shared_ptr<const TlsContext>& tls,
                          const std::function<void(Service&)>& message);

  // Stops accepting, answers every request that has arrived or is arriving with `Connection:
  // close`, closes idle connections, and waits at most `deadline` before it closes what is left.
  // Returns true if nothing had to be cut off.
  bool drain(std::chrono::milliseconds deadline);

  ServerStats stats() const;

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace beian::http
