// Runs one asynchronous operation at a time to its end, deadline or cancellation. Private to
// cache/redis; includes Asio.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>

#include "cache/redis/network.h"

namespace beian::cache {

// What an operation came to.
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

  // `start` is given a handler of (error_code, bytes); `abort` makes the operation end soon.
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
    // An operation that ended well although it was told to end counts as ended well.
    if (!waited.error) waited.is_late = false;
    waited.is_cancelled = waited.error && is_cancelled_.load();
    return waited;
  }

  // False when cancelled.
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

  // Any thread. The flag comes first: a run that begins later sees it and does not wait; one that
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
  std::function<void()> abort_;  // of the operation under way; only touched by the running thread
  std::atomic<bool> is_cancelled_{false};
};

}  // namespace beian::cache
