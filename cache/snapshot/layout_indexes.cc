// The index part of Layout: gathers the keys of all services and writes the multi-maps.
#include <algorithm>
#include <initializer_list>
#include <utility>

#include "cache/snapshot/layout.h"

namespace beian::cache {
namespace {

using namespace format;

bool same_key(const IndexEntry& a, const IndexEntry& b) {
  return a.hash == b.hash && a.key == b.key;
}

// Leaves those entries whose key has several rows.
void keep_shared(std::vector<IndexEntry>* entries) {
  std::sort(entries->begin(), entries->end());
  entries->erase(std::unique(entries->begin(), entries->end()), entries->end());
  const std::vector<IndexEntry>& all = *entries;
  std::vector<IndexEntry> shared;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if ((i > 0 && same_key(all[i - 1], all[i])) ||
        (i + 1 < all.size() && same_key(all[i], all[i + 1])))
      shared.push_back(all[i]);
  }
  *entries = std::move(shared);
}

}  // namespace

template <class Visit>
void Layout::for_each_text(BodyList list, Visit&& visit) const {
  for (std::size_t row = 0; row < services_.size(); ++row) {
    BodyShape shape;
    if (!read_shape(body(row), flags(row), &shape)) continue;
    for (const std::uint32_t reference : body(row).subspan(shape.starts[list], shape.counts[list]))
      visit(reference, row);
  }
}

template <class Visit>
void Layout::for_each_row_platform(std::size_t row, Visit&& visit) const {
  if ((flags(row) & kPlatforms) == 0) return;
  for_each_platform(body(row), place_of(body(row), flags(row), kPlatformList),
                    [&](std::span<std::uint32_t> platform) {
                      visit(platform);
                      return true;
                    });
}

IndexEntry Layout::text_entry(std::uint32_t reference, std::size_t row) const {
  return {hash_text(registry_.arena.text(reference)), registry_.arena.placed(reference),
          static_cast<std::uint32_t>(row)};
}

void Layout::build_package_indexes(BuiltIndex* packages, BuiltIndex* platforms) const {
  std::vector<IndexEntry> entries;
  for (std::size_t row = 0; row < services_.size(); ++row)
    for_each_row_platform(row, [&](std::span<const std::uint32_t> platform) {
      const PlatformShape shape(platform[0]);
      if (shape.has_package) entries.push_back(text_entry(platform[shape.package], row));
    });
  std::vector<IndexEntry> shared = entries;
  *packages = build_index(std::move(entries));

  // (os, package) needs entries only where the package alone has several services: where it has
  // one, the reader looks at that one's platforms.
  keep_shared(&shared);
  std::vector<IndexEntry> by_platform;
  for (const IndexEntry& entry : shared)
    for_each_row_platform(entry.row, [&](std::span<const std::uint32_t> platform) {
      const PlatformShape shape(platform[0]);
      if (!shape.has_package) return;
      const std::uint32_t package = platform[shape.package];
      if (registry_.arena.placed(package) != entry.key) return;
      const std::string_view os =
          shape.os_code == 0 ? registry_.arena.text(platform[1]) : kOsNames[shape.os_code];
      by_platform.push_back(
          {hash_platform(os, registry_.arena.text(package)), entry.key, entry.row});
    });
  *platforms = build_index(std::move(by_platform));
}

BuiltIndex Layout::build_fingerprint_index() const {
  std::vector<IndexEntry> entries;
  for (std::size_t row = 0; row < services_.size(); ++row)
    for_each_row_platform(row, [&](std::span<const std::uint32_t> platform) {
      const PlatformShape shape(platform[0]);
      for (const std::uint32_t word : platform.subspan(shape.fingerprints, shape.fingerprint_count))
        entries.push_back(text_entry(word, row));
    });
  return build_index(std::move(entries));
}

BuiltIndex Layout::build_public_key_index() const {
  std::vector<IndexEntry> entries;
  for (std::size_t row = 0; row < services_.size(); ++row)
    for_each_row_platform(row, [&](std::span<const std::uint32_t> platform) {
      const PlatformShape shape(platform[0]);
      for (const std::uint32_t word : platform.subspan(shape.public_keys, shape.public_key_count))
        entries.push_back(text_entry(word, row));
    });
  return build_index(std::move(entries));
}

BuiltIndex Layout::build_domain_index() const {
  std::vector<IndexEntry> entries;
  for_each_text(kDomainList, [&](std::uint32_t reference, std::size_t row) {
    entries.push_back(text_entry(reference, row));
  });
  return build_index(std::move(entries));
}

Result<void> Layout::write_indexes() {
  BuiltIndex packages;
  BuiltIndex platforms;
  auto first_half = std::async(halves_of(services_.size()),
                               [&] { build_package_indexes(&packages, &platforms); });
  std::vector<IndexEntry> numbers;
  for (std::uint32_t row = 0; row < subjects_.size(); ++row)
    if (row == 0 || subjects_[row - 1].key != subjects_[row].key)
      numbers.push_back({hash_number(subjects_[row].key), 0, row});
  const BuiltIndex number_index = build_index(std::move(numbers));
  const BuiltIndex fingerprints = build_fingerprint_index();
  first_half.get();
  auto second_half =
      std::async(halves_of(services_.size()), [&] { return build_public_key_index(); });
  const BuiltIndex domains = build_domain_index();
  const BuiltIndex public_keys = second_half.get();
  for (const BuiltIndex* index : std::initializer_list<const BuiltIndex*>{
           &packages, &platforms, &fingerprints, &public_keys, &domains}) {
    if (!index->fits)
      return make_error(ErrorKind::kBadInput, "the lists of an index outgrow 2^31 words");
  }
  sink_.begin(SectionId::kNumberBuckets);
  sink_.append_all(number_index.buckets);
  sink_.end();
  write_index(SectionId::kPackageBuckets, packages);
  write_index(SectionId::kPlatformBuckets, platforms);
  write_index(SectionId::kFingerprintBuckets, fingerprints);
  write_index(SectionId::kPublicKeyBuckets, public_keys);
  write_index(SectionId::kDomainBuckets, domains);
  return {};
}

void Layout::write_index(SectionId buckets, const BuiltIndex& index) {
  sink_.begin(buckets);
  sink_.append_all(index.buckets);
  sink_.end();
  sink_.begin(static_cast<SectionId>(static_cast<std::uint32_t>(buckets) + 1));
  sink_.append_all(index.postings);
  sink_.end();
}

}  // namespace beian::cache
