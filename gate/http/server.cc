#include "gate/http/server.h"

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "cache/base/give_way.h"
#include "cache/base/scheduler_attributes.h"
#include "gate/http/worker.h"

namespace beian::http {
namespace {

constexpr std::uint64_t kSliceNanoseconds = 100'000;  // the kernel's own minimum

// Threads started while one lives take no signals: those are for whoever waits for them.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_{};
};

// How this thread shares a processor with the other lane.
//
// Bulk has a ninth of the weight: it gets what single checks leave, and still comes on beside
// whatever else keeps the machine busy, where SCHED_IDLE would stand still. Single checks ask for
// the shortest slice, since from Linux 6.12 on who wakes up with a shorter one takes the processor
// at once; otherwise bulk would finish its slice first, of some milliseconds. Before 6.6 who has
// slept takes it anyway. Where either is forbidden the lanes are as good as any two threads.
void share_processor(bool is_bulk_lane) {
  if (is_bulk_lane) return give_way();
  SchedulerAttributes shortest;
  shortest.nice = ::getpriority(PRIO_PROCESS, 0);
  shortest.runtime_ns = kSliceNanoseconds;
  ::syscall(SYS_sched_setattr, 0, &shortest, 0);
}

// One listening socket per worker at the same address; the first one decides a free port.
Result<std::vector<ListenSocket>> open_all(ListenAddress* address, unsigned count) {
  if (address->port != 0) {
    const auto unused = require_unused(*address);
    if (!unused) return unused.error();
  }
  std::vector<ListenSocket> sockets;
  while (sockets.size() < count) {
    const bool is_copy = !sockets.empty() && sockets[0].port == 0;
    auto opened = is_copy ? duplicate(sockets[0]) : open_listen_socket(*address, true);
    if (!opened) return opened.error();
    address->port = opened->port;
    sockets.push_back(std::move(*opened));
  }
  return sockets;
}

// What the machine does not give at the moment, or the limits of the process do not allow.
Error no_room(unsigned workers, const std::system_error& error) {
  return make_error(ErrorKind::kUnavailable,
                    "cannot start " + std::to_string(workers) + " workers: " + error.what() +
                        "; allow more open files (ulimit -n) and threads, or ask for fewer");
}

}  // namespace

struct Server::Impl {
  enum class Begun : std::uint8_t { kNotYet, kYes, kNever };

  explicit Impl(ServerOptions chosen)
      : options(std::move(chosen)), addresses(options.limits.connections_per_address_max) {}

  // Throws std::system_error when there is no room for one of them, as run() does.
  void make_workers(unsigned count, const Factory& factory, std::vector<ListenSocket>* sockets) {
    const unsigned listening = options.threads;
    for (unsigned i = 0; i < count; ++i) {
      workers.push_back(std::make_unique<Worker>(options.limits, options.clock, options.stopwatch,
                                                 &addresses, factory(i), std::move((*sockets)[i])));
      workers.back()->set_tls(options.tls);
      if (i < listening) continue;
      workers[i]->pair_with(workers[i - listening].get(), /*is_bulk_lane=*/true);
      workers[i - listening]->pair_with(workers[i].get(), /*is_bulk_lane=*/false);
    }
  }

  // All of them or none: a worker of one lane ends only when the one of the other lane does.
  void run(unsigned count) {
    const SignalsBlocked blocked;
    try {
      for (unsigned i = 0; i < count; ++i) threads.emplace_back([this, i] { serve(i); });
    } catch (const std::system_error&) {
      begin(Begun::kNever);
      for (std::thread& thread : threads) thread.join();
      threads.clear();
      throw;
    }
    begin(Begun::kYes);
  }

  void begin(Begun how) {
    const std::scoped_lock lock(mutex);
    begun = how;
    beginning.notify_all();
  }

  void serve(unsigned index) {
    {
      std::unique_lock lock(mutex);
      beginning.wait(lock, [this] { return begun != Begun::kNotYet; });
      if (begun == Begun::kNever) return;
    }
    if (options.has_bulk_lane) share_processor(index >= options.threads);
    workers[index]->run();
    const std::scoped_lock lock(mutex);
    ++finished_count;
    finished.notify_all();
  }

  // Constant after start.
  ServerOptions options;
  AddressCounter addresses;
  std::vector<std::unique_ptr<Worker>> workers;
  std::vector<std::thread> threads;

  // Guarded by `mutex`.
  std::mutex mutex;
  std::condition_variable beginning;
  Begun begun = Begun::kNotYet;
  std::condition_variable finished;
  std::size_t finished_count = 0;
};

Result<std::unique_ptr<Server>> Server::start(ServerOptions options, const Factory& factory) {
  BEIAN_ASSERT(options.clock && options.threads > 0);
  auto sockets = open_all(&options.address, options.threads);
  if (!sockets) return sockets.error();
  auto impl = std::make_unique<Impl>(std::move(options));
  const unsigned listening = impl->options.threads;
  const unsigned count = impl->options.has_bulk_lane ? 2 * listening : listening;
  sockets->resize(count);  // bulk has none
  // From here on its end ends those that run.
  std::unique_ptr<Server> server(new Server(std::move(impl)));
  try {
    server->impl_->make_workers(count, factory, &*sockets);
    server->impl_->run(count);
  } catch (const std::system_error& error) {
    return no_room(count, error);
  }
  return server;
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Server::~Server() {
  drain(std::chrono::milliseconds{0});
}

std::uint16_t Server::port() const noexcept {
  return impl_->options.address.port;
}

ListenAddress Server::address() const {
  return impl_->options.address;
}

void Server::post(unsigned worker, std::function<void(Service&)> message) {
  impl_->workers[worker]->post(std::move(message));
}

void Server::broadcast(const std::function<void(Service&)>& message) {
  for (std::size_t i = impl_->workers.size(); i > 0; --i) impl_->workers[i - 1]->post(message);
}

void Server::broadcast_with_tls(const std::shared_ptr<const TlsContext>& tls,
                                const std::function<void(Service&)>& message) {
  for (std::size_t i = impl_->workers.size(); i > 0; --i)
    impl_->workers[i - 1]->post_with_tls(tls, message);
}

bool Server::drain(std::chrono::milliseconds deadline) {
  for (const auto& worker : impl_->workers) worker->post_drain();
  bool is_whole = false;
  {
    std::unique_lock lock(impl_->mutex);
    is_whole = impl_->finished.wait_for(
        lock, deadline, [this] { return impl_->finished_count == impl_->threads.size(); });
  }
  for (const auto& worker : impl_->workers) worker->post_cancel();
  for (std::thread& thread : impl_->threads) {
    if (thread.joinable()) thread.join();
  }
  return is_whole;
}

ServerStats Server::stats() const {
  ServerStats sum;
  sum.connections_per_address_max = impl_->options.limits.connections_per_address_max;
  // Backwards: connections go from a worker to its bulk lane, so that an end is read before the
  // beginning and open ones are never fewer than none.
  for (std::size_t i = impl_->workers.size(); i > 0; --i)
    impl_->workers[i - 1]->stats().add_to(&sum);
  return sum;
}

}  // namespace beian::http
