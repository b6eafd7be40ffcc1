#include "gate/http/server.h"

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>
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

}  // namespace

struct Server::Impl {
  explicit Impl(ServerOptions chosen)
      : options(std::move(chosen)), addresses(options.limits.connections_per_address_max) {}

  void serve(unsigned index) {
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
  for (unsigned i = 0; i < count; ++i) {
    impl->workers.push_back(std::make_unique<Worker>(impl->options.limits, impl->options.clock,
                                                     impl->options.stopwatch, &impl->addresses,
                                                     factory(i), std::move((*sockets)[i])));
    impl->workers.back()->set_tls(impl->options.tls);
    if (i < listening) continue;
    impl->workers[i]->pair_with(impl->workers[i - listening].get(), /*is_bulk_lane=*/true);
    impl->workers[i - listening]->pair_with(impl->workers[i].get(), /*is_bulk_lane=*/false);
  }
  const SignalsBlocked blocked;
  for (unsigned i = 0; i < count; ++i) {
    impl->threads.emplace_back([state = impl.get(), i] { state->serve(i); });
  }
  return std::unique_ptr<Server>(new Server(std::move(impl)));
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

unsigned Server::workers_count() const noexcept {
  return impl_->options.threads;
}

void Server::post(unsigned worker, std::function<void(Service&)> message) {
  impl_->workers[worker]->post(std::move(message));
}

void Server::broadcast(const std::function<void(Service&)>& message) {
  for (const auto& worker : impl_->workers) worker->post(message);
}

void Server::set_tls(const std::shared_ptr<const TlsContext>& tls) {
  for (const auto& worker : impl_->workers) worker->post_tls(tls);
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

ServerStats Server::stats(unsigned worker) const {
  ServerStats sum;
  impl_->workers[worker]->stats().add_to(&sum);
  return sum;
}

}  // namespace beian::http
