// Runs work that takes seconds beside threads that answer requests: they should notice as little of
// it as possible, yet the work must finish.
//
// It starts on a thread that stands back (give_way.h). On a machine that is never idle that could
// take for ever, so an attempt that outlasts its patience is abandoned and the work is done again
// on a thread that merely gives way.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <thread>
#include <type_traits>

#include "cache/base/give_way.h"

namespace beian {

// True once nobody wants the result of the current work any more: the work should then end soon,
// with any error. May be copied to threads that help with it; valid while the thread it was taken
// on is at work.
class Abandoned {
 public:
  // Never true on a thread that by() was not called on.
  static Abandoned of_this_thread() noexcept { return Abandoned(current()); }
  explicit operator bool() const noexcept {
    return flag_ != nullptr && flag_->load(std::memory_order_relaxed);
  }

  // Setting `flag` abandons whatever this thread does from now on. run_aside() calls this on the
  // threads that it starts. `flag` must outlive the thread's work.
  static void by(const std::atomic<bool>* flag) noexcept { current() = flag; }

 private:
  explicit Abandoned(const std::atomic<bool>* flag) noexcept : flag_(flag) {}
  static const std::atomic<bool>*& current() noexcept {
    thread_local const std::atomic<bool>* flag = nullptr;
    return flag;
  }

  const std::atomic<bool>* flag_;
};

// Returns the result of `work()`. Blocks; calls `meanwhile` at once and then after every `beat`.
// `work` may be called a second time while the abandoned first call is still ending. When
// `is_unwanted` becomes true, all of the work is abandoned.
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
