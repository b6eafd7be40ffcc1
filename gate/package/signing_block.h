// The APK Signing Block: pairs of an identifier and bytes, between the last entry of an APK and its
// directory. [source.android.com, APK Signature Scheme v2]
//
//     | size u64 | size u64, id u32, value | … | size u64 | "APK Sig Block 42" | directory
//       \__ of all that follows it __________________/
//
// What each pair means is up to block_signers.h. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "cache/base/bytes.h"
#include "gate/package/oddity.h"

namespace beian::package {

// Identifiers that Android acts on.
inline constexpr std::uint32_t kBlockIdV2 = 0x7109871a;
inline constexpr std::uint32_t kBlockIdV3 = 0xf05368c0;
inline constexpr std::uint32_t kBlockIdV31 = 0x1b93ad61;

struct BlockPair {
  std::uint32_t id = 0;
  ByteView value;  // a view of the file
};

struct SigningBlock {
  std::uint64_t offset = 0;  // where it begins in the file; it ends where the directory begins
  // The first pair of each identifier above, which is the one that Android takes.
  std::vector<BlockPair> pairs;

  std::optional<ByteView> find(std::uint32_t id) const noexcept;
};

// nullopt if there is none, or Android would not find what is there. Codes:
// `signing_block_malformed` says where it breaks: a damaged pair hides those after it;
// `signing_block_duplicate`: one of these identifiers occurs twice, and readers differ in which one
// they take.
// REQUIRES: directory_offset <= file.size().
std::optional<SigningBlock> find_signing_block(ByteView file, std::uint64_t directory_offset,
                                               Oddities* oddities);

}  // namespace beian::package
