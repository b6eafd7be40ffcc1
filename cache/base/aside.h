// Runs work that takes seconds beside threads that answer, so that these notice as little as can
// be, and so that it comes to an end all the same.
//
// It begins on a thread that stands back. On a machine that never rests that would take for ever:
// what has not ended when the patience with it has is abandoned, and done anew on a thread that
// only gives way.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <thread>
#include <type_traits>

#include "cache/base/give_way.h"

namespace beian {

// Whether nobody wants any more what the thread that asked for this works at: it should end soon,
// with any error. May be copied to threads that help it, and is valid while that one is at work.
class Abandoned {
 public:
  // Never true of a thread that run_aside() has not begun.
  static Abandoned of_this_thread() noexcept { return Abandoned(current()); }
  explicit operator bool() const noexcept {
    return flag_ != nullptr && flag_->load(std::memory_order_relaxed);
  }

  // For run_aside(): what this thread does from now on may be abandoned by `flag`.
  static void by(const std::atomic<bool>* flag) noexcept { current() = flag; }

 private:
  explicit Abandoned(const std::atomic<bool>* flag) noexcept : flag_(flag) {}
  static const std::atomic<bool>*& current() noexcept {
    thread_local const std::atomic<bool>* flag = nullptr;
    return flag;
  }

  const std::atomic<bool>* flag_;
};

// Returns what `work()` returns, which may be called a second time while the first, abandoned one
// is ending. Blocks, and calls `meanwhile` at once and after every `beat`. `is_unwanted`: once it
// is true, all of the work is abandoned.
template <class Work>
std::invoke_result_t<const Work&> run_aside(std::chrono::milliseconds patience, const Work& work,
                                            std::chrono::milliseconds beat,
                                            const std::function<void()>& meanwhile,
                                            const std::atomic<bool>* is_unwanted = nullptr) {
  using Outcome = std::invoke_result_t<const Work&>;
  std::atomic<bool> is_abandoned{false};
  std::packaged_task<Outcome()> first([&] {
    Abandoned::by(&is_abandoned);
    stand_back();
    return work();
  });
  std::packaged_task<Outcome()> second([&] {
    Abandoned::by(is_unwanted);
    give_way();
    return work();
  });
  auto outcome = first.get_future();
  std::jthread urgent;
  const std::jthread patient([&] { first(); });
  for (std::chrono::milliseconds waited{0};; waited += beat) {
    meanwhile();
    if (outcome.wait_for(beat) == std::future_status::ready) return outcome.get();
    if (is_unwanted != nullptr && *is_unwanted) {
      is_abandoned = true;
      return outcome.get();
    }
    if (waited < patience || is_abandoned) continue;
    is_abandoned = true;
    outcome = second.get_future();
    urgent = std::jthread([&] { second(); });
  }
}

}  // namespace beian
