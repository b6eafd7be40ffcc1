// Opening and look-ups. views.cc has the views, check*.cc the proofs.
#include "cache/snapshot/snapshot.h"

#include <algorithm>
#include <utility>

#include "cache/snapshot/body.h"
#include "cache/snapshot/check.h"
#include "cache/snapshot/huge_pages.h"
#include "cache/snapshot/ip_holders.h"
#include "cache/snapshot/seal.h"
#include "cache/snapshot/tables.h"
#include "cache/snapshot/trust.h"
#include "cache/snapshot/verified_mark.h"

namespace beian::cache {
namespace {

using namespace format;

Result<SignatureState> check_signature(const Header& header, const OpenOptions& options) {
  const bool is_anybody_trusted = options.trusted_keys.empty();
  const Trust trust{{options.trusted_keys.begin(), options.trusted_keys.end()},
                    is_anybody_trusted || options.allow_unsigned};
  auto state = check_trust("snapshot", {header.signer, header.signature},
                           as_bytes(signed_message(header.root_hash)), trust);
  if (state || !is_anybody_trusted) return state;
  return make_error(ErrorKind::kDamaged, "snapshot damaged in header at byte " +
                                             std::to_string(offsetof(Header, signature)) +
                                             ": the signature is not that of the key beside it");
}

SnapshotInfo info_of(const SnapshotTables& tables, SignatureState signature) {
  const Header& header = tables.header;
  SnapshotInfo info;
  info.serial = header.serial;
  info.as_of = Instant{std::chrono::seconds{header.as_of}};
  if (header.flags & kHasNextUpdate)
    info.next_update = Instant{std::chrono::seconds{header.next_update}};
  info.is_sealed = (header.flags & kSealed) != 0;
  info.has_test_identities = (header.flags & kTestIdentities) != 0;
  info.subjects = tables.subjects.size();
  info.services = tables.services.size();
  info.services_by_kind = header.services_by_kind;
  info.services_by_status = header.services_by_status;
  info.root_hash = header.root_hash;
  info.signature = signature;
  info.signer = header.signer;
  info.file_bytes = header.file_bytes;
  return info;
}

// `identity` is that of the file with these bytes; empty for bytes in memory.
Result<SnapshotInfo> verify_all(ByteView file, const FileIdentity& identity,
                                const OpenOptions& options, SnapshotTables* tables) {
  if (auto opened = open_tables(file, tables); !opened) return opened.error();
  if (auto root = check_root(*tables); !root) return root.error();
  const auto signature = check_signature(tables->header, options);
  if (!signature) return signature.error();
  if (!options.verified_mark.empty() &&
      is_verified_by(options.verified_mark, identity, tables->header.root_hash))
    return info_of(*tables, *signature);
  if (auto blocks = check_blocks(*tables); !blocks) return blocks.error();
  if (auto structure = check_structure(*tables); !structure) return structure.error();
  return info_of(*tables, *signature);
}

// True when `has(words, shape)` for any platform of the service. REQUIRES: a proved body.
template <class Has>
bool any_platform(const SnapshotTables& tables, std::uint32_t row, Has&& has) {
  const ServiceRow& service = tables.services[row];
  const auto words = tables.body(service);
  if ((service.flags & kPlatforms) == 0) return false;
  const ListPlace place = place_of(words, service.flags, kPlatformList);
  bool found = false;
  for_each_platform(words, place, [&](std::span<const std::uint32_t> platform) {
    found = has(platform, PlatformShape(platform[0]));
    return !found;
  });
  return found;
}

bool has_text(const SnapshotTables& tables, std::span<const std::uint32_t> references,
              std::string_view text) {
  return std::any_of(references.begin(), references.end(),
                     [&](std::uint32_t reference) { return tables.text(reference) == text; });
}

bool has_package(const SnapshotTables& tables, std::uint32_t row, std::string_view package) {
  return any_platform(tables, row, [&](auto words, const PlatformShape& shape) {
    return shape.has_package && tables.text(words[shape.package]) == package;
  });
}

bool has_package_on(const SnapshotTables& tables, std::uint32_t row, std::string_view os,
                    std::string_view package) {
  return any_platform(tables, row, [&](auto words, const PlatformShape& shape) {
    return shape.has_package && tables.text(words[shape.package]) == package &&
           (shape.os_code == 0 ? tables.text(words[1]) : kOsNames[shape.os_code]) == os;
  });
}

template <class Row>
std::optional<std::uint32_t> row_of_id(std::span<const std::uint32_t> ids,
                                       std::span<const Row> rows, std::uint64_t id) {
  const auto found =
      std::lower_bound(ids.begin(), ids.end(), id,
                       [&](std::uint32_t row, std::uint64_t want) { return rows[row].id < want; });
  if (found == ids.end() || rows[*found].id != id) return std::nullopt;
  return *found;
}

}  // namespace

std::string_view name_of(SignatureState state) noexcept {
  switch (state) {
    case SignatureState::kUnsigned:
      return "unsigned";
    case SignatureState::kUnchecked:
      return "unchecked";
    case SignatureState::kTrusted:
      return "trusted";
  }
  return "unsigned";
}

Snapshot::Snapshot() : tables_(std::make_unique<Tables>()) {}
Snapshot::~Snapshot() = default;

Result<std::shared_ptr<const Snapshot>> Snapshot::open(const std::string& path,
                                                       const OpenOptions& options) {
  auto mapped = MappedFile::open(path);
  if (!mapped) return mapped.error();
  const std::shared_ptr<Snapshot> snapshot(new Snapshot);
  snapshot->tables_->mapped = std::move(*mapped);
  // If the kernel has the file cached in pages of 2 MiB, as BlockSink writes it, it may map them as
  // such; what is not cached it reads in such pages.
  const ByteView bytes = snapshot->tables_->mapped.bytes();
  prefer_huge_pages(const_cast<std::uint8_t*>(bytes.data()), bytes.size());
  const auto info = verify_all(bytes, snapshot->file_identity(), options, snapshot->tables_.get());
  if (!info) return make_error(info.error().kind, path + ": " + info.error().message);
  snapshot->info_ = *info;
  return std::shared_ptr<const Snapshot>(snapshot);
}

Result<std::shared_ptr<const Snapshot>> Snapshot::from_bytes(std::string bytes,
                                                             const OpenOptions& options) {
  const std::shared_ptr<Snapshot> snapshot(new Snapshot);
  snapshot->tables_->memory = std::move(bytes);
  const auto info =
      verify_all(as_bytes(snapshot->tables_->memory), {}, options, snapshot->tables_.get());
  if (!info) return info.error();
  snapshot->info_ = *info;
  return std::shared_ptr<const Snapshot>(snapshot);
}

const FileIdentity& Snapshot::file_identity() const noexcept {
  return tables_->mapped.identity();
}

std::optional<SubjectView> Snapshot::find_subject(SubjectKey key) const noexcept {
  const auto wanted = static_cast<std::uint64_t>(key);
  const std::uint32_t row = tables_->numbers.find(
      hash_number(wanted),
      [&](std::uint32_t candidate) { return tables_->subjects[candidate].key == wanted; });
  if (row == kNone) return std::nullopt;
  return SubjectView(this, row);
}

ServiceRange Snapshot::services(SubjectKey key) const noexcept {
  const auto subject = find_subject(key);
  if (!subject) return {};
  const SubjectRow& row = tables_->subjects[subject->row_];
  return {this, row.first_service, row.service_count};
}

ServiceRange Snapshot::find(FilingKey key) const noexcept {
  const ServiceRange all = services(subject_key(key));
  const auto wanted = static_cast<std::uint64_t>(key);
  const auto rows = tables_->services.subspan(all.first_, all.count_);
  // Most subjects number their services 1, 2, 3, …: the first guess is nearly always right.
  std::size_t at = std::min<std::size_t>(serial_of(key) - 1U, rows.size());
  if (at >= rows.size() || rows[at].key != wanted || (at > 0 && rows[at - 1].key == wanted)) {
    const auto found =
        std::lower_bound(rows.begin(), rows.end(), wanted,
                         [](const ServiceRow& row, std::uint64_t want) { return row.key < want; });
    at = static_cast<std::size_t>(found - rows.begin());
  }
  std::size_t end = at;
  while (end < rows.size() && rows[end].key == wanted) ++end;
  return {this, all.first_ + static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(end - at)};
}

ServiceList Snapshot::list_of(std::uint32_t value, const IndexView& index) const noexcept {
  ServiceList list;
  list.snapshot_ = this;
  if (value == kNone) return list;
  if (value & kPostingBit) {
    const auto rows = index.list(value);
    list.rows_ = rows.data();
    list.size_ = static_cast<std::uint32_t>(rows.size());
  } else {
    list.first_ = value;
    list.size_ = 1;
  }
  return list;
}

ServiceList Snapshot::by_package(std::string_view package) const noexcept {
  const IndexView& index = tables_->packages;
  return list_of(index.find(hash_text(package),
                            [&](std::uint32_t row) { return has_package(*tables_, row, package); }),
                 index);
}

ServiceList Snapshot::by_package(std::string_view os, std::string_view package) const noexcept {
  const auto holds = [&](std::uint32_t row) { return has_package_on(*tables_, row, os, package); };
  const IndexView& packages = tables_->packages;
  const std::uint32_t any_os = packages.find(
      hash_text(package), [&](std::uint32_t row) { return has_package(*tables_, row, package); });
  if (any_os == kNone || (any_os & kPostingBit) == 0)
    return list_of(any_os != kNone && holds(any_os) ? any_os : kNone, packages);
  const IndexView& platforms = tables_->platforms;
  return list_of(platforms.find(hash_platform(os, package), holds), platforms);
}

ServiceList Snapshot::by_fingerprint(const Fingerprint& fingerprint) const noexcept {
  const std::string_view digest = as_text(fingerprint.view());
  const auto holds = [&](std::uint32_t row) {
    return any_platform(*tables_, row, [&](auto words, const PlatformShape& shape) {
      return has_text(*tables_, words.subspan(shape.fingerprints, shape.fingerprint_count), digest);
    });
  };
  return list_of(tables_->fingerprints.find(hash_text(digest), holds), tables_->fingerprints);
}

ServiceList Snapshot::by_public_key(const KeyDigest& key) const noexcept {
  const std::string_view digest = as_text(key);
  const auto holds = [&](std::uint32_t row) {
    return any_platform(*tables_, row, [&](auto words, const PlatformShape& shape) {
      return has_text(*tables_, words.subspan(shape.public_keys, shape.public_key_count), digest);
    });
  };
  return list_of(tables_->public_keys.find(hash_text(digest), holds), tables_->public_keys);
}

ServiceList Snapshot::by_domain(std::string_view domain) const noexcept {
  const auto holds = [&](std::uint32_t row) {
    const ServiceRow& service = tables_->services[row];
    const auto words = tables_->body(service);
    const ListPlace place = place_of(words, service.flags, kDomainList);
    return has_text(*tables_, words.subspan(place.start, place.count), domain);
  };
  return list_of(tables_->domains.find(hash_text(domain), holds), tables_->domains);
}

std::size_t Snapshot::by_ip(const IpAddress& address,
                            std::span<std::uint32_t> rows) const noexcept {
  std::size_t count = 0;
  for_each_holder(*tables_, address, [&](std::uint32_t row) {
    if (count < rows.size()) rows[count] = row;
    ++count;
  });
  return count;
}

std::optional<ServiceView> Snapshot::by_service_id(std::uint64_t id) const noexcept {
  const auto row = row_of_id(tables_->service_ids, tables_->services, id);
  if (!row) return std::nullopt;
  return ServiceView(this, *row);
}

std::optional<SubjectView> Snapshot::by_subject_id(std::uint64_t id) const noexcept {
  const auto row = row_of_id(tables_->subject_ids, tables_->subjects, id);
  if (!row) return std::nullopt;
  return SubjectView(this, *row);
}

}  // namespace beian::cache
