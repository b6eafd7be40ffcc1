#include "cache/snapshot/tables.h"

namespace beian::cache {
namespace {

using namespace format;

struct SectionKind {
  std::string_view name;
  std::uint64_t element_bytes;
};

constexpr std::array<SectionKind, kSectionCount> kSections = {{
    {"strings", 2},
    {"subjects", sizeof(SubjectRow)},
    {"services", sizeof(ServiceRow)},
    {"bodies", 4},
    {"subject_ids", 4},
    {"service_ids", 4},
    {"ipv4", sizeof(Ipv4Row)},
    {"ipv6", sizeof(Ipv6Row)},
    {"number_buckets", sizeof(Bucket)},
    {"package_buckets", sizeof(Bucket)},
    {"package_postings", 4},
    {"platform_buckets", sizeof(Bucket)},
    {"platform_postings", 4},
    {"fingerprint_buckets", sizeof(Bucket)},
    {"fingerprint_postings", 4},
    {"public_key_buckets", sizeof(Bucket)},
    {"public_key_postings", 4},
    {"domain_buckets", sizeof(Bucket)},
    {"domain_postings", 4},
    {"block_hashes", 32},
}};

// Checks that sections lie in order, without gaps except for alignment, and end with the file.
Result<void> check_sections(const Header& header, std::uint64_t file_bytes) {
  std::uint64_t end = sizeof(Header);
  for (std::size_t id = 0; id < kSectionCount; ++id) {
    const Section& section = header.sections[id];
    const std::uint64_t place = offsetof(Header, sections) + id * sizeof(Section);
    const std::string name(kSections[id].name);
    end = (end + kAlignment - 1) / kAlignment * kAlignment;
    if (section.offset != end) return damaged_header(place, name + " does not begin where it must");
    if (section.offset > file_bytes || section.bytes > file_bytes - section.offset)
      return damaged_header(place, name + " reaches beyond the file");
    if (section.bytes % kSections[id].element_bytes != 0)
      return damaged_header(place, name + " is not a whole number of rows");
    end = section.offset + section.bytes;
  }
  if (end != file_bytes)
    return damaged_header(offsetof(Header, file_bytes), "bytes behind the end");
  return {};
}

}  // namespace

std::string_view section_name(SectionId id) noexcept {
  return kSections[static_cast<std::size_t>(id)].name;
}

Error damaged(SectionId section, std::uint64_t file_offset, const std::string& why) {
  return make_error(ErrorKind::kDamaged, "snapshot damaged in " +
                                             std::string(section_name(section)) + " at byte " +
                                             std::to_string(file_offset) + ": " + why);
}

Error damaged_header(std::uint64_t offset, const std::string& why) {
  return make_error(ErrorKind::kDamaged,
                    "snapshot damaged in header at byte " + std::to_string(offset) + ": " + why);
}

Result<void> open_tables(ByteView file, SnapshotTables* tables) {
  if (file.size() < kMagic.size() || std::memcmp(file.data(), kMagic.data(), kMagic.size()) != 0)
    return damaged_header(0, "not a beian-gate snapshot; `registry build` makes one from a feed");
  Header& header = tables->header;
  if (file.size() < sizeof header)
    return damaged_header(file.size(), "the file ends in the header");
  std::memcpy(&header, file.data(), sizeof header);
  if (header.version != kVersion) {
    return damaged_header(offsetof(Header, version), "version " + std::to_string(header.version) +
                                                         "; this program reads " +
                                                         std::to_string(kVersion));
  }
  if (header.file_bytes != file.size()) {
    return damaged_header(offsetof(Header, file_bytes),
                          "written with " + std::to_string(header.file_bytes) + " bytes, has " +
                              std::to_string(file.size()));
  }
  if (auto sections = check_sections(header, file.size()); !sections) return sections;

  tables->file = file;
  // Sections begin at multiples of 64 in a mapping or heap block, which is aligned to 16: enough
  // for every row type.
  const auto lay = [&]<class T>(SectionId id, std::span<const T>* out) {
    const Section& section = header.sections[static_cast<std::size_t>(id)];
    *out = {reinterpret_cast<const T*>(file.data() + section.offset), section.bytes / sizeof(T)};
  };
  const auto lay_index = [&](SectionId id, IndexView* out) {
    lay(id, &out->buckets);
    lay(static_cast<SectionId>(static_cast<std::uint32_t>(id) + 1), &out->postings);
  };
  lay(SectionId::kStrings, &tables->strings);
  lay(SectionId::kSubjects, &tables->subjects);
  lay(SectionId::kServices, &tables->services);
  lay(SectionId::kBodies, &tables->bodies);
  lay(SectionId::kSubjectIds, &tables->subject_ids);
  lay(SectionId::kServiceIds, &tables->service_ids);
  lay(SectionId::kIpv4, &tables->ipv4);
  lay(SectionId::kIpv6, &tables->ipv6);
  lay(SectionId::kNumberBuckets, &tables->numbers.buckets);
  lay_index(SectionId::kPackageBuckets, &tables->packages);
  lay_index(SectionId::kPlatformBuckets, &tables->platforms);
  lay_index(SectionId::kFingerprintBuckets, &tables->fingerprints);
  lay_index(SectionId::kPublicKeyBuckets, &tables->public_keys);
  lay_index(SectionId::kDomainBuckets, &tables->domains);
  lay(SectionId::kBlockHashes, &tables->block_hashes);
  return {};
}

}  // namespace beian::cache
