// The APK Signing Block: what lies between the last entry of an APK and its directory, as pairs of
// an identifier and bytes. [source.android.com, APK Signature Scheme v2]
//
//     | size u64 | size u64, id u32, value | … | size u64 | "APK Sig Block 42" | directory
//       \__ of all that follows it __________________/
//
// Which pair means what is the business of block_signers.h. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "cache/base/bytes.h"
#include "gate/package/oddity.h"

namespace beian::package {

// Identifiers that a device acts on.
inline constexpr std::uint32_t kBlockIdV2 = 0x7109871a;
inline constexpr std::uint32_t kBlockIdV3 = 0xf05368c0;
inline constexpr std::uint32_t kBlockIdV31 = 0x1b93ad61;

struct BlockPair {
  std::uint32_t id = 0;
  ByteView value;  // of the file
};

struct SigningBlock {
  std::uint64_t offset = 0;  // where it begins in the file; it ends where the directory begins
  // Of each identifier that is acted on the first, which is the one that Android takes.
  std::vector<BlockPair> pairs;

  std::optional<ByteView> find(std::uint32_t id) const noexcept;
};

// nullopt when there is none, and when what is there is no block that Android would find.
// `signing_block_malformed` says where it breaks: a damaged pair hides those behind it.
// `signing_block_duplicate`: an identifier that is acted on stands there twice; readers differ in
// which one they take.
// REQUIRES: directory_offset <= file.size().
std::optional<SigningBlock> find_signing_block(ByteView file, std::uint64_t directory_offset,
                                               Oddities* oddities);

}  // namespace beian::package
