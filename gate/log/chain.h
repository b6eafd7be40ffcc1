// The envelope that makes records a chain: it fixes their order and shows whether a byte was
// changed. FORMAT.md has the grammar.
//
//   {"record":"decision","sequence":17,BODY,"durable":12,"previous":"64 hex","checksum":"8 hex"}\n
//   |<---------------------- the checksum covers these ------------------->|
//   |<------------------ SHA-256 of these is `previous` of the next one ------------------------>|
//
// 1. Sequences rise by one, across segments too.
// 2. `previous` is the hash of the record before, so that none can be removed, inserted or moved.
// 3. `checksum` (CRC-32) finds a flipped bit in the record itself, not only at the next one.
// 4. `durable` is the last sequence known to be on disk when this record was written. It tells a
//    tail torn by a crash from a record damaged later.
//
// Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cache/base/bytes.h"
#include "cache/base/sha256.h"

namespace beian::log {

using Hash = Sha256;

// A position in the chain: just behind a record.
struct ChainPoint {
  std::uint64_t sequence = 0;  // 0: before the first one
  Hash hash{};                 // zeros before the first one

  friend bool operator==(const ChainPoint&, const ChainPoint&) = default;
};

// A line taken apart. Views into the line.
struct Envelope {
  std::string_view kind;  // decision, segment, checkpoint, retired
  std::uint64_t sequence = 0;
  std::string_view body;  // members of a JSON object, without braces
  std::uint64_t durable = 0;
  Hash previous{};
};

// Appends the record that follows `point`, line end included, and advances `point` past it. `kind`
// is one of those above; `body` holds no line end. REQUIRES: durable <= point->sequence.
void append_record(std::string_view kind, std::string_view body, std::uint64_t durable,
                   ChainPoint* point, std::string* out);

// Parses a line given without its line end. Returns nullopt unless it is byte for byte what
// append_record() writes, with the right checksum. Does not check its place in the chain.
std::optional<Envelope> parse_record(std::string_view line) noexcept;

}  // namespace beian::log
