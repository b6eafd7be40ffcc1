// The bounds of reading packages: this folder's part of cache/base/limits.h. Value, unit, why this
// number, what happens beyond it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace beian::limits {

// --- ZIP archives ---
inline constexpr std::size_t kZipEntriesMax = 1 << 20;     // seen: 80,000 in games; beyond: refused
inline constexpr std::size_t kZipTailBytes = 22 + 65'535;  // where the directory's end can stand
inline constexpr std::size_t kOdditiesMax = 64;            // of one package; beyond: counted as one
inline constexpr std::size_t kOddityTextBytesMax = 200;    // a name from the package; then cut

// --- what is unpacked to be read ---
inline constexpr std::size_t kManifestXmlBytesMax = 16 << 20;    // seen: 1 MiB; beyond: bad input
inline constexpr std::size_t kResourcesBytesMax = 256 << 20;     // seen: 60 MiB; same
inline constexpr std::size_t kModuleJsonBytesMax = 4 << 20;      // module.json, pack.info; same
inline constexpr std::size_t kPropertyListBytesMax = 4 << 20;    // Info.plist; same
inline constexpr std::size_t kPropertyListElementsMax = 20'000;  // recursion of libplist; same
inline constexpr std::size_t kModuleJsonDepthMax = 64;           // deeper: bad input
inline constexpr std::size_t kSignatureFileBytesMax = 4 << 20;  // META-INF/*.RSA and the like; same
inline constexpr std::size_t kJarManifestBytesMax = 64 << 20;   // MANIFEST.MF, *.SF; same

// --- Android's manifest and resources ---
inline constexpr std::size_t kPoolTextBytesMax = 4 * 1024;  // as a field of a check; then cut
inline constexpr std::size_t kPermissionsMax = 4'096;       // of a manifest; beyond: dropped, told
inline constexpr std::size_t kLabelLocalesMax = 512;        // of the label; same
inline constexpr int kReferenceStepsMax = 20;               // Android's own bound on a chain
inline constexpr std::size_t kResourceTypesMax = 16'384;    // type chunks of a table; refused
// Looks at a type chunk (100 ns each) for all texts of a package; seen: 2,000. Then no more texts.
inline constexpr std::size_t kResourceLooksMax = 1 << 20;

// --- resources.index of HarmonyOS ---
inline constexpr std::size_t kHapIndexBytesMax = 64 << 20;  // seen: 200 KiB; beyond: no texts
inline constexpr std::size_t kHapKeysMax = 4'096;           // folders of qualifiers; same
inline constexpr std::size_t kHapQualifiersMax = 32;        // of a folder: there are 10; same
// Looks at an id (some ns each) for the name of a package; then no more texts.
inline constexpr std::size_t kHapLooksMax = 16 << 20;

// --- apps in several files ---
inline constexpr std::size_t kPartsMax = 512;  // packages in one container; beyond: refused
inline constexpr std::size_t kPartsBytesMax = 512 << 20;  // unpacked, of one container; refused
// Manifests and names of permissions of all parts; one has 32 MiB at most. Beyond: refused. Their
// resource tables have kResourcesBytesMax together, their directories kZipEntriesMax.
inline constexpr std::size_t kManifestsBytesMax = 64 << 20;

// --- folders ---
inline constexpr std::size_t kWalkFilesMax = 1'000'000;  // packages below some paths; refused

inline constexpr std::size_t kClaimsBytesMax = 64 << 20;       // a side file of claims; bad input
inline constexpr std::size_t kTrustedCertificatesMax = 1'000;  // told apart by vet; usage

// --- filing numbers in texts ---
inline constexpr std::size_t kTextScanBytesMax = 4 << 20;  // of assets, unpacked; then no more
inline constexpr std::size_t kTextFileBytesMax = 1 << 20;  // a larger asset is passed over
inline constexpr std::size_t kPoolScanBytesMax = 8 << 20;  // of the resources' texts
inline constexpr std::size_t kNumbersFoundMax = 32;        // of one package; beyond: dropped, told
inline constexpr std::size_t kNumberPlacesMax = 10'000;    // looked at (1 us each); then no more

// --- signatures ---
inline constexpr std::size_t kSignersMax = 10;  // Android's own bound on v2 and v3; beyond: refused

}  // namespace beian::limits
