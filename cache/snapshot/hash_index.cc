#include "cache/snapshot/hash_index.h"

#include <functional>

#include "cache/snapshot/radix_sort.h"

namespace beian::cache {
namespace {

// Of ten slots: fewer make the file larger, more send look-ups to a second bucket (18 % do at 8).
constexpr std::size_t kSlotsUsed = 8;

constexpr format::Bucket kEmptyBucket = [] {
  format::Bucket bucket{};
  bucket.values.fill(format::kNone);
  return bucket;
}();

void insert(std::vector<format::Bucket>* buckets, std::uint64_t hash, std::uint32_t value) {
  std::size_t at = home_bucket(hash, buckets->size());
  for (;;) {
    format::Bucket& bucket = (*buckets)[at];
    for (std::size_t slot = 0; slot < format::kBucketSlots; ++slot) {
      if (bucket.values[slot] != format::kNone) continue;
      bucket.values[slot] = value;
      bucket.tags[slot] = static_cast<std::uint16_t>(hash);
      return;
    }
    bucket.overflows = 1;
    at = at + 1 == buckets->size() ? 0 : at + 1;
  }
}

}  // namespace

void sort_entries(std::vector<IndexEntry>* entries) {
  radix_sort(
      entries, [](const IndexEntry& entry) { return entry.hash; }, std::less<>(),
      bits_of_hashes(entries->size()));
  entries->erase(std::unique(entries->begin(), entries->end()), entries->end());
}

BuiltIndex build_index(const std::vector<IndexEntry>& entries) {
  std::size_t keys = 0;
  for (std::size_t i = 0; i < entries.size(); ++i)
    keys += i == 0 || !same_key(entries[i - 1], entries[i]);

  BuiltIndex index;
  index.buckets = big_vector((keys + kSlotsUsed - 1) / kSlotsUsed, kEmptyBucket);
  for (std::size_t i = 0; i < entries.size();) {
    std::size_t end = i + 1;
    while (end < entries.size() && same_key(entries[i], entries[end])) ++end;
    std::uint32_t value = entries[i].row;
    if (end - i > 1) {
      if (index.postings.size() + (end - i) >= format::kPostingBit - 1) {
        index.fits = false;
        return index;
      }
      value = format::kPostingBit | static_cast<std::uint32_t>(index.postings.size());
      index.postings.push_back(static_cast<std::uint32_t>(end - i));
      for (std::size_t j = i; j < end; ++j) index.postings.push_back(entries[j].row);
    }
    insert(&index.buckets, entries[i].hash, value);
    i = end;
  }
  return index;
}

}  // namespace beian::cache
