// The signing block of a HarmonyOS package (HAP): it lies between the last entry and the directory
// of the archive, and ends with its header. [OpenHarmony, developtools_hapsigner]
//
//     | type u32, length u32, offset u32 | … | values | count u32, size u64, magic, version u32 |
//       \_ count heads; offsets count from here       \_ header of 32 bytes; size is of it all __/
//
// Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "cache/base/bytes.h"
#include "gate/package/oddity.h"
#include "gate/package/signing_block.h"

namespace beian::package {

inline constexpr std::uint32_t kHapSignature = 0x20000000;  // PKCS #7 over the digests
inline constexpr std::uint32_t kHapProfile = 0x20000002;    // PKCS #7 over a JSON text

struct HapBlock {
  std::uint64_t offset = 0;           // where it begins in the file
  std::vector<BlockPair> signatures;  // of kHapSignature
  std::vector<BlockPair> others;      // other parts that the signature covers, in file order
};

// nullopt if there is none, or it is malformed: then hap_block_malformed says where.
// REQUIRES: directory_offset <= file.size().
std::optional<HapBlock> find_hap_block(ByteView file, std::uint64_t directory_offset,
                                       Oddities* oddities);

// The digest of the contents that a signature states.
struct HapDigest {
  const char* digest = nullptr;  // OpenSSL's name
  ByteView bytes;
};
// Reads that digest: the number of its algorithm, and its bytes. nullopt if `content` is not in the
// form that hapsigner writes.
std::optional<HapDigest> read_hap_digest(ByteView content);

}  // namespace beian::package
