// Carries entries from the workers to the one thread that writes them. Bounded in bytes. Two
// workers share a lock only to wake the writer or to wait for room.
//
//   worker ── append ──> its Producer (own lock) ──┐
//   worker ── append ──> its Producer (own lock) ──┴── take ──> writer ── done ──> durable()
//
// 1. What append() has accepted is written, unless the process ends first: nothing is dropped.
// 2. An entry counts with at least its size on disk from append() to done(), so disk space reserved
//    for the queue's bound suffices for everything accepted.
// 3. Entries of one producer stay in order; those of two may be interleaved either way.
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
  kBlock,  // waits, at most kBlockDeadline; after a timeout sheds until something leaves the queue
  kShed,   // refuses at once
};

class LogQueue;

// A worker's end of the queue. append() and accepted() are for that worker's thread.
class Producer {
 public:
  // Queues an entry's members (entry.h). False when it cannot be kept: then the answer must not be
  // given.
  [[nodiscard]] bool append(std::string_view body);
  // How many entries were accepted so far; also the ticket of the last one.
  std::uint64_t accepted() const noexcept { return accepted_; }
  // From now on `on_durable` is called on the writer's thread whenever durable() has risen; it must
  // not block. An empty function stops the calls: on return none is in progress. Any thread.
  void set_on_durable(std::function<void()> on_durable);
  // How many entries, counted from the first, are on disk. Any thread.
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

  // The producer lives as long as the queue. Any thread.
  Producer* add_producer();

  // --- the writer's ---

  // Sets whether entries are accepted from now on; initially they are not.
  void set_accepting(bool is_accepting);
  // Waits until there are entries, stop() was called or `deadline` has passed.
  void wait(std::chrono::milliseconds deadline);
  // Waits until the queue is half full, stop() was called or `deadline` has passed.
  void gather(std::chrono::milliseconds deadline);
  // Waits until `deadline` has passed or stop() was called.
  void pause(std::chrono::milliseconds deadline);
  // Takes everything queued. Views valid until done(). REQUIRES: done() after each take().
  std::span<const std::string_view> take();
  // Reports that what was taken is on disk.
  void done();
  // Ends accepting and wakes the writer. Any thread.
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
  // Queued bytes from which the writer wants to be woken; SIZE_MAX while it is awake.
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
