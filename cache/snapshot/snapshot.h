// A registry snapshot opened for reading: one immutable file, mapped, verified once, then read in
// place without parsing. FORMAT.md describes the bytes.
//
// All look-ups are const, allocate nothing, take no lock and may run on any thread. Views
// (SubjectView, ServiceView, StringList, …) are small values that point into the snapshot: copy
// them freely, and keep the snapshot alive as long as they are used.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "cache/base/bytes.h"
#include "cache/base/file.h"
#include "cache/base/result.h"
#include "cache/base/time.h"
#include "cache/filing/number.h"
#include "cache/filing/record.h"

namespace beian::cache {

class Snapshot;
struct IndexView;
struct RowAccess;

// Strings of a record in the order of the feed. `is_known()` is false when the registry does not
// hold the field; an empty known list means that there are none.
class StringList {
 public:
  StringList() = default;
  bool is_known() const noexcept { return is_known_; }
  std::size_t size() const noexcept { return ids_.size(); }
  bool empty() const noexcept { return ids_.empty(); }
  std::string_view operator[](std::size_t index) const noexcept;

 private:
  friend class ServiceView;
  friend class PlatformView;
  StringList(const Snapshot* snapshot, bool is_known, std::span<const std::uint32_t> ids)
      : snapshot_(snapshot), ids_(ids), is_known_(is_known) {}

  const Snapshot* snapshot_ = nullptr;
  std::span<const std::uint32_t> ids_;
  bool is_known_ = false;
};

// One platform of a service. Digests are strings of raw bytes: 16, 20 or 32 for fingerprints, 32
// for public keys.
class PlatformView {
 public:
  std::string_view os() const noexcept;
  std::optional<std::string_view> package() const noexcept;
  StringList fingerprints() const noexcept;
  StringList public_keys() const noexcept;

 private:
  friend class ServiceView;
  PlatformView(const Snapshot* snapshot, std::span<const std::uint32_t> words)
      : snapshot_(snapshot), words_(words) {}

  const Snapshot* snapshot_ = nullptr;
  std::span<const std::uint32_t> words_;
};

class SubjectView {
 public:
  std::uint64_t id() const noexcept;
  FilingNumber number() const noexcept;
  SubjectKey key() const noexcept;  // of number(), and cheaper
  std::optional<std::string_view> sponsor() const noexcept;
  std::optional<std::string_view> nature() const noexcept;
  std::optional<std::string_view> certificate_number() const noexcept;
  std::optional<std::string_view> province() const noexcept;
  Status status() const noexcept;
  std::optional<Instant> updated_at() const noexcept;
  std::optional<Day> cancelled_on() const noexcept;
  // False for a subject that the feed only implied by one of its services.
  bool is_recorded() const noexcept;

  friend bool operator==(const SubjectView&, const SubjectView&) = default;

 private:
  friend class Snapshot;
  friend class ServiceView;
  friend struct RowAccess;
  SubjectView(const Snapshot* snapshot, std::uint32_t row) : snapshot_(snapshot), row_(row) {}

  const Snapshot* snapshot_;
  std::uint32_t row_;
};

class ServiceView {
 public:
  ServiceView() = default;  // a placeholder, to be assigned before it is asked anything
  std::uint64_t id() const noexcept;
  FilingNumber number() const noexcept;
  FilingKey key() const noexcept;  // of number(), and cheaper, like kind()
  Kind kind() const noexcept;
  SubjectView subject() const noexcept;  // by subject_id where the feed gives one, else by number
  Status status() const noexcept;
  std::optional<bool> limit_access() const noexcept;
  StringList names() const noexcept;
  StringList contents() const noexcept;
  StringList approvals() const noexcept;
  StringList domains() const noexcept;
  StringList providers() const noexcept;
  bool are_ips_known() const noexcept;
  std::size_t ip_count() const noexcept;
  IpRange ip(std::size_t index) const noexcept;
  std::optional<std::string_view> host_platform() const noexcept;
  bool are_platforms_known() const noexcept;
  std::size_t platform_count() const noexcept;
  PlatformView platform(std::size_t index) const noexcept;
  std::optional<std::string_view> version() const noexcept;
  std::optional<Day> submitted_on() const noexcept;
  std::optional<Day> approved_on() const noexcept;
  std::optional<Day> cancelled_on() const noexcept;
  std::optional<Instant> updated_at() const noexcept;

  friend bool operator==(const ServiceView&, const ServiceView&) = default;

 private:
  friend class Snapshot;
  friend class ServiceRange;
  friend class ServiceList;
  friend struct RowAccess;
  ServiceView(const Snapshot* snapshot, std::uint32_t row) : snapshot_(snapshot), row_(row) {}

  std::span<const std::uint32_t> ip_references() const noexcept;

  const Snapshot* snapshot_;
  std::uint32_t row_;
};

// Services that lie side by side, sorted by serial: all of a subject, or all with one number
// (usually one; the registry's own interface knows numbers with several services).
class ServiceRange {
 public:
  ServiceRange() = default;
  std::size_t size() const noexcept { return count_; }
  bool empty() const noexcept { return count_ == 0; }
  ServiceView operator[](std::size_t index) const noexcept {
    return {snapshot_, first_ + static_cast<std::uint32_t>(index)};
  }

 private:
  friend class Snapshot;
  friend class ServiceList;
  ServiceRange(const Snapshot* snapshot, std::uint32_t first, std::uint32_t count)
      : snapshot_(snapshot), first_(first), count_(count) {}

  const Snapshot* snapshot_ = nullptr;
  std::uint32_t first_ = 0;
  std::uint32_t count_ = 0;
};

// Services that a look-up lists under one key, each once, in row order.
class ServiceList {
 public:
  ServiceList() = default;
  explicit ServiceList(const ServiceRange& range)
      : snapshot_(range.snapshot_), size_(range.count_), first_(range.first_) {}
  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }
  ServiceView operator[](std::size_t index) const noexcept {
    return {snapshot_,
            rows_ == nullptr ? first_ + static_cast<std::uint32_t>(index) : rows_[index]};
  }

 private:
  friend class Snapshot;
  const Snapshot* snapshot_ = nullptr;
  const std::uint32_t* rows_ = nullptr;  // null: side by side, from `first_`
  std::uint32_t size_ = 0;
  std::uint32_t first_ = 0;
};

enum class SignatureState : std::uint8_t {
  kUnsigned,   // the file carries none
  kUnchecked,  // it carries one, but there were no keys to check it with
  kTrusted,    // verified with one of the given keys
};
std::string_view name_of(SignatureState state) noexcept;  // unsigned, unchecked, trusted

struct SnapshotInfo {
  std::uint64_t serial = 0;
  Instant as_of{};
  std::optional<Instant> next_update;
  // Sealed: the feed was complete, so absence may be asserted from it.
  bool is_sealed = false;
  bool has_test_identities = false;
  std::uint64_t subjects = 0;  // rows: recorded ones and those that services imply
  std::uint64_t services = 0;
  std::array<std::uint64_t, 5> services_by_kind{};               // by Kind
  std::array<std::uint64_t, kStatusCount> services_by_status{};  // by Status
  std::array<std::uint8_t, 32> root_hash{};  // of the header and all bytes behind it
  SignatureState signature = SignatureState::kUnsigned;
  std::array<std::uint8_t, 32> signer{};  // public key; zero when unsigned
  std::uint64_t file_bytes = 0;
};

using PublicKey = std::array<std::uint8_t, 32>;  // Ed25519

struct OpenOptions {
  // Keys that may have signed. Empty: anybody may have, or nobody. Otherwise a file signed by
  // another key is kUntrusted, and so is an unsigned one unless `allow_unsigned`.
  std::span<const PublicKey> trusted_keys;
  // Path of a mark (verified_mark.h). If it is valid for the file, blocks and structure are not
  // verified again. Empty: everything is verified.
  std::string verified_mark;
  bool allow_unsigned = false;
};

class Snapshot {
 public:
  // Opens and verifies: magic, version, length, root hash and signature; and, unless a mark spares
  // it, the checksum of every block and every offset, count and order that reading relies on.
  // Errors: kUnavailable (file), kDamaged with section and byte offset, kUntrusted. A file that is
  // replaced by rename while open stays valid. Never truncate one in place: reading it would raise
  // SIGBUS.
  [[nodiscard]] static Result<std::shared_ptr<const Snapshot>> open(
      const std::string& path, const OpenOptions& options = {});
  // The same for bytes in memory, which the snapshot takes over.
  [[nodiscard]] static Result<std::shared_ptr<const Snapshot>> from_bytes(
      std::string bytes, const OpenOptions& options = {});

  ~Snapshot();
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  const SnapshotInfo& info() const noexcept { return info_; }
  const FileIdentity& file_identity() const noexcept;  // as opened; zeros for bytes in memory

  std::optional<SubjectView> find_subject(SubjectKey key) const noexcept;
  // All services whose number has this subject.
  ServiceRange services(SubjectKey key) const noexcept;
  // The services with exactly this number, whatever their kind.
  ServiceRange find(FilingKey key) const noexcept;

  ServiceList by_package(std::string_view os, std::string_view package) const noexcept;
  ServiceList by_package(std::string_view package) const noexcept;  // any platform
  ServiceList by_fingerprint(const Fingerprint& fingerprint) const noexcept;
  ServiceList by_public_key(const KeyDigest& key) const noexcept;
  // Exactly this domain, in normalize_domain() form; the caller walks up the labels.
  ServiceList by_domain(std::string_view domain) const noexcept;
  // Fills `rows` with the rows of services that have a range holding `address`; returns how many
  // there are, which may be more than fit.
  std::size_t by_ip(const IpAddress& address, std::span<std::uint32_t> rows) const noexcept;
  std::optional<ServiceView> by_service_id(std::uint64_t id) const noexcept;
  std::optional<SubjectView> by_subject_id(std::uint64_t id) const noexcept;

  // Whole registry, in key order: for export, diff and statistics. REQUIRES: row < count.
  ServiceView service(std::uint32_t row) const noexcept { return {this, row}; }
  SubjectView subject(std::uint32_t row) const noexcept { return {this, row}; }

 private:
  friend class StringList;
  friend class PlatformView;
  friend class SubjectView;
  friend class ServiceView;
  friend struct RowAccess;
  struct Tables;

  Snapshot();

  ServiceList list_of(std::uint32_t value, const IndexView& index) const noexcept;
  IpRange range_of(std::uint32_t reference) const noexcept;

  SnapshotInfo info_;
  std::unique_ptr<Tables> tables_;
};

}  // namespace beian::cache
