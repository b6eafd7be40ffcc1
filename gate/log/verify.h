// Reads a log from its first byte to its last and says everything that does not hold: a flipped
// bit, a cut, a record that was taken out, put in or moved, a segment that is missing, a checkpoint
// whose signature is wrong. FORMAT.md says what is found and what cannot be.
//
// Constant memory, but for one line. One thread.
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
  std::vector<cache::PublicKey> keys;  // given: every checkpoint has to be signed by one of them
  // A folder that belongs to a gate: it has to be there from its beginning (or say that the rest
  // was removed) up to what `head` vouches for. Else the segments at hand, which have to follow
  // each other.
  bool is_folder = true;
  bool is_live = false;          // a gate is writing it: the last line may not be whole yet
  std::optional<Head> expected;  // a copy of `head` that was kept elsewhere
};

struct Fault {
  std::string file;
  std::uint64_t line = 0;    // from 1; 0: the file as a whole
  std::uint64_t offset = 0;  // of the line's first byte, uncompressed
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
  ChainPoint last;                     // 0: no record
  std::uint64_t vouched_sequence = 0;  // by the last checkpoint
  std::string vouched_time;            // of it
  std::uint64_t abandoned_bytes = 0;   // of writes that failed; they never counted
  std::uint64_t restarts = 0;          // without a stop before: crashes
  bool is_stopped = false;             // ends with the checkpoint of a stop
  bool is_last_torn = false;           // is_live: the last line was being written
};

// Verifies `segments`, in this order. Errors: kUnavailable when a file cannot be read;
// what is wrong with the log is in the report.
[[nodiscard]] Result<VerifyReport> verify_log(Disk* disk, const std::vector<SegmentFile>& segments,
                                              const VerifyOptions& options);

}  // namespace beian::log
