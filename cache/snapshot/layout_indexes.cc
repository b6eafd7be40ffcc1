// The index part of Layout: gathers the keys of all services and writes the multi-maps.
#include <algorithm>
#include <initializer_list>
#include <utility>

#include "cache/snapshot/huge_pages.h"
#include "cache/snapshot/layout.h"
#include "cache/snapshot/prefetch.h"

namespace beian::cache {
namespace {

using namespace format;

// The entries whose key has several rows. REQUIRES: sorted by sort_entries().
std::vector<IndexEntry> shared_among(const std::vector<IndexEntry>& all) {
  std::vector<IndexEntry> shared;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if ((i > 0 && same_key(all[i - 1], all[i])) ||
        (i + 1 < all.size() && same_key(all[i], all[i + 1])))
      shared.push_back(all[i]);
  }
  return shared;
}

BuiltIndex index_of(std::vector<IndexEntry> entries) {
  sort_entries(&entries);
  return build_index(entries);
}

}  // namespace

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

// Gathers all keys in one pass, because each text may be a cache miss.
void Layout::gather_keys(std::size_t first, std::size_t end, IndexKeys* keys) const {
  for (std::size_t row = first; row < end; ++row) {
    fetch_texts(row + kFetchRows);
    const auto add = [&](std::span<const std::uint32_t> references, std::vector<IndexEntry>* to) {
      make_room(to);
      for (const std::uint32_t reference : references) to->push_back(text_entry(reference, row));
    };
    if (flags(row) & kDomains) {
      const ListPlace place = place_of(body(row), flags(row), kDomainList);
      add(body(row).subspan(place.start, place.count), &keys->domains);
    }
    for_each_row_platform(row, [&](std::span<const std::uint32_t> platform) {
      const PlatformShape shape(platform[0]);
      if (shape.has_package) add(platform.subspan(shape.package, 1), &keys->packages);
      add(platform.subspan(shape.fingerprints, shape.fingerprint_count), &keys->fingerprints);
      add(platform.subspan(shape.public_keys, shape.public_key_count), &keys->public_keys);
    });
  }
}

void Layout::build_package_indexes(std::vector<IndexEntry> entries, BuiltIndex* packages,
                                   BuiltIndex* platforms) const {
  sort_entries(&entries);
  *packages = build_index(entries);

  // (os, package) needs entries only where the package alone has several services: where it has
  // one, the reader looks at the platforms of that service.
  std::vector<IndexEntry> by_platform;
  for (const IndexEntry& entry : shared_among(entries))
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
  *platforms = index_of(std::move(by_platform));
}

Result<void> Layout::write_indexes() {
  const std::size_t services = registry_.services.size();
  IndexKeys keys;
  {
    IndexKeys more;
    in_halves(services, [&](std::size_t first, std::size_t end) {
      gather_keys(first, end, first == 0 ? &keys : &more);
    });
    for (const auto list : {&IndexKeys::packages, &IndexKeys::fingerprints, &IndexKeys::public_keys,
                            &IndexKeys::domains})
      (keys.*list).insert((keys.*list).end(), (more.*list).begin(), (more.*list).end());
  }

  BuiltIndex packages;
  BuiltIndex platforms;
  auto beside = std::async(halves_of(services), [&] {
    build_package_indexes(std::move(keys.packages), &packages, &platforms);
  });
  std::vector<IndexEntry> numbers;
  for (std::uint32_t row = 0; row < subjects_.size(); ++row)
    if (row == 0 || subjects_[row - 1].key != subjects_[row].key)
      numbers.push_back({hash_number(subjects_[row].key), 0, row});
  const BuiltIndex number_index = index_of(std::move(numbers));
  const BuiltIndex fingerprints = index_of(std::move(keys.fingerprints));
  const BuiltIndex public_keys = index_of(std::move(keys.public_keys));
  const BuiltIndex domains = index_of(std::move(keys.domains));
  beside.get();
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
