// Segments that are closed, compressed: a zstd frame of the whole text, and behind it a skippable
// frame with the SHA-256 of the first, so that no flipped bit of the file goes unseen; `zstd -d`
// reads it as any other.
//
// Any thread; compressing may run beside the writer, which has done with the segment.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "cache/base/result.h"
#include "gate/log/disk.h"

namespace beian::log {

// Puts `segment_name(index)` + ".zst" in the place of the segment. Whatever happens in between, one
// of the two is whole. Errors: kUnavailable; then the segment is as it was.
[[nodiscard]] Result<void> compress_segment(Disk* disk, std::uint64_t index);

// The text of a compressed segment, read through `reader`. Errors of reading: those of `reader`,
// and kDamaged, beginning with `name`, as late as the fault is found.
std::unique_ptr<DiskReader> decompress(std::unique_ptr<DiskReader> reader, std::string name);

}  // namespace beian::log
