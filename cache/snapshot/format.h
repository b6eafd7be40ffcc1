// The bytes of a snapshot file: on-disk structs, magic and version, and nothing else. FORMAT.md is
// the prose. Everything is little-endian and read in place; no struct has padding.
//
// Any change here means a new kVersion, a new paragraph in FORMAT.md and a golden file of the old
// version in fixtures/snapshots/.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace beian::cache::format {

inline constexpr std::array<char, 8> kMagic = {'B', 'E', 'I', 'A', 'N', 'R', 'E', 'G'};
inline constexpr std::uint32_t kVersion = 1;
inline constexpr std::uint64_t kAlignment = 64;  // of every section: no row straddles a cache line
inline constexpr std::uint32_t kNone = 0xFFFFFFFF;  // an absent string, row or value

// In file order. Do not renumber.
enum class SectionId : std::uint32_t {
  kStrings = 0,           // entries of u16 length, bytes, zero to an even offset
  kSubjects = 1,          // SubjectRow
  kServices = 2,          // ServiceRow
  kBodies = 3,            // u32 words
  kSubjectIds = 4,        // u32 subject rows by ascending id, recorded subjects only
  kServiceIds = 5,        // u32 service rows by ascending id
  kIpv4 = 6,              // Ipv4Row
  kIpv6 = 7,              // Ipv6Row
  kNumberBuckets = 8,     // Bucket: subject key -> first subject row with it
  kPackageBuckets = 9,    // Bucket: package -> services
  kPackagePostings = 10,  // u32 words: count, rows …
  kPlatformBuckets = 11,  // Bucket: (os, package) -> services, for packages of several services
  kPlatformPostings = 12,
  kFingerprintBuckets = 13,
  kFingerprintPostings = 14,
  kPublicKeyBuckets = 15,
  kPublicKeyPostings = 16,
  kDomainBuckets = 17,
  kDomainPostings = 18,
  kBlockHashes = 19,  // SHA-256 of each block of all bytes between the header and this section
};
inline constexpr std::size_t kSectionCount = 20;

struct Section {
  std::uint64_t offset;  // from the start of the file
  std::uint64_t bytes;   // without the zeros up to the next section
};
static_assert(sizeof(Section) == 16);

// Times are at or after 1970-01-01T00:00:00Z and before this, the year 10000.
inline constexpr std::int64_t kInstantEnd = 253'402'300'800;
constexpr bool is_instant(std::int64_t seconds) noexcept {
  return seconds >= 0 && seconds < kInstantEnd;
}

enum HeaderFlag : std::uint32_t { kSealed = 1, kTestIdentities = 2, kHasNextUpdate = 4 };

struct Header {
  std::array<char, 8> magic;
  std::uint32_t version;
  std::uint32_t flags;  // set of HeaderFlag
  std::uint64_t file_bytes;
  std::uint64_t serial;
  std::int64_t as_of;        // seconds since 1970-01-01T00:00:00Z
  std::int64_t next_update;  // the same; 0 without kHasNextUpdate
  std::uint64_t subjects;    // rows, implied ones included
  std::array<std::uint64_t, 5> services_by_kind;
  std::array<std::uint64_t, 11> services_by_status;
  std::array<Section, kSectionCount> sections;
  std::array<std::uint8_t, 32> root_hash;  // see root_hash_of() in seal.h
  std::array<std::uint8_t, 32> signer;     // Ed25519 public key; zeros when unsigned
  std::array<std::uint8_t, 64> signature;  // of the root hash; zeros when unsigned
  std::array<std::uint8_t, 392> reserved;  // zeros
};
static_assert(sizeof(Header) == 1024);
static_assert(offsetof(Header, sections) == 184);
static_assert(offsetof(Header, root_hash) == 504);

enum SubjectFlag : std::uint8_t { kRecorded = 1, kSubjectUpdatedAt = 2, kSubjectCancelledOn = 4 };

// One cache line. Sorted by key, then id; an implied row is the only one of its key.
struct SubjectRow {
  std::uint64_t key;            // SubjectKey
  std::uint64_t id;             // 0 when implied
  std::uint32_t first_service;  // of the services whose number has this subject
  std::uint32_t service_count;
  std::uint32_t sponsor;  // string references or kNone
  std::uint32_t nature;
  std::uint32_t certificate_number;
  std::uint32_t province;
  std::int64_t updated_at;    // 0 without kSubjectUpdatedAt
  std::int32_t cancelled_on;  // day number; 0 without kSubjectCancelledOn
  std::uint8_t status;        // Status
  std::uint8_t flags;         // set of SubjectFlag
  std::array<std::uint8_t, 10> reserved;
};
static_assert(sizeof(SubjectRow) == 64);

// Presence of each field: absent means that the registry does not know it. The seven lists come
// first and in the order of their counts in the body.
enum ServiceFlag : std::uint16_t {
  kNames = 1 << 0,
  kContents = 1 << 1,
  kApprovals = 1 << 2,
  kDomains = 1 << 3,
  kProviders = 1 << 4,
  kIps = 1 << 5,
  kPlatforms = 1 << 6,
  kHostPlatform = 1 << 7,
  kAppVersion = 1 << 8,
  kSubmittedOn = 1 << 9,
  kApprovedOn = 1 << 10,
  kCancelledOn = 1 << 11,
  kUpdatedAt = 1 << 12,
  kLimitKnown = 1 << 13,
  kLimited = 1 << 14,
};
inline constexpr std::uint16_t kServiceFlags = 0x7FFF;

// Two to a cache line. Sorted by key, then id.
struct ServiceRow {
  std::uint64_t key;  // FilingKey
  std::uint64_t id;
  std::uint32_t subject;     // row
  std::uint32_t body;        // first word
  std::int32_t approved_on;  // day number; 0 without kApprovedOn
  std::uint16_t flags;       // set of ServiceFlag
  std::uint8_t kind;         // Kind
  std::uint8_t status;       // Status
};
static_assert(sizeof(ServiceRow) == 32);

// A platform in a body begins with one such word, followed by os (when its code is 0), package
// (when present), fingerprints and public keys, all of them string references.
inline constexpr std::uint32_t kOsCodeMask = 0xF;
inline constexpr std::uint32_t kHasPackage = 1U << 4;
inline constexpr std::uint32_t kFingerprintsKnown = 1U << 5;
inline constexpr std::uint32_t kPublicKeysKnown = 1U << 6;
inline constexpr std::uint32_t kPlatformReserved = 1U << 7;
inline constexpr int kFingerprintCountShift = 8;
inline constexpr int kPublicKeyCountShift = 20;
inline constexpr std::uint32_t kDigestCountMask = 0xFFF;

// References to Ipv6Row in a body carry this bit, those to Ipv4Row do not.
inline constexpr std::uint32_t kIpv6Bit = 1U << 31;

// Sorted by first, last, service. `last_max` is the greatest `last` of the row and its subtree in
// the implicit balanced tree (ip_index.h).
struct Ipv4Row {
  std::uint32_t first;  // numeric
  std::uint32_t last;
  std::uint32_t last_max;
  std::uint32_t service;
};
static_assert(sizeof(Ipv4Row) == 16);

struct Ipv6Row {
  std::array<std::uint8_t, 16> first;  // network order, which compares like the number
  std::array<std::uint8_t, 16> last;
  std::array<std::uint8_t, 16> last_max;
  std::uint32_t service;
  std::array<std::uint8_t, 12> reserved;
};
static_assert(sizeof(Ipv6Row) == 64);

// A value below kPostingBit is a row, and kNone is an empty slot; any other value, without this
// bit, is the word offset of a postings list.
inline constexpr std::uint32_t kPostingBit = 1U << 31;
inline constexpr std::size_t kBucketSlots = 10;

// One cache line: at most one miss for most look-ups.
struct Bucket {
  std::array<std::uint32_t, kBucketSlots> values;
  std::array<std::uint16_t, kBucketSlots> tags;  // low bits of the hash
  std::uint32_t overflows;  // 1 when a key that belongs here or earlier lies further on; else 0
};
static_assert(sizeof(Bucket) == 64);

}  // namespace beian::cache::format
