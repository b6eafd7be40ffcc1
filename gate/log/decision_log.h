// The decision log of a running gate: a queue, a thread that writes its entries in groups, and a
// thread that maintains `head` and compresses and removes closed segments.
//
//   start() ─> add_producer() per worker ─> append() … ─> stop()
//
// While the disk is full or failing nothing is accepted, and callers refuse to answer; the log
// resumes by itself. Any thread may call what is not marked otherwise. The log must outlive the
// workers that hold its producers.
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

// When an answer may be sent.
enum class Durability : std::uint8_t {
  kAsync,         // at once; a power cut may lose what came within kGatherAsync and one sync
  kBeforeAnswer,  // once its entry is on disk
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
  std::uint64_t keep_bytes = 0;  // 0: no limit
  Privacy privacy;
  std::optional<cache::SigningKey> key;
  wire::Milliseconds (*clock)() = nullptr;
  Origin origin{};  // random; used if there is no log yet
};

// Totals since start(). Each is exact; they are not all of the same instant.
struct LogStats {
  std::uint64_t accepted = 0;  // entries; accepted - written are still in memory
  std::uint64_t written = 0;   // entries on disk
  std::uint64_t shed = 0;      // entries refused: no room, or no disk
  std::uint64_t bytes = 0;     // of records on disk
  std::uint64_t groups = 0;    // groups written
  std::uint64_t segments = 0;  // segments opened
  std::uint64_t errors = 0;    // disk errors
  std::uint64_t queue_bytes = 0;
  bool is_accepting = false;
};

class DecisionLog {
 public:
  // Opens the log on `disk`, which is options.folder. Errors: those of SegmentWriter::open().
  // REQUIRES: options.clock.
  [[nodiscard]] static Result<std::unique_ptr<DecisionLog>> start(LogOptions options,
                                                                  std::unique_ptr<Disk> disk);
  // Calls stop() and ignores its result.
  ~DecisionLog();
  DecisionLog(const DecisionLog&) = delete;
  DecisionLog& operator=(const DecisionLog&) = delete;

  // For one worker. Lives as long as the log.
  Producer* add_producer() { return queue_.add_producer(); }
  EntryWriter make_entry_writer() const { return EntryWriter(options_.privacy); }
  Durability durability() const noexcept { return options_.durability; }

  // Writes what was accepted and closes the log. Errors: kUnavailable, with the number of entries
  // lost because the disk kept failing for kStopDeadline. Call once, from one thread.
  [[nodiscard]] Result<void> stop();

  LogStats stats() const;
  // What the operator should be told; each text is handed out once.
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
  std::unique_ptr<SegmentWriter> writer_;  // owned by the writing thread
  std::uint64_t index_before_ = 0;         // index of the last segment before start()
  std::thread writing_;
  std::thread tidying_;

  // Written by the writing thread.
  std::atomic<std::uint64_t> written_{0};
  std::atomic<std::uint64_t> bytes_{0};
  std::atomic<std::uint64_t> groups_{0};
  std::atomic<std::uint64_t> segments_{1};
  std::atomic<std::uint64_t> errors_{0};     // by the tidying thread too
  std::span<const std::string_view> group_;  // being written
  bool has_group_ = false;
  wire::Milliseconds retire_at_{};
  bool is_retention_well_ = true;
  std::atomic<bool> is_tidied_{false};  // set by the tidying thread: file sizes are final

  // Guarded by mutex_.
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::uint64_t> closed_;  // segments to compress
  std::uint64_t retired_ = 0;          // segments up to this index are to be removed
  std::optional<std::string> head_;    // the line to be written to `head`
  bool is_over_ = false;               // the writing thread has ended
  std::string news_;
  Result<void> outcome_;
};

}  // namespace beian::log
