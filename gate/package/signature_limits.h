// The bounds of what signatures can make us read, beyond those of limits.h: this folder's part of
// cache/base/limits.h. Each with value, unit, why this number, and what happens beyond it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace beian::limits {

inline constexpr std::size_t kSignaturesMax = 16;     // of one signer; seen: 2; beyond: malformed
inline constexpr std::size_t kCertificatesMax = 32;   // of one signer or file; beyond: malformed
inline constexpr std::size_t kLineageMax = 32;        // rotations; seen: 3; beyond: malformed
inline constexpr std::size_t kBlockPairsMax = 1'024;  // of a HAP's block; beyond: malformed
inline constexpr std::size_t kSignerAttributesMax = 64;         // of one signer; beyond: malformed
inline constexpr std::size_t kCertificateBytesMax = 64 * 1024;  // seen: 8 KiB; beyond: malformed
inline constexpr std::size_t kPkcs7BytesMax = 4 << 20;          // seen: 20 KiB; beyond: malformed
inline constexpr std::size_t kJarSectionsMax = 1 << 20;         // as kZipEntriesMax; malformed
inline constexpr std::size_t kJarEntryBytesMax = 512 << 20;  // unpacked to be digested; a finding
// All entries of all parts of an app, with MANIFEST.MF and the .SF files; beyond: a finding.
inline constexpr std::uint64_t kJarUnpackedBytesMax = 8ULL << 30;
inline constexpr std::size_t kExecutableBytesMax = 512 << 20;  // of an IPA; beyond: not read

}  // namespace beian::limits
