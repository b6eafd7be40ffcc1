// The kernel's events of one thread: epoll, a tick, and messages from other threads.
//
// Polled descriptors do not wake the thread: they are in a second epoll set, which a timer checks
// every limits::kPollPeriod. Under overload this saves most wake-ups, each of which preempts the
// thread that is answering.
//
// Owned and run by one worker; only post() may be called from elsewhere. Events of one round may
// reach a source whose file descriptor was closed earlier in the round, so sources must outlive the
// round and ignore such events.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <vector>

#include "cache/base/limits.h"
#include "gate/http/file_descriptor.h"

namespace beian::http {

class EventSource {
 public:
  virtual void on_events(std::uint32_t events) = 0;  // EPOLLIN | EPOLLOUT | …

 protected:
  ~EventSource() = default;
};

class EventLoop {
 public:
  // Ticks every `tick` from the first round on. Throws std::system_error when the process has no
  // file descriptors left.
  explicit EventLoop(std::chrono::milliseconds tick);

  // False when the kernel refuses to watch another descriptor.
  bool watch(int fd, std::uint32_t events, EventSource* source);
  // Ends watching or polling it.
  void forget(int fd);

  // Move `fd` from watched to polled, and back. Both report again what is ready at that moment.
  // False, with nothing changed, when the kernel refuses.
  bool poll(int fd, std::uint32_t events, EventSource* source);
  bool watch_again(int fd, std::uint32_t events, EventSource* source);
  // Stops the timer until the next poll(). REQUIRES: nothing is polled.
  void stop_polling();

  // Runs `message` in the next round. Any thread.
  void post(std::function<void()> message);

  // Waits for events unless `is_urgent`, calls `woken`, hands the events to their sources, calls
  // `told`, then runs the messages. Returns how many ticks have passed.
  template <class Woken, class Told>
  std::uint64_t run_round(bool is_urgent, const Woken& woken, const Told& told) {
    const int count = wait(is_urgent);
    woken();
    const Round round = dispatch(count);
    told();
    if (round.has_messages) run_messages();
    return round.ticks_count;
  }

 private:
  struct Round {
    std::uint64_t ticks_count = 0;
    bool has_messages = false;
  };

  int wait(bool is_urgent);
  Round dispatch(int count);
  void dispatch_polled();
  void run_messages();

  FileDescriptor epoll_;
  FileDescriptor ticker_;
  FileDescriptor wake_up_;  // readable while messages wait
  FileDescriptor polled_;   // an epoll set that no thread waits on
  FileDescriptor poll_timer_;
  bool is_polling_ = false;                                     // poll_timer_ runs
  std::array<epoll_event, limits::kEventsPerRoundMax> events_;  // of the round
  std::array<epoll_event, limits::kEventsPerRoundMax> polled_events_;

  std::mutex mutex_;
  std::vector<std::function<void()>> messages_;  // guarded by mutex_
  std::vector<std::function<void()>> running_;   // of the loop's thread; keeps its capacity
};

}  // namespace beian::http
