// Which segments are old enough to go, and their removal. The log says so itself before they do:
// a `retired` record tells a reader why the first ones are not there.
#pragma once

#include <chrono>
#include <cstdint>

#include "cache/base/result.h"
#include "gate/log/disk.h"
#include "gate/wire/decision_id.h"

namespace beian::log {

// The highest index that may go, all below it too; 0: none. A segment is as old as the beginning of
// the one behind it. The newest, `index`, stays in any case. Errors: kUnavailable; kDamaged when
// the beginning of a segment does not read, which then stays with all behind it.
[[nodiscard]] Result<std::uint64_t> segments_to_retire(Disk* disk, std::uint64_t index,
                                                       std::chrono::hours keep,
                                                       std::uint64_t keep_bytes,
                                                       wire::Milliseconds now);

// Removes the segments up to `through`, oldest first. Errors: kUnavailable; those left go the next
// time.
[[nodiscard]] Result<void> remove_segments(Disk* disk, std::uint64_t through);

}  // namespace beian::log
