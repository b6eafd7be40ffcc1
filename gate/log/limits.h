// The decision log's part of the limits; cache/base/limits.h has those of the rest.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "cache/base/limits.h"

namespace beian::log {

using namespace std::chrono_literals;

// --- one record ---
inline constexpr std::size_t kRequestKeptBytesMax = 64 * 1024;  // longer: its digest only
// A line: a kept request with each byte escaped, five texts and all findings. Beyond: damaged.
inline constexpr std::size_t kRecordBytesMax = 640 * 1024;
// What the chain adds to an entry: its head, `durable`, `previous`, `checksum`.
inline constexpr std::size_t kEnvelopeBytesMax = 256;
inline constexpr std::size_t kCallerBytesMax = 128;     // name of a caller; longer: cut
inline constexpr std::size_t kRequestIdBytesMax = 128;  // longer: not kept

// --- the queue between workers and disk ---
inline constexpr std::size_t kQueueBytesDefault = 8 * 1024 * 1024;  // some 15,000 entries
inline constexpr std::size_t kQueueBytesMin = 1024 * 1024;          // lower: a configuration error
inline constexpr std::size_t kQueueBytesMax = 1024 * 1024 * 1024;   // higher: the same
// `block`: for room in the queue; then 503, and at once until there is some.
inline constexpr auto kBlockDeadline = 2s;
inline constexpr auto kGatherAsync = 50ms;    // entries wait for each other; the window of a loss
inline constexpr auto kCheckpointEvery = 1s;  // while there are new records
inline constexpr auto kRetryAfterError = 250ms;  // before a disk that failed is tried again
inline constexpr auto kStopDeadline = 5s;  // for what is queued, when the disk fails at the end

// --- segments ---
inline constexpr std::size_t kSegmentBytesDefault = 64 * 1024 * 1024;
inline constexpr std::size_t kSegmentBytesMin = 64 * 1024;
inline constexpr std::size_t kSegmentBytesMax = 4ULL * 1024 * 1024 * 1024;
inline constexpr auto kSegmentAgeDefault = 24h;
// Space asked of the disk ahead, beyond what the queue may hold: few calls, little left over.
inline constexpr std::size_t kReserveStepBytes = 4 * 1024 * 1024;
inline constexpr auto kRetireEvery = 1h;  // `keep_days` is looked at so often, and at a new segment
inline constexpr std::size_t kReadBytes = 256 * 1024;  // of a segment, at a time
// By zstd's levels 1, 2 and 3 a segment of checks comes to the same size, by 3 for twice of the
// work.
inline constexpr int kCompressionLevel = 1;
inline constexpr std::uint64_t kSegmentsMax = 1'000'000;  // of one folder; beyond: not read

// --- verifying ---
inline constexpr std::size_t kFaultsShownMax = 100;  // beyond: counted only

static_assert(6 * (kRequestKeptBytesMax + 5 * limits::kTextFieldBytesMax) + 32 * 1024 <
                  kRecordBytesMax,
              "a full entry, each byte of its texts escaped, fits a record");
static_assert(kRecordBytesMax + kEnvelopeBytesMax < kQueueBytesMin, "an entry fits every queue");

}  // namespace beian::log
