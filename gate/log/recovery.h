// Examines a log's folder when a gate starts on it: where the chain ends, what a crash left behind
// that, and whether anything was damaged since.
//
// A tail is torn when nothing says that it was ever safely on disk: no later record with a
// `durable` as high, no checkpoint in `head`. It is cut. A `retired` record that no checkpoint
// follows counts as part of such a tail. Any other record that does not hold is an alarm, and
// nothing is changed.
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
// Lists the segments of a folder by index. Of a segment that is there twice, because a crash came
// between compressing it and removing the original, lists the compressed file. Errors:
// kUnavailable, kDamaged (more than kSegmentsMax).
[[nodiscard]] Result<std::vector<SegmentFile>> list_segments(Disk* disk);
// Opens a segment, even if a gate has compressed it since it was listed. Errors: kUnavailable.
[[nodiscard]] Result<std::unique_ptr<DiskReader>> read_segment(Disk* disk, const SegmentFile& file);

// Whether a gate has removed `file` since it was listed.
bool is_gone(Disk* disk, const SegmentFile& file);

// The record that a segment begins with; nullopt when it cannot be read.
std::optional<SegmentRecord> read_segment_record(Disk* disk, const SegmentFile& file);

// A checkpoint outside its segment: `head`, or a copy of it kept elsewhere.
struct Head {
  ChainPoint point;  // the checkpoint record itself
  ChainPoint before;
  CheckpointRecord record;
};
// Errors: kDamaged when `text` is anything but one checkpoint line.
[[nodiscard]] Result<Head> parse_head(std::string_view text, const std::string& name);
// Nullopt when there is none. Errors: those of parse_head(), kUnavailable.
[[nodiscard]] Result<std::optional<Head>> read_head(Disk* disk);

struct Recovered {
  std::optional<Origin> origin;             // none: there is no log yet
  ChainPoint point;                         // the last record
  std::uint64_t index = 0;                  // of the last segment
  std::uint64_t segment_bytes = 0;          // how much of it counts
  std::uint64_t torn_bytes = 0;             // cut from it
  std::vector<std::uint64_t> uncompressed;  // indexes of such segments
};
// Finds the end of the log and makes it durable; cuts a torn tail, and removes what an interrupted
// compression or opening of a segment left. Errors: kDamaged with file, line and byte;
// kUnavailable.
[[nodiscard]] Result<Recovered> recover(Disk* disk);

}  // namespace beian::log
