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

constexpr std::uint64_t kSliceNanoseconds = 100'000;  // the kernel's minimum

// While one exists, threads are started with all signals blocked; signals are for the thread that
// waits for them.
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

// Sets how this thread shares a CPU with the other lane.
//
// Bulk has a ninth of the weight: it gets what single checks leave, yet progresses beside whatever
// else keeps the machine busy, where SCHED_IDLE would starve. Single checks ask for the shortest
// time slice: from Linux 6.12 on, a waking thread with a shorter slice preempts at once; otherwise
// bulk would first finish its own slice of some milliseconds. Before 6.6 a thread that has slept
// preempts anyway. Where setting either is forbidden, the lanes compete like any two threads.
void share_processor(bool is_bulk_lane) {
  if (is_bulk_lane) return give_way();
  SchedulerAttributes shortest;
  shortest.nice = ::getpriority(PRIO_PROCESS, 0);
  shortest.runtime_ns = kSliceNanoseconds;
  ::syscall(SYS_sched_setattr, 0, &shortest, 0);
}

// Opens one listening socket per worker, all at the same address; if the port is 0, the first one
// picks it.
Result<std::vector<ListenSocket>> open_all(ListenAddress* address, unsigned count) {
  if (address->port != 0) {
    const auto unused = require_unused(*address);
    if (!unused) return unused.error();
  }
  std::vector<ListenSocket> sockets;
  while (sockets.size() < count) {
    const bool is_copy = !sockets.empty() && sockets[0].port == 0;
    auto opened = is_copy ? duplicate(sockets[0]) : open_listen_socket(*address);
    if (!opened) return opened.error();
    address->port = opened->port;
    sockets.push_back(std::move(*opened));
  }
  return sockets;
}

// The machine lacks file descriptors or threads, or the limits of the process forbid more.
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

  // Throws std::system_error when one of them cannot be made, as run() does.
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

  // Starts all threads or none, since a worker ends only together with its pair in the other lane.
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
  sockets->resize(count);  // the bulk lane listens nowhere
  // From here on the Server's destructor ends whatever runs.
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
  // Backwards: a connection moves from a worker to its bulk lane, so its close is read before its
  // accept, and connections_open() cannot go below zero.
  for (std::size_t i = impl_->workers.size(); i > 0; --i)
    impl_->workers[i - 1]->stats().add_to(&sum);
  return sum;
}

}  // namespace beian::http
