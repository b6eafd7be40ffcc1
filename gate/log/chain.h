// The envelope that makes records a chain: who comes after whom, and whether a byte was touched.
// FORMAT.md has the grammar.
//
//   {"record":"decision","sequence":17,BODY,"durable":12,"previous":"64 hex","checksum":"8 hex"}\n
//   |<---------------------- the checksum covers these ------------------->|
//   |<------------------ SHA-256 of these is `previous` of the next one ------------------------>|
//
// 1. Sequences rise by one, over segments too.
// 2. `previous` names the record before, so that none can be taken out, put in or moved.
// 3. `checksum` (CRC-32) finds every flipped bit where it is, and not only at the next record.
// 4. `durable` is the last sequence that was on disk for certain when this one was written: what
//    tells a tail that a crash tore from a record that was damaged later.
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

// Where a chain stands: behind which record.
struct ChainPoint {
  std::uint64_t sequence = 0;  // 0: before the first one
  Hash hash{};                 // zeros before the first one

  friend bool operator==(const ChainPoint&, const ChainPoint&) = default;
};

// A line as it was read. Views into the line.
struct Envelope {
  std::string_view kind;  // decision, segment, checkpoint, retired
  std::uint64_t sequence = 0;
  std::string_view body;  // members of an object, without braces
  std::uint64_t durable = 0;
  Hash previous{};
};

// Appends the record that follows `point`, with its line end, and moves `point` on to it. `kind` is
// one of ours; `body` holds no line end. REQUIRES: durable <= point->sequence.
void append_record(std::string_view kind, std::string_view body, std::uint64_t durable,
                   ChainPoint* point, std::string* out);

// Reads a line without its line end. Nullopt when it is not byte for byte what append_record()
// writes, or its checksum differs. Says nothing of the chain.
std::optional<Envelope> parse_record(std::string_view line) noexcept;

}  // namespace beian::log
