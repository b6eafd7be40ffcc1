// Writes groups of entries to disk as records of the chain: all of a group, or none of it.
//
// The state is always the one after the last group safely on disk. When a write or sync fails, the
// file is given up for good (retrying does not bring back what the kernel has dropped) and the next
// attempt goes to a new segment, whose first record says how much of the old one counts.
//
// Has no thread and no clock of its own, so a test can drive it over a simulated disk. One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cache/base/result.h"
#include "gate/log/disk.h"
#include "gate/log/limits.h"
#include "gate/log/recovery.h"

namespace beian::log {

struct SegmentOptions {
  std::size_t segment_bytes = kSegmentBytesDefault;  // when reached, the next one is opened
  std::chrono::milliseconds segment_age = kSegmentAgeDefault;
  // The most that may come between two calls: unless so much is reserved, is_ready() is false.
  std::size_t ahead_bytes = kQueueBytesDefault;
  std::string digest_key;                  // id, for the segment's first record
  const cache::SigningKey* key = nullptr;  // null: checkpoints are unsigned
  std::chrono::hours keep{0};              // segments closed for longer are removed; 0: never
  std::uint64_t keep_bytes = 0;            // beyond it the oldest go too; 0: never
};

class SegmentWriter {
 public:
  // Continues the log on `disk`, or begins one with `origin`. Errors: those of recover(), and
  // kUnavailable when a first segment cannot be opened. `disk` and the key must outlive the writer.
  [[nodiscard]] static Result<std::unique_ptr<SegmentWriter>> open(Disk* disk,
                                                                   SegmentOptions options,
                                                                   const Origin& origin,
                                                                   wire::Milliseconds now);

  // Appends a record for each body (see entry.h), and a checkpoint when one is due. On return they
  // are on disk. On error (kUnavailable) none of them counts, and the same may be passed again.
  [[nodiscard]] Result<void> commit(std::span<const std::string_view> bodies,
                                    wire::Milliseconds now);
  // Writes a checkpoint if there is a record since the last one. Errors as commit().
  [[nodiscard]] Result<void> checkpoint(wire::Milliseconds now);
  // Writes the last checkpoint and frees the reserved space. Errors as commit().
  [[nodiscard]] Result<void> stop(wire::Milliseconds now);

  // Whether space for options.ahead_bytes of records is reserved.
  bool is_ready() const noexcept;
  // Tries to become ready: opens a segment after an error, reserves space. Errors: kUnavailable.
  [[nodiscard]] Result<void> make_ready(wire::Milliseconds now);

  // Records in the log, with a checkpoint that vouches for it, which closed segments options.keep
  // and keep_bytes no longer allow; take_retired() returns them. Errors as commit().
  [[nodiscard]] Result<void> retire(wire::Milliseconds now);
  // Why the last retire() could not tell how old the segments are, and so kept them.
  const Result<void>& looked() const noexcept { return looked_; }

  // When the next checkpoint is due; nullopt while there is nothing to vouch for.
  std::optional<wire::Milliseconds> checkpoint_due() const noexcept;

  // Work for another thread, each item handed out once: the segments closed, the highest index of
  // those to be removed (0: none), and the line of the newest checkpoint for `head`.
  std::vector<std::uint64_t> take_closed();
  std::uint64_t take_retired();
  std::optional<std::string> take_head();

  const ChainPoint& point() const noexcept { return point_; }
  std::uint64_t index() const noexcept { return index_; }
  // How much of the log a crash had torn and open() has cut.
  std::uint64_t recovered_torn_bytes() const noexcept { return recovered_torn_bytes_; }
  // Bytes put on disk by this writer.
  std::uint64_t written_bytes() const noexcept { return written_bytes_; }

 private:
  SegmentWriter(Disk* disk, SegmentOptions options) : disk_(*disk), options_(std::move(options)) {}

  // Writes a record of `kind` for each body, and a checkpoint if `reason` is given.
  [[nodiscard]] Result<void> write(std::string_view kind, std::span<const std::string_view> bodies,
                                   std::optional<CheckpointReason> reason, wire::Milliseconds now);
  [[nodiscard]] Result<void> write_checkpoint(CheckpointReason reason, wire::Milliseconds now) {
    return write({}, {}, reason, now);
  }
  [[nodiscard]] Result<void> open_segment(std::unique_ptr<DiskFile> file, Opened opened,
                                          wire::Milliseconds now);
  [[nodiscard]] Result<void> open_after_error(wire::Milliseconds now);
  [[nodiscard]] Result<void> rotate(wire::Milliseconds now);
  [[nodiscard]] Result<void> put(std::string_view text, const ChainPoint& after);
  [[nodiscard]] Result<void> reserve();
  [[nodiscard]] Result<std::unique_ptr<DiskFile>> new_file(std::uint64_t index);
  void append_checkpoint(CheckpointReason reason, wire::Milliseconds now, ChainPoint* point);
  bool is_rotation_due(wire::Milliseconds now) const noexcept;
  std::uint64_t needed_bytes() const noexcept;

  // Constant after construction.
  Disk& disk_;
  const SegmentOptions options_;
  Origin origin_{};

  // Where the log stands after the last group on disk.
  ChainPoint point_;
  std::uint64_t index_ = 0;
  std::uint64_t bytes_ = 0;       // of the segment
  std::uint64_t torn_bytes_ = 0;  // to be noted in the next segment
  std::uint64_t recovered_torn_bytes_ = 0;
  std::uint64_t written_bytes_ = 0;

  std::unique_ptr<DiskFile> file_;    // null: the next attempt opens a segment
  std::unique_ptr<DiskFile> failed_;  // the last one given up
  std::uint64_t reserved_bytes_ = 0;  // of file_, from offset 0
  wire::Milliseconds opened_at_{};
  std::uint64_t vouched_ = 0;  // the last checkpoint's sequence
  wire::Milliseconds checked_at_{};
  std::string buffer_;  // scratch
  std::optional<std::string> head_;
  std::vector<std::uint64_t> closed_;
  std::uint64_t retired_ = 0;          // for take_retired()
  std::uint64_t retired_through_ = 0;  // as recorded in the log
  Result<void> looked_;
};

}  // namespace beian::log
