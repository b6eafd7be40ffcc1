// The HTTP/1.1 server: workers on their threads, listening at one address.
//
// Start it, hand messages to its workers, drain it. Functions may be called from any one thread at
// a time, except by a Service; stats() by any, a Service's too. It knows nothing of what is
// answered: a Service per worker does.
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
#include "gate/http/tls.h"

namespace beian::http {

// Time from any zero that only grows.
using Stopwatch = std::chrono::nanoseconds (*)();

struct ServerOptions {
  ListenAddress address;
  unsigned threads = 1;
  // As many threads more for what Service::is_bulk() tells of, at a lower priority: a
  // batch then delays no single request, and stands still while those take all of the processor.
  bool has_bulk_lane = false;
  ServerLimits limits;
  // For Date only; asked once a tick by every worker.
  std::function<std::chrono::system_clock::time_point()> clock;
  // For Service::batch_answered(): read twice for all requests that came in one read. Null: nobody
  // is told.
  Stopwatch stopwatch = nullptr;
  std::shared_ptr<const TlsContext> tls;  // null: in clear
};

class Server {
 public:
  using Factory = std::function<std::unique_ptr<Service>(unsigned worker)>;

  // Listens and serves on `options.threads` threads, which take no signals. The factory is called
  // here, once per worker (of a bulk lane too); each Service then belongs to its worker's thread.
  // kConflict when the address is taken, kUsage or kUnavailable when it cannot be listened at, or
  // when there are not enough open files or threads for so many workers.
  // REQUIRES: options.clock is set, options.threads > 0.
  static Result<std::unique_ptr<Server>> start(ServerOptions options, const Factory& factory);

  // Closes everything at once when drain() has not run.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const noexcept;  // the real one when 0 was asked for
  ListenAddress address() const;        // with the real port

  // Runs `message` on that worker's thread, between two requests and after earlier messages; how a
  // new generation reaches a Service without a lock. Dropped when the worker has drained.
  void post(unsigned worker, std::function<void(Service&)> message);
  // Of two lanes, bulk has it first: a connection that comes from the other one with what that had
  // by then meets nothing older.
  void broadcast(const std::function<void(Service&)>& message);
  // With it, connections accepted from then on speak TLS as `tls` says; those that are open go on
  // as they began. Null: in clear.
  void broadcast_with_tls(const std::shared_ptr<const TlsContext>& tls,
                          const std::function<void(Service&)>& message);

  // Accepts no more, answers every request that is here or under way with `Connection: close`,
  // closes idle connections, and waits at most `deadline` before it closes what is left. Returns
  // true when nothing had to be cut off.
  bool drain(std::chrono::milliseconds deadline);

  ServerStats stats() const;

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace beian::http
