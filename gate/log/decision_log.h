// The decision log of a running gate: a queue, one thread that writes what comes out of it in
// groups, and one that compresses and keeps `head`.
//
//   start() ─> add_producer() per worker ─> append() … ─> stop()
//
// While the disk is full or fails, nothing is accepted: callers refuse their answers. It resumes by
// itself. Any thread may call what is not marked; it must outlive its producers' workers.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "cache/base/result.h"
#include "gate/log/entry.h"
#include "gate/log/queue.h"
#include "gate/log/segment_writer.h"

namespace beian::log {

// When an answer may leave.
enum class Durability : std::uint8_t {
  kAsync,         // at once; a power cut may lose what kGatherAsync and one sync take
  kBeforeAnswer,  // when its entry is on the disk
};

struct LogOptions {
  std::string folder;  // empty: no log
  Durability durability = Durability::kAsync;
  OnFull on_full = OnFull::kBlock;
  std::size_t queue_bytes = kQueueBytesDefault;
  std::size_t segment_bytes = kSegmentBytesDefault;
  std::chrono::hours segment_age = kSegmentAgeDefault;
  bool is_compressed = true;
  std::chrono::hours keep{0};    // 0: for ever
  std::uint64_t keep_bytes = 0;  // 0: any number
  Privacy privacy;
  std::optional<cache::SigningKey> key;
  wire::Milliseconds (*clock)() = nullptr;
  Origin origin{};  // random: of the log, when there is none yet
};

// Sums since start(); each is whole, not all of the same instant.
struct LogStats {
  std::uint64_t accepted = 0;  // entries; accepted - written are in memory
  std::uint64_t written = 0;   // on the disk
  std::uint64_t shed = 0;      // refused: no room, or no disk
  std::uint64_t bytes = 0;     // on the disk, of records
  std::uint64_t groups = 0;    // flushes
  std::uint64_t segments = 0;  // opened
  std::uint64_t errors = 0;    // of the disk
  std::uint64_t queue_bytes = 0;
  bool is_accepting = false;
};

class DecisionLog {
 public:
  // Opens the log on `disk`, which lies in options.folder. Errors: those of SegmentWriter::open().
  // REQUIRES: options.clock.
  [[nodiscard]] static Result<std::unique_ptr<DecisionLog>> start(LogOptions options,
                                                                  std::unique_ptr<Disk> disk);
  // stop(), whatever it says.
  ~DecisionLog();
  DecisionLog(const DecisionLog&) = delete;
  DecisionLog& operator=(const DecisionLog&) = delete;

  // For one worker; it lives as long as the log.
  Producer* add_producer() { return queue_.add_producer(); }
  EntryWriter make_entry_writer() const { return EntryWriter(options_.privacy); }
  Durability durability() const noexcept { return options_.durability; }

  // Writes what was accepted and closes the log. Errors: kUnavailable, with the number of entries
  // that are lost because the disk has failed for kStopDeadline. For one thread, and once.
  [[nodiscard]] Result<void> stop();

  LogStats stats() const;
  // What the operator should hear since the last call.
  std::optional<std::string> news();

 private:
  DecisionLog(LogOptions options, std::unique_ptr<Disk> disk);

  void write();
  bool write_group();
  std::chrono::milliseconds time_to_checkpoint() const;
  void finish();
  Result<void> retire(wire::Milliseconds now);
  void note_state(const Result<void>& outcome);
  void hand_over();
  void tidy();
  void remove_and_compress(std::uint64_t through, std::vector<std::uint64_t>* segments);
  void tell(const std::string& text);

  // Constant after start().
  const LogOptions options_;
  const std::unique_ptr<Disk> disk_;

  LogQueue queue_;
  std::unique_ptr<SegmentWriter> writer_;  // of the writing thread
  std::uint64_t index_before_ = 0;         // of the last segment before start()
  std::thread writing_;
  std::thread tidying_;

  // Written by the writing thread.
  std::atomic<std::uint64_t> written_{0};
  std::atomic<std::uint64_t> bytes_{0};
  std::atomic<std::uint64_t> groups_{0};
  std::atomic<std::uint64_t> segments_{1};
  std::atomic<std::uint64_t> errors_{0};     // by both threads
  std::span<const std::string_view> group_;  // that is being written
  bool has_group_ = false;
  wire::Milliseconds retire_at_{};
  bool is_retention_well_ = true;
  std::atomic<bool> is_tidied_{false};  // by the other thread: sizes are what they will be

  // Guarded by mutex_.
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::uint64_t> closed_;  // segments to compress
  std::uint64_t retired_ = 0;          // segments up to it are to be removed
  std::optional<std::string> head_;    // to be written
  bool is_over_ = false;               // the writing thread has ended
  std::string news_;
  Result<void> outcome_;
};

}  // namespace beian::log
