// What a log's folder holds when a gate starts on it: where the chain ends, what a crash has left
// behind it, and whether anything was damaged since.
//
// A tail is torn when nothing says that it was ever safe on the disk: no later record with a
// `durable` as high, no checkpoint in `head`. It is cut. A `retired` record that no checkpoint
// follows does not hold. Anything else that does not is an alarm, and nothing is changed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cache/base/result.h"
#include "gate/log/disk.h"
#include "gate/log/record.h"

namespace beian::log {

inline constexpr const char* kHeadName = "head";  // a copy of the newest checkpoint's line

struct SegmentFile {
  std::uint64_t index = 0;
  bool is_compressed = false;
  std::uint64_t bytes = 0;  // on disk

  std::string name() const { return segment_name(index) + (is_compressed ? ".zst" : ""); }
};
// The segments of a folder by index; of one that is there twice, since a crash came between
// compressing it and removing the other, the compressed one. Errors: kUnavailable, kDamaged (more
// than kSegmentsMax).
[[nodiscard]] Result<std::vector<SegmentFile>> list_segments(Disk* disk);
// Compressed or not, whatever it was when it was listed: a gate may write the log meanwhile.
[[nodiscard]] Result<std::unique_ptr<DiskReader>> read_segment(Disk* disk, const SegmentFile& file);

// Whether `file`, which was listed, is there no more: a gate has removed it meanwhile.
bool is_gone(Disk* disk, const SegmentFile& file);

// The record that a segment begins with; nullopt when it does not read.
std::optional<SegmentRecord> read_segment_record(Disk* disk, const SegmentFile& file);

// A checkpoint outside of its segment: `head`, or a copy of it kept elsewhere.
struct Head {
  ChainPoint point;  // of the checkpoint record itself
  ChainPoint before;
  CheckpointRecord record;
};
// Errors: kDamaged when `text` is anything but the line of one checkpoint.
[[nodiscard]] Result<Head> parse_head(std::string_view text, const std::string& name);
// Nullopt when there is none. Errors: those of parse_head(), kUnavailable.
[[nodiscard]] Result<std::optional<Head>> read_head(Disk* disk);

struct Recovered {
  std::optional<Origin> origin;             // none: there is no log yet
  ChainPoint point;                         // the last record
  std::uint64_t index = 0;                  // of the last segment
  std::uint64_t segment_bytes = 0;          // of it that count
  std::uint64_t torn_bytes = 0;             // that were cut
  std::vector<std::uint64_t> uncompressed;  // the segments that are
};
// Finds the end of the log and makes sure of it; cuts a torn tail, and removes what an interrupted
// compression or opening has left. Errors: kDamaged with file, line and byte; kUnavailable.
[[nodiscard]] Result<Recovered> recover(Disk* disk);

}  // namespace beian::log
