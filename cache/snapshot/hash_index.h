// Multi-map from a key to rows, laid out to be read in place: 64-byte buckets of (tag, value), open
// addressing over whole buckets.
//
//   hash ----> home bucket: the high half, scaled to the number of buckets, so that ascending
//         |    hashes fill ascending buckets and building is one sequential pass
//         `--> tag: the low 16 bits; a hint that saves most comparisons, never an answer
//
// 1. A value is a row, or the offset of a list in the postings (count, rows ascending, each once):
//    a certificate that 100,000 apps share takes one slot and costs its neighbours nothing.
// 2. A bucket with `overflows` sends the search on to the next one; without it, the search ends.
// 3. Every hit is compared with the row itself, which keeps keys of equal hash apart.
//
// The index can be read by any thread. Building: one thread.
#pragma once

#include <xxhash.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "cache/snapshot/format.h"

namespace beian::cache {

inline std::uint64_t hash_text(std::string_view text) noexcept {
  return XXH3_64bits(text.data(), text.size());
}
inline std::uint64_t hash_platform(std::string_view os, std::string_view package) noexcept {
  return XXH3_64bits_withSeed(package.data(), package.size(), hash_text(os));
}
// A bijective mix (the finalizer of SplitMix64): keys are dense integers, and no two of them
// collide.
constexpr std::uint64_t hash_number(std::uint64_t key) noexcept {
  key = (key ^ (key >> 30)) * 0xBF58476D1CE4E5B9ULL;
  key = (key ^ (key >> 27)) * 0x94D049BB133111EBULL;
  return key ^ (key >> 31);
}

inline std::size_t home_bucket(std::uint64_t hash, std::size_t bucket_count) noexcept {
  return static_cast<std::size_t>(((hash >> 32) * bucket_count) >> 32);
}

struct IndexView {
  std::span<const format::Bucket> buckets;
  std::span<const std::uint32_t> postings;

  // The rows behind a value, without the count.
  std::span<const std::uint32_t> list(std::uint32_t value) const noexcept {
    const std::uint32_t at = value & ~format::kPostingBit;
    return postings.subspan(at + 1, postings[at]);
  }
  // REQUIRES: value is not kNone.
  std::uint32_t first_row(std::uint32_t value) const noexcept {
    return (value & format::kPostingBit) ? list(value)[0] : value;
  }

  // The value whose first row satisfies `has_key(row)`, or kNone. At most one pass over the
  // buckets.
  template <class HasKey>
  std::uint32_t find(std::uint64_t hash, HasKey&& has_key) const noexcept {
    if (buckets.empty()) return format::kNone;
    const auto tag = static_cast<std::uint16_t>(hash);
    std::size_t at = home_bucket(hash, buckets.size());
    for (std::size_t step = 0; step < buckets.size(); ++step) {
      const format::Bucket& bucket = buckets[at];
      if (may_hold(bucket, tag)) {
        for (std::size_t slot = 0; slot < format::kBucketSlots; ++slot) {
          if (bucket.tags[slot] != tag || bucket.values[slot] == format::kNone) continue;
          if (has_key(first_row(bucket.values[slot]))) return bucket.values[slot];
        }
      }
      if (bucket.overflows == 0) break;
      at = at + 1 == buckets.size() ? 0 : at + 1;
    }
    return format::kNone;
  }

 private:
  // False when no slot has the tag, as in nearly every look-up that finds nothing. Four tags a
  // step: the highest bit of (x - 1) & ~x is set when x is 0, and otherwise only by a borrow from
  // such an x.
  static bool may_hold(const format::Bucket& bucket, std::uint16_t tag) noexcept {
    constexpr std::uint64_t kOnes = 0x0001'0001'0001'0001;
    constexpr std::uint64_t kHighs = kOnes << 15;
    const std::uint64_t wanted = kOnes * tag;
    std::uint64_t zeros = 0;
    // The last step starts two tags earlier, so that all ten are seen.
    for (const std::size_t slot : {std::size_t{0}, std::size_t{4}, format::kBucketSlots - 4}) {
      std::uint64_t tags;
      std::memcpy(&tags, &bucket.tags[slot], sizeof tags);
      const std::uint64_t odd = tags ^ wanted;
      zeros |= (odd - kOnes) & ~odd;
    }
    return (zeros & kHighs) != 0;
  }
};

// One key of one row. `key` tells keys of equal hash apart: a string reference, or 0.
struct IndexEntry {
  std::uint64_t hash;
  std::uint32_t key;
  std::uint32_t row;
  friend auto operator<=>(const IndexEntry&, const IndexEntry&) = default;
};

inline bool same_key(const IndexEntry& a, const IndexEntry& b) noexcept {
  return a.hash == b.hash && a.key == b.key;
}

struct BuiltIndex {
  std::vector<format::Bucket> buckets;
  std::vector<std::uint32_t> postings;
  bool fits = true;  // false: the postings outgrew 31 bits
};

// Sorts the entries and drops duplicates.
void sort_entries(std::vector<IndexEntry>* entries);
// REQUIRES: sort_entries(). The result depends only on the set of entries.
BuiltIndex build_index(const std::vector<IndexEntry>& entries);

}  // namespace beian::cache
