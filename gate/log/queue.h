// Entries on their way from workers to the one thread that writes them: bounded in bytes, and no
// lock that two workers share.
//
//   worker ── append ──> its Producer (own lock) ──┐
//   worker ── append ──> its Producer (own lock) ──┴── take ──> writer ── done ──> durable()
//
// 1. What append() has accepted is written, or the process ends: nothing is dropped.
// 2. Bytes are counted from append() to done(), as they will be on the disk; so what is reserved
//    there for the queue's bound is enough for all that was accepted.
// 3. Entries of one producer stay in order; those of two may change places.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gate/log/limits.h"

namespace beian::log {

// What append() does when the queue has no room.
enum class OnFull : std::uint8_t {
  kBlock,  // waits, at most kBlockDeadline; then sheds, as long as nothing leaves the queue
  kShed,   // says no at once
};

class LogQueue;

// A worker's end. append() and accepted() are for its thread.
class Producer {
 public:
  // Takes an entry's members (entry.h). False when it cannot be kept: the answer must not be given.
  [[nodiscard]] bool append(std::string_view body);
  // Entries so far: the ticket of the last one.
  std::uint64_t accepted() const noexcept { return accepted_; }
  // Calls `on_durable` on the writer's thread from now on whenever durable() has risen; it must not
  // block. With none, no call comes any more, nor is one under way on return. Any thread.
  void set_on_durable(std::function<void()> on_durable);
  // Entries, from the first, that are on the disk. Any thread.
  std::uint64_t durable() const noexcept { return durable_.load(std::memory_order_acquire); }

 private:
  friend class LogQueue;
  struct Batch {
    std::string bytes;
    std::vector<std::size_t> ends;  // of each entry
  };

  explicit Producer(LogQueue* queue) : queue_(*queue) {}

  LogQueue& queue_;
  std::uint64_t accepted_ = 0;
  std::mutex mutex_;
  Batch filling_;                     // guarded by mutex_
  std::function<void()> on_durable_;  // guarded by mutex_
  Batch taken_;                       // the writer's
  std::atomic<std::uint64_t> durable_{0};
};

class LogQueue {
 public:
  // REQUIRES: bytes_max >= kQueueBytesMin.
  LogQueue(std::size_t bytes_max, OnFull on_full) : bytes_max_(bytes_max), on_full_(on_full) {}
  LogQueue(const LogQueue&) = delete;
  LogQueue& operator=(const LogQueue&) = delete;

  // Lives as long as the queue. Any thread.
  Producer* add_producer();

  // --- the writer's ---

  // Whether entries are taken from now on; off at first.
  void set_accepting(bool is_accepting);
  // Waits until there are entries, stop() was called or `deadline` has passed.
  void wait(std::chrono::milliseconds deadline);
  // Waits until half of the room is used, stop() was called or `deadline` has passed.
  void gather(std::chrono::milliseconds deadline);
  // Waits until `deadline` has passed or stop() was called.
  void pause(std::chrono::milliseconds deadline);
  // Everything that is here. Valid until done(). REQUIRES: done() after each take().
  std::span<const std::string_view> take();
  // What was taken is on the disk.
  void done();
  // Any thread: nothing is accepted any more, and the writer need not wait.
  void stop();
  bool is_stopping() const noexcept { return is_stopping_.load(std::memory_order_acquire); }

  // --- any thread ---

  bool is_accepting() const noexcept { return is_accepting_.load(std::memory_order_acquire); }
  std::size_t bytes() const noexcept { return bytes_.load(std::memory_order_relaxed); }
  std::uint64_t accepted() const noexcept { return accepted_.load(std::memory_order_relaxed); }
  std::uint64_t shed() const noexcept { return shed_.load(std::memory_order_relaxed); }

 private:
  friend class Producer;
  bool admit(std::size_t bytes);
  bool wait_for_room(std::size_t bytes);
  bool try_admit(std::size_t bytes) noexcept;
  void wake_writer(std::size_t bytes);
  bool has_entries();

  // Constant after construction.
  const std::size_t bytes_max_;
  const OnFull on_full_;

  // Written by workers.
  alignas(64) std::atomic<std::size_t> bytes_{0};
  std::atomic<std::uint64_t> accepted_{0};
  std::atomic<std::uint64_t> shed_{0};

  // Written by the writer, read by workers.
  alignas(64) std::atomic<bool> is_accepting_{false};
  std::atomic<bool> is_stopping_{false};
  // The bytes that are worth waking the writer for; SIZE_MAX while it is awake.
  std::atomic<std::size_t> wake_at_bytes_{SIZE_MAX};

  std::mutex mutex_;
  std::condition_variable entries_;
  std::condition_variable room_;
  bool is_stalled_ = false;  // guarded by mutex_: kBlockDeadline has passed
  std::vector<std::unique_ptr<Producer>> producers_;  // guarded by mutex_

  // The writer's.
  std::vector<Producer*> taken_from_;
  std::vector<std::string_view> group_;
  std::size_t group_bytes_ = 0;
};

}  // namespace beian::log
