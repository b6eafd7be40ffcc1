// Reads a log from first byte to last and reports every fault: a flipped bit, a cut, a record
// removed, inserted or moved, a missing segment, a checkpoint with a wrong signature. FORMAT.md
// says what is found and what cannot be.
//
// Memory is constant apart from one line. One thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cache/base/result.h"
#include "gate/log/recovery.h"

namespace beian::log {

struct VerifyOptions {
  std::vector<cache::PublicKey> keys;  // if any, each checkpoint must be signed by one of them
  // True: the folder of a gate, which must be complete from the beginning (or say that older
  // segments were removed) up to what `head` vouches for. False: any segments, which must follow
  // each other.
  bool is_folder = true;
  bool is_live = false;          // a gate is writing it: the last line may be incomplete
  std::optional<Head> expected;  // a copy of `head` kept elsewhere
};

struct Fault {
  std::string file;
  std::uint64_t line = 0;    // from 1; 0: the file as a whole
  std::uint64_t offset = 0;  // of the line's first byte in the uncompressed text
  std::string what;
};

struct VerifyReport {
  std::vector<Fault> faults;  // in order; at most kFaultsShownMax
  std::uint64_t faults_count = 0;
  std::uint64_t segments = 0;
  std::uint64_t records = 0;
  std::uint64_t decisions = 0;
  std::uint64_t checkpoints = 0;
  std::uint64_t signed_checkpoints = 0;
  std::uint64_t first_sequence = 0;
  ChainPoint last;                     // sequence 0: no record
  std::uint64_t vouched_sequence = 0;  // by the last checkpoint
  std::string vouched_time;            // when that was written
  std::uint64_t abandoned_bytes = 0;   // from failed writes; they never counted
  std::uint64_t restarts = 0;          // segments opened without a stop before: crashes
  bool is_stopped = false;             // ends with the checkpoint of a stop
  bool is_last_torn = false;           // only if is_live: the last line was being written
};

// Verifies `segments`, in this order. Errors: kUnavailable when a file cannot be read; what is
// wrong with the log itself is in the report.
[[nodiscard]] Result<VerifyReport> verify_log(Disk* disk, const std::vector<SegmentFile>& segments,
                                              const VerifyOptions& options);

}  // namespace beian::log
