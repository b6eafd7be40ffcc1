#include "gate/http/event_loop.h"

#include <sys/eventfd.h>
#include <sys/timerfd.h>

#include <cerrno>
#include <system_error>

namespace beian::http {
namespace {

FileDescriptor require(int fd, const char* what) {
  if (fd < 0) throw std::system_error(errno, std::generic_category(), what);
  return FileDescriptor(fd);
}

FileDescriptor make_timer() {
  return require(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC), "timerfd_create");
}

// Zero stops it.
void set_period(const FileDescriptor& timer, std::chrono::nanoseconds period) {
  itimerspec spec{};
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(period);
  spec.it_interval.tv_sec = seconds.count();
  spec.it_interval.tv_nsec = (period - seconds).count();
  spec.it_value = spec.it_interval;
  ::timerfd_settime(timer.get(), 0, &spec, nullptr);
}

bool add(const FileDescriptor& epoll, int fd, std::uint32_t events, EventSource* source) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = source;
  return ::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, fd, &event) == 0;
}

bool remove(const FileDescriptor& epoll, int fd) {
  return ::epoll_ctl(epoll.get(), EPOLL_CTL_DEL, fd, nullptr) == 0;
}

// Takes the eight bytes of an eventfd or timerfd.
std::uint64_t take_count(int fd) {
  std::uint64_t count = 0;
  return ::read(fd, &count, sizeof count) == sizeof count ? count : 0;
}

void watch_own(int epoll, const FileDescriptor& own) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = static_cast<std::uint64_t>(own.get());  // never a pointer to a source
  if (::epoll_ctl(epoll, EPOLL_CTL_ADD, own.get(), &event) != 0) {
    throw std::system_error(errno, std::generic_category(), "epoll_ctl");
  }
}

}  // namespace

EventLoop::EventLoop(std::chrono::milliseconds tick)
    : epoll_(require(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
      ticker_(make_timer()),
      wake_up_(require(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd")),
      polled_(require(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
      poll_timer_(make_timer()) {
  watch_own(epoll_.get(), ticker_);
  watch_own(epoll_.get(), wake_up_);
  watch_own(epoll_.get(), poll_timer_);
  set_period(ticker_, tick);
}

bool EventLoop::watch(int fd, std::uint32_t events, EventSource* source) {
  return add(epoll_, fd, events, source);
}

void EventLoop::forget(int fd) {
  if (!remove(epoll_, fd)) remove(polled_, fd);
}

bool EventLoop::poll(int fd, std::uint32_t events, EventSource* source) {
  if (!add(polled_, fd, events, source)) return false;
  remove(epoll_, fd);
  if (!is_polling_) set_period(poll_timer_, limits::kPollPeriod);
  is_polling_ = true;
  return true;
}

bool EventLoop::watch_again(int fd, std::uint32_t events, EventSource* source) {
  return add(epoll_, fd, events, source) && remove(polled_, fd);
}

void EventLoop::stop_polling() {
  if (is_polling_) set_period(poll_timer_, std::chrono::nanoseconds::zero());
  is_polling_ = false;
}

void EventLoop::post(std::function<void()> message) {
  {
    const std::scoped_lock lock(mutex_);
    messages_.push_back(std::move(message));
  }
  const std::uint64_t one = 1;
  // Fails only at 2^64 - 2 unread wake-ups, and then the loop wakes up anyway.
  [[maybe_unused]] const ssize_t written = ::write(wake_up_.get(), &one, sizeof one);
}

int EventLoop::wait(bool is_urgent) {
  return ::epoll_wait(epoll_.get(), events_.data(), limits::kEventsPerRoundMax, is_urgent ? 0 : -1);
}

EventLoop::Round EventLoop::dispatch(int count) {
  Round round;
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events_[static_cast<std::size_t>(i)];
    if (event.data.u64 == static_cast<std::uint64_t>(ticker_.get())) {
      round.ticks_count = take_count(ticker_.get());
    } else if (event.data.u64 == static_cast<std::uint64_t>(wake_up_.get())) {
      round.has_messages = true;
    } else if (event.data.u64 == static_cast<std::uint64_t>(poll_timer_.get())) {
      take_count(poll_timer_.get());
      dispatch_polled();
    } else {
      static_cast<EventSource*>(event.data.ptr)->on_events(event.events);
    }
  }
  return round;
}

void EventLoop::dispatch_polled() {
  const int count =
      ::epoll_wait(polled_.get(), polled_events_.data(), limits::kEventsPerRoundMax, 0);
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = polled_events_[static_cast<std::size_t>(i)];
    static_cast<EventSource*>(event.data.ptr)->on_events(event.events);
  }
}

void EventLoop::run_messages() {
  take_count(wake_up_.get());
  {
    const std::scoped_lock lock(mutex_);
    running_.swap(messages_);
  }
  for (const auto& message : running_) message();
  running_.clear();
}

}  // namespace beian::http
