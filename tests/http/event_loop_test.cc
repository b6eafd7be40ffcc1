// Watched and polled descriptors of a loop. No test looks at a clock: a round waits until there is
// something to tell.
#include "gate/http/event_loop.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace beian::http {
namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t kEvents = EPOLLIN | EPOLLRDHUP | EPOLLET;

class CountedSource final : public EventSource {
 public:
  void on_events(std::uint32_t events) override {
    ++count;
    last = events;
  }
  int count = 0;
  std::uint32_t last = 0;
};

class EventLoopTest : public testing::Test {
 protected:
  EventLoopTest() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()), 0);
    ours_ = FileDescriptor(ends[0]);
    theirs_ = FileDescriptor(ends[1]);
  }

  void write() { EXPECT_EQ(::write(theirs_.get(), "x", 1), 1); }
  void round(bool is_urgent = false) {
    loop_.run_round(
        is_urgent, [] {}, [] {});
  }
  void run_until_told() {
    for (const int before = source_.count; source_.count == before;) round();
  }
  // Enough rounds that wait for nothing for an event that is there to be told.
  void run_without_waiting() {
    for (int i = 0; i < 10; ++i) round(/*is_urgent=*/true);
  }

  EventLoop loop_{1h};  // no ticks
  CountedSource source_;
  FileDescriptor ours_;
  FileDescriptor theirs_;
};

TEST_F(EventLoopTest, PolledEventsAreTold) {
  ASSERT_TRUE(loop_.watch(ours_.get(), kEvents, &source_));
  ASSERT_TRUE(loop_.poll(ours_.get(), kEvents, &source_));
  for (int i = 0; i < 3; ++i) {
    write();
    run_until_told();
    EXPECT_EQ(source_.count, i + 1);
  }
  theirs_.close();
  run_until_told();
  EXPECT_NE(source_.last & EPOLLRDHUP, 0U);
}

TEST_F(EventLoopTest, WhatIsReadyIsToldAnewOnTheWayThereAndBack) {
  write();
  ASSERT_TRUE(loop_.watch(ours_.get(), kEvents, &source_));
  run_until_told();
  ASSERT_TRUE(loop_.poll(ours_.get(), kEvents, &source_));
  run_until_told();
  ASSERT_TRUE(loop_.watch_again(ours_.get(), kEvents, &source_));
  loop_.stop_polling();
  run_until_told();
  EXPECT_EQ(source_.count, 3);
}

TEST_F(EventLoopTest, WatchedAgainNeedsNoPolling) {
  ASSERT_TRUE(loop_.watch(ours_.get(), kEvents, &source_));
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(loop_.poll(ours_.get(), kEvents, &source_));
    ASSERT_TRUE(loop_.watch_again(ours_.get(), kEvents, &source_));
    loop_.stop_polling();
    write();
    run_without_waiting();
    EXPECT_EQ(source_.count, i + 1);
  }
}

TEST_F(EventLoopTest, AForgottenOneIsNotTold) {
  ASSERT_TRUE(loop_.watch(ours_.get(), kEvents, &source_));
  ASSERT_TRUE(loop_.poll(ours_.get(), kEvents, &source_));
  loop_.forget(ours_.get());
  write();
  for (int i = 0; i < 5; ++i) round();  // each ends by the timer, which still runs
  EXPECT_EQ(source_.count, 0);
  EXPECT_TRUE(loop_.watch(ours_.get(), kEvents, &source_));  // it is in neither set
}

TEST_F(EventLoopTest, APollThatIsRefusedLeavesItWatched) {
  ASSERT_TRUE(loop_.watch(ours_.get(), kEvents, &source_));
  ASSERT_TRUE(loop_.poll(ours_.get(), kEvents, &source_));
  EXPECT_FALSE(loop_.poll(ours_.get(), kEvents, &source_));  // it is in the set already
  EXPECT_FALSE(loop_.poll(-1, kEvents, &source_));
  write();
  run_until_told();
}

}  // namespace
}  // namespace beian::http
