// Runs one asynchronous operation at a time until it completes, reaches its deadline or is
// cancelled. Private to cache/redis; includes Asio.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>

#include "cache/redis/network.h"

namespace beian::cache {

// The outcome of an operation.
struct Waited {
  boost::system::error_code error;
  std::size_t bytes = 0;
  bool is_late = false;
  bool is_cancelled = false;

  bool ok() const noexcept { return !error && !is_late && !is_cancelled; }
};

class EventWait {
 public:
  boost::asio::io_context& context() noexcept { return context_; }

  // Passes `start` a handler of (error_code, bytes); `abort` must make the operation end soon.
  // Returns when both the operation and the timer have ended, so both may refer to the caller's
  // frame.
  template <class Start, class Abort>
  Waited run(Deadline deadline, const Start& start, const Abort& abort) {
    Waited waited;
    if (is_cancelled_.load()) {
      waited.is_cancelled = true;
      return waited;
    }
    bool is_done = false;
    context_.restart();
    abort_ = abort;
    timer_.expires_at(deadline);
    timer_.async_wait([&](const boost::system::error_code& error) {
      if (error || is_done) return;
      waited.is_late = true;
      abort();
    });
    start([&](const boost::system::error_code& error, std::size_t bytes) {
      is_done = true;
      waited.error = error;
      waited.bytes = bytes;
      timer_.cancel();
    });
    context_.run();
    abort_ = nullptr;
    // An operation that succeeded although it was told to abort counts as a success.
    if (!waited.error) waited.is_late = false;
    waited.is_cancelled = waited.error && is_cancelled_.load();
    return waited;
  }

  // Waits until `until`, or until cancel(). Returns false when cancelled.
  bool pause(Deadline until) {
    if (is_cancelled_.load()) return false;
    context_.restart();
    abort_ = [this] { timer_.cancel(); };
    timer_.expires_at(until);
    timer_.async_wait([](const boost::system::error_code&) {});
    context_.run();
    abort_ = nullptr;
    return !is_cancelled_.load();
  }

  // Any thread. The flag is set first: a run that begins later sees it and does not wait; one that
  // has begun finds the posted task in its queue.
  void cancel() noexcept {
    is_cancelled_.store(true);
    boost::asio::post(context_, [this] {
      if (abort_) abort_();
    });
  }

 private:
  boost::asio::io_context context_{1};
  boost::asio::steady_timer timer_{context_};
  std::function<void()> abort_;  // of the operation in progress; touched only by the running thread
  std::atomic<bool> is_cancelled_{false};
};

}  // namespace beian::cache
