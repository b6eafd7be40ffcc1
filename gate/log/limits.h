// The limits of the decision log; cache/base/limits.h has all others.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "cache/base/limits.h"

namespace beian::log {

using namespace std::chrono_literals;

// --- one record ---
inline constexpr std::size_t kRequestKeptBytesMax = 64 * 1024;  // longer: only its digest is kept
// One line: a kept request with every byte escaped, five texts and all findings. Longer: damaged.
inline constexpr std::size_t kRecordBytesMax = 640 * 1024;
// What the chain adds to an entry: head, `durable`, `previous` and `checksum`.
inline constexpr std::size_t kEnvelopeBytesMax = 256;
inline constexpr std::size_t kCallerBytesMax = 128;     // a caller's name; longer: cut
inline constexpr std::size_t kRequestIdBytesMax = 128;  // longer: dropped

// --- the queue between workers and disk ---
inline constexpr std::size_t kQueueBytesDefault = 8 * 1024 * 1024;  // about 15,000 entries
inline constexpr std::size_t kQueueBytesMin = 1024 * 1024;          // lower: a configuration error
inline constexpr std::size_t kQueueBytesMax = 1024 * 1024 * 1024;   // higher: the same
// With `block`, how long a check waits for room in the queue. After one such timeout every check is
// answered 503 at once, until there is room again.
inline constexpr auto kBlockDeadline = 2s;
inline constexpr auto kGatherAsync = 50ms;       // to fill a group; a crash may lose as much
inline constexpr auto kCheckpointEvery = 1s;     // while there are new records
inline constexpr auto kRetryAfterError = 250ms;  // between attempts on a failed disk
inline constexpr auto kStopDeadline = 5s;  // to write out the queue if the disk fails at shutdown

// --- segments ---
inline constexpr std::size_t kSegmentBytesDefault = 64 * 1024 * 1024;
inline constexpr std::size_t kSegmentBytesMin = 64 * 1024;
inline constexpr std::size_t kSegmentBytesMax = 4ULL * 1024 * 1024 * 1024;
inline constexpr auto kSegmentAgeDefault = 24h;
// Space reserved on disk beyond what the queue may hold: few calls, little left over.
inline constexpr std::size_t kReserveStepBytes = 4 * 1024 * 1024;
// How often `keep_days` is applied, besides at each new segment.
inline constexpr auto kRetireEvery = 1h;
inline constexpr std::size_t kReadBytes = 256 * 1024;  // read from a segment at a time
// zstd levels 1, 2 and 3 compress a segment of checks to the same size; level 3 takes twice the
// work.
inline constexpr int kCompressionLevel = 1;
inline constexpr std::uint64_t kSegmentsMax = 1'000'000;  // in one folder; more: not read

// --- verifying ---
inline constexpr std::size_t kFaultsShownMax = 100;  // further ones are only counted

static_assert(6 * (kRequestKeptBytesMax + 5 * limits::kTextFieldBytesMax) + 32 * 1024 <
                  kRecordBytesMax,
              "a full entry, each byte of its texts escaped, fits a record");
static_assert(kRecordBytesMax + kEnvelopeBytesMax < kQueueBytesMin, "an entry fits every queue");

}  // namespace beian::log
