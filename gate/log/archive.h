// Compresses closed segments: a zstd frame of the whole text, then a skippable frame with the
// SHA-256 of the first, so that any flipped bit in the file is noticed. `zstd -d` reads it like any
// other.
//
// Any thread; compression may run beside the writer, which no longer touches a closed segment.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "cache/base/result.h"
#include "gate/log/disk.h"

namespace beian::log {

// Replaces the segment by `segment_name(index)` + ".zst". At every moment at least one of the two
// is whole. Errors: kUnavailable; kInternal from zstd. Then the segment is as it was.
[[nodiscard]] Result<void> compress_segment(Disk* disk, std::uint64_t index);

// Returns a reader of the text of a compressed segment that `reader` reads. Its errors: those of
// `reader`; kDamaged, with a message that begins with `name`, once it reaches the damage, which may
// be only at the end.
std::unique_ptr<DiskReader> decompress(std::unique_ptr<DiskReader> reader, std::string name);

}  // namespace beian::log
