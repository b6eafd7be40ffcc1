// Work done aside from the threads that answer: it ends, exactly once, however busy the machine is.
// How little the answering threads notice of it depends on the kernel; `./dev bench swap` measures
// that.
#include "cache/base/aside.h"

#include <gtest/gtest.h>
#include <sched.h>

#include <atomic>
#include <stdexcept>
#include <utility>

namespace beian {
namespace {

using namespace std::chrono_literals;

constexpr auto kBeat = 1ms;
constexpr auto kForEver = 1h;

// Told by the scheduling policy, because the kernel decides which thread runs first: the one under
// SCHED_IDLE may start after its replacement.
enum class Thread { kPatient, kUrgent };
Thread this_thread() {
  return ::sched_getscheduler(0) == SCHED_IDLE ? Thread::kPatient : Thread::kUrgent;
}

TEST(Aside, BeginsWhereNobodyElseIsWantedAndIsNotAbandoned) {
  const int before = ::sched_getscheduler(0);
  const auto seen = run_aside(
      kForEver,
      [] {
        return std::pair{::sched_getscheduler(0), bool{Abandoned::of_this_thread()}};
      },
      kBeat, [] {});
  EXPECT_EQ(seen, std::pair(SCHED_IDLE, false));
  EXPECT_EQ(::sched_getscheduler(0), before) << "who waits stays as he was";
}

TEST(Aside, WhatDoesNotEndIsAbandonedAndDoneAnewByOneThatOnlyGivesWay) {
  std::atomic<int> runs{0};
  const int scheduler = run_aside(
      0ms,
      [&] {
        ++runs;
        if (this_thread() == Thread::kUrgent) return ::sched_getscheduler(0);
        const Abandoned abandoned = Abandoned::of_this_thread();
        while (!abandoned) std::this_thread::sleep_for(1ms);
        return -1;
      },
      kBeat, [] {});
  EXPECT_EQ(scheduler, SCHED_OTHER);
  EXPECT_EQ(runs, 2);
}

// Cancelled both before patience runs out and after.
TEST(Aside, WhatNobodyWantsAnyMoreIsAbandonedAndNotDoneAnew) {
  constexpr std::chrono::milliseconds kPatient = kForEver;
  for (const std::chrono::milliseconds patience : {kPatient, 0ms}) {
    std::atomic<bool> is_unwanted{false};
    std::atomic<int> runs{0};
    const Thread last = run_aside(
        patience,
        [&] {
          ++runs;
          if (patience == kPatient || this_thread() == Thread::kUrgent) is_unwanted = true;
          const Abandoned abandoned = Abandoned::of_this_thread();
          while (!abandoned) std::this_thread::sleep_for(1ms);
          return this_thread();
        },
        kBeat, [] {}, &is_unwanted);
    EXPECT_EQ(last, patience == kPatient ? Thread::kPatient : Thread::kUrgent);
    EXPECT_EQ(runs, patience == kPatient ? 1 : 2);
  }
}

TEST(Aside, WhoWaitsIsCalledMeanwhile) {
  std::atomic<int> calls{0};
  run_aside(
      kForEver,
      [&] {
        while (calls < 5) std::this_thread::sleep_for(1ms);
        return true;
      },
      kBeat, [&] { ++calls; });
  EXPECT_GE(calls, 5);
}

TEST(Aside, WhatIsThrownComesOut) {
  EXPECT_THROW(run_aside(
                   kForEver, []() -> int { throw std::runtime_error("no"); }, kBeat, [] {}),
               std::runtime_error);
}

TEST(Aside, OtherThreadsAreNeverAbandoned) {
  EXPECT_FALSE(Abandoned::of_this_thread());
}

}  // namespace
}  // namespace beian
