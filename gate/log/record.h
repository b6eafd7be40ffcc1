// The records about the log itself: `segment` opens one, `checkpoint` vouches for all records
// before it, `retired` says which segments were removed.
//
// Values and their text form; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cache/snapshot/trust.h"
#include "gate/log/chain.h"
#include "gate/wire/decision_id.h"

namespace beian::log {

using Origin = std::array<std::uint8_t, 16>;  // random; identifies the log

// Why a segment was opened. The words are on disk: do not rename.
enum class Opened : std::uint8_t {
  kFirst,     // there was no log
  kRotation,  // the one before was full or too old
  kRestart,   // the process that wrote the one before has ended
  kError,     // the disk failed; of the one before, only `previous_bytes` count
};
std::string_view name_of(Opened opened) noexcept;

struct SegmentRecord {
  std::string time;  // RFC 3339, as written
  Origin origin{};
  std::uint64_t index = 0;  // from 1
  Opened opened = Opened::kFirst;
  std::uint64_t previous_bytes = 0;  // how much of the segment before counts
  std::uint64_t torn_bytes = 0;      // left behind those by a crash; the restart cut them
  std::string digest_key;            // id of the digest key; empty: texts as given
};
std::string render(const SegmentRecord& record);
std::optional<SegmentRecord> parse_segment(std::string_view body);

// Why a checkpoint was made. The words are on disk: do not rename.
enum class CheckpointReason : std::uint8_t {
  kInterval,  // at least every kCheckpointEvery while records come
  kRotation,  // the last record of its segment
  kStop,      // the last record of its process
};
std::string_view name_of(CheckpointReason reason) noexcept;

struct CheckpointRecord {
  std::string time;
  Origin origin{};
  CheckpointReason reason = CheckpointReason::kInterval;
  cache::SignedBy signed_by;  // zeros: unsigned
};
// The signed text: `time`, `origin` and `reason` of the checkpoint, and `before`: sequence and hash
// of the last record that it vouches for.
std::string signed_text(const CheckpointRecord& record, const ChainPoint& before);
std::string render(const CheckpointRecord& record);
std::optional<CheckpointRecord> parse_checkpoint(std::string_view body);

struct RetiredRecord {
  std::string time;
  std::uint64_t through_index = 0;  // this segment and all before it
};
std::string render(const RetiredRecord& record);
std::optional<RetiredRecord> parse_retired(std::string_view body);

// RFC 3339 with milliseconds, UTC.
std::string format_time(wire::Milliseconds time);

// For example `decisions-00000001.ndjson`.
std::string segment_name(std::uint64_t index);
// What parse_segment_name() reads; nullopt for any other name. `is_compressed`: it ends in `.zst`.
struct SegmentName {
  std::uint64_t index = 0;
  bool is_compressed = false;
};
std::optional<SegmentName> parse_segment_name(std::string_view name) noexcept;

}  // namespace beian::log
