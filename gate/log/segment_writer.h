// Puts groups of entries on the disk as records of the chain: all of a group, or none of it.
//
// The state is always that behind the last group that is safe on the disk. When anything fails, the
// file is given up for good (what the kernel has dropped cannot be had back by asking again) and
// the next try goes to a new segment, whose first record says how much of the old one counts.
//
// No thread and no clock of its own, so a simulated disk can drive it. One thread.
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
  std::size_t segment_bytes = kSegmentBytesDefault;  // then the next one
  std::chrono::milliseconds segment_age = kSegmentAgeDefault;
  // What may come between two calls: so much space is reserved ahead, or is_ready() is false.
  std::size_t ahead_bytes = kQueueBytesDefault;
  std::string digest_key;                  // id, for the segment's first record
  const cache::SigningKey* key = nullptr;  // null: checkpoints are unsigned
  std::chrono::hours keep{0};              // segments closed for longer are removed; 0: never
  std::uint64_t keep_bytes = 0;            // the oldest beyond it too; 0: never
};

class SegmentWriter {
 public:
  // Continues the log on `disk`, or begins one with `origin`. Errors: those of recover(), and
  // kUnavailable when a first segment cannot be opened. `disk` and the key must outlive the writer.
  [[nodiscard]] static Result<std::unique_ptr<SegmentWriter>> open(Disk* disk,
                                                                   SegmentOptions options,
                                                                   const Origin& origin,
                                                                   wire::Milliseconds now);

  // Appends a record for each body (see entry.h), with a checkpoint when one is due. On return they
  // are on the disk. On error (kUnavailable) none of them counts, and the same may be given again.
  [[nodiscard]] Result<void> commit(std::span<const std::string_view> bodies,
                                    wire::Milliseconds now);
  // A checkpoint, if there is a record since the last one. Errors as commit().
  [[nodiscard]] Result<void> checkpoint(wire::Milliseconds now);
  // The last one; gives back what was reserved. Errors as commit().
  [[nodiscard]] Result<void> stop(wire::Milliseconds now);

  // Whether options.ahead_bytes of records can be written for certain.
  bool is_ready() const noexcept;
  // Tries to become so: opens a segment after an error, reserves space. Errors: kUnavailable.
  [[nodiscard]] Result<void> make_ready(wire::Milliseconds now);

  // Says which closed segments are older, or more, than options.keep and keep_bytes allow, with a
  // checkpoint that vouches for it: they are for take_retired(). Errors as commit().
  [[nodiscard]] Result<void> retire(wire::Milliseconds now);
  // Why the last retire() could not see how old the segments are, and so kept them.
  const Result<void>& looked() const noexcept { return looked_; }

  // When the next checkpoint is due; nullopt while there is nothing to vouch for.
  std::optional<wire::Milliseconds> checkpoint_due() const noexcept;

  // What is to be done on the side, once: segments that are closed, the highest index of those to
  // be removed (0: none), and the line of the newest checkpoint for `head`.
  std::vector<std::uint64_t> take_closed();
  std::uint64_t take_retired();
  std::optional<std::string> take_head();

  const ChainPoint& point() const noexcept { return point_; }
  std::uint64_t index() const noexcept { return index_; }
  // Of the log as it was found: what a crash had torn and open() has cut.
  std::uint64_t recovered_torn_bytes() const noexcept { return recovered_torn_bytes_; }
  // Put on the disk by this writer.
  std::uint64_t written_bytes() const noexcept { return written_bytes_; }

 private:
  SegmentWriter(Disk* disk, SegmentOptions options) : disk_(*disk), options_(std::move(options)) {}

  // A record of `kind` for each body, and a checkpoint where there is a reason for one.
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

  // Behind the last group that is on the disk.
  ChainPoint point_;
  std::uint64_t index_ = 0;
  std::uint64_t bytes_ = 0;       // of the segment
  std::uint64_t torn_bytes_ = 0;  // for the first record of the next segment
  std::uint64_t recovered_torn_bytes_ = 0;
  std::uint64_t written_bytes_ = 0;

  std::unique_ptr<DiskFile> file_;    // null: the next try opens a segment
  std::unique_ptr<DiskFile> failed_;  // the last one given up
  std::uint64_t reserved_bytes_ = 0;  // of file_, from its beginning
  wire::Milliseconds opened_at_{};
  std::uint64_t vouched_ = 0;  // sequence of the last checkpoint
  wire::Milliseconds checked_at_{};
  std::string buffer_;  // scratch
  std::optional<std::string> head_;
  std::vector<std::uint64_t> closed_;
  std::uint64_t retired_ = 0;          // not taken yet
  std::uint64_t retired_through_ = 0;  // said in the log
  Result<void> looked_;
};

}  // namespace beian::log
