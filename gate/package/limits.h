// The bounds of reading packages: this folder's part of cache/base/limits.h. Each with value, unit,
// why this number, and what happens beyond it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace beian::limits {

// --- ZIP archives ---
inline constexpr std::size_t kZipEntriesMax = 1 << 20;     // seen: 80,000 in games; beyond: refused
inline constexpr std::size_t kZipTailBytes = 22 + 65'535;  // where the end record can be
inline constexpr std::size_t kOdditiesMax = 64;            // per package; beyond: counted as one
inline constexpr std::size_t kOddityTextBytesMax = 200;    // a name from the package; longer: cut

// --- entries unpacked to be read ---
inline constexpr std::size_t kManifestXmlBytesMax = 16 << 20;    // seen: 1 MiB; beyond: bad input
inline constexpr std::size_t kResourcesBytesMax = 256 << 20;     // seen: 60 MiB; same
inline constexpr std::size_t kModuleJsonBytesMax = 4 << 20;      // module.json, pack.info; same
inline constexpr std::size_t kPropertyListBytesMax = 4 << 20;    // Info.plist; same
inline constexpr std::size_t kPropertyListElementsMax = 20'000;  // libplist recurses; same
inline constexpr std::size_t kModuleJsonDepthMax = 64;           // deeper: bad input
inline constexpr std::size_t kSignatureFileBytesMax = 4 << 20;  // META-INF/*.RSA and the like; same
inline constexpr std::size_t kJarManifestBytesMax = 64 << 20;   // MANIFEST.MF, *.SF; same

// --- Android's manifest and resources ---
inline constexpr std::size_t kPoolTextBytesMax = 4 * 1024;  // as a field of a check; longer: cut
inline constexpr std::size_t kPermissionsMax = 4'096;     // per manifest; beyond: dropped, reported
inline constexpr std::size_t kLabelLocalesMax = 512;      // of the label; same
inline constexpr int kReferenceStepsMax = 20;             // Android's own bound on a chain
inline constexpr std::size_t kResourceTypesMax = 16'384;  // type chunks of a table; beyond: refused
// Type chunks examined (100 ns each) for all texts of a package; seen: 2,000; beyond: no more
// texts.
inline constexpr std::size_t kResourceLooksMax = 1 << 20;

// --- resources.index of HarmonyOS ---
inline constexpr std::size_t kHapIndexBytesMax = 64 << 20;  // seen: 200 KiB; beyond: no texts
inline constexpr std::size_t kHapKeysMax = 4'096;           // one per set of qualifiers; same
inline constexpr std::size_t kHapQualifiersMax = 32;        // of a key: there are 10 kinds; same
// Ids examined (some ns each) to find a package's name; beyond: no more texts.
inline constexpr std::size_t kHapLooksMax = 16 << 20;

// --- apps in several files ---
inline constexpr std::size_t kPartsMax = 512;  // packages in one container; beyond: refused
inline constexpr std::size_t kPartsBytesMax = 512 << 20;  // unpacked, per container; refused
// The manifests and permission names of all parts together; one part has 32 MiB at most. Beyond:
// refused. Their resource tables share kResourcesBytesMax, their directories kZipEntriesMax.
inline constexpr std::size_t kManifestsBytesMax = 64 << 20;

// --- folders ---
inline constexpr std::size_t kWalkFilesMax = 1'000'000;  // packages below the paths; refused

inline constexpr std::size_t kClaimsBytesMax = 64 << 20;       // a side file of claims; bad input
inline constexpr std::size_t kTrustedCertificatesMax = 1'000;  // distinguished by vet; usage

// --- filing numbers in texts ---
inline constexpr std::size_t kTextScanBytesMax = 4 << 20;  // of assets, unpacked; then no more
inline constexpr std::size_t kTextFileBytesMax = 1 << 20;  // a larger asset is skipped
inline constexpr std::size_t kPoolScanBytesMax = 8 << 20;  // of the resources' texts
inline constexpr std::size_t kNumbersFoundMax = 32;        // per package; beyond: dropped, reported
inline constexpr std::size_t kNumberPlacesMax = 10'000;    // examined (1 us each); then no more

// --- signatures ---
inline constexpr std::size_t kSignersMax = 10;  // Android's own bound on v2 and v3; beyond: refused

}  // namespace beian::limits
