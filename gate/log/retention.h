// Decides which segments are old enough to go, and removes them. Before that the log itself says
// so: a `retired` record tells a reader why the first segments are missing.
#pragma once

#include <chrono>
#include <cstdint>

#include "cache/base/result.h"
#include "gate/log/disk.h"
#include "gate/wire/decision_id.h"

namespace beian::log {

// Returns the highest index that may go, together with all below it; 0: none. The age of a segment
// counts from the opening of the next one. The newest, `index`, always stays. Errors: kUnavailable;
// kDamaged when the first record of a segment cannot be read and nothing before it may go.
[[nodiscard]] Result<std::uint64_t> segments_to_retire(Disk* disk, std::uint64_t index,
                                                       std::chrono::hours keep,
                                                       std::uint64_t keep_bytes,
                                                       wire::Milliseconds now);

// Removes the segments up to `through`, oldest first. Errors: kUnavailable; the next call removes
// what is left.
[[nodiscard]] Result<void> remove_segments(Disk* disk, std::uint64_t through);

}  // namespace beian::log
