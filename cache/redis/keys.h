// The names of our keys in Redis; FORMAT.md says what they hold. Pure; any thread.
//
// All but the chunks carry the prefix as a hash tag, so that they lie in one slot of a Cluster and
// can change in one transaction. Chunks are named by their content and spread over all slots.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cache/base/sha256.h"

namespace beian::cache {

class RedisKeys {
 public:
  // REQUIRES: a prefix as options.h allows it.
  explicit RedisKeys(std::string_view prefix);

  std::string head() const { return tagged_ + "head"; }        // string: id of the manifest, hex
  std::string tip() const { return tagged_ + "tip"; }          // string: Tip, as tip.h writes it
  std::string history() const { return tagged_ + "history"; }  // list: manifest ids, newest first
  std::string deltas() const { return tagged_ + "deltas"; }    // stream: SERIAL-0 -> kBatchField
  std::string feeds() const { return tagged_ + "feeds"; }      // sorted set: feed id, serial
  std::string lock() const { return tagged_ + "lock"; }        // string: the publisher's lease
  std::string pending() const { return tagged_ + "pending"; }  // set: chunks that may be removed
  std::string manifest(std::string_view id_hex) const;         // string: manifest bytes
  std::string chunk(const Sha256& content) const;  // string: the piece of the file, zstd

 private:
  std::string tagged_;  // "{beian}:"
  std::string chunk_;   // "beian:chunk:"
};

// The only field of a stream entry: the bytes that encode(DeltaBatch) made.
inline constexpr std::string_view kBatchField = "batch";

// "SERIAL-0". Redis itself refuses an entry that does not come after the last one.
std::string stream_id(std::uint64_t serial);
// The serial of "SERIAL-0"; nullopt for anything else.
std::optional<std::uint64_t> serial_of_stream_id(std::string_view id) noexcept;

}  // namespace beian::cache
