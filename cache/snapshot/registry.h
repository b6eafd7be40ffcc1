// The registry as it is served: a snapshot and, on top of it, what delta batches changed since.
//
//   newest  overlay   <= 256 services     }
//           overlay   <= 4,096            }  at most three, each a small snapshot in memory
//           overlay   the rest            }
//   oldest  base      the snapshot file
//
// 1. The unit of change is the group: all subjects and services under one subject number. Where any
//    record of a group changes, the newest overlay holds the whole group, or the mark that it is
//    empty now; what older layers hold of that number no longer counts. So a look-up by number is
//    answered by the first layer that owns the group.
// 2. Look-ups by package, certificate, domain, address and id go to every layer; rows whose group a
//    newer layer owns are skipped, and what is left comes in the order of a full build: number, id.
// 3. A service and the subject it is bound to lie in one layer: groups that such a bond joins
//    change together.
// 4. A service is bound to the subject that its subject_id names, or else to the first of its
//    number, once there is one; a batch that takes that subject away must take or rebind the
//    service too. (A snapshot does not keep which of the two it was.)
//
// So a registry answers exactly as the snapshot built from the final feed would.
//
// Immutable; any thread; look-ups allocate nothing and take no lock. With no overlay they cost what
// the snapshot's cost, otherwise at most four look-ups. Views live as long as the registry.
#pragma once

#include <array>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "cache/base/limits.h"
#include "cache/base/result.h"
#include "cache/snapshot/delta.h"
#include "cache/snapshot/seal.h"
#include "cache/snapshot/snapshot.h"

namespace beian::cache {

class Registry;
struct Layer;

// Counts and times are exact, overlays included; root hash, signature, signer and file size are
// those of the base.
struct RegistryInfo : SnapshotInfo {
  Sha256 chain{};                      // names the history up to here; delta.h
  std::uint64_t base_serial = 0;       // of the snapshot below
  std::uint32_t overlays = 0;          // layers above it
  std::uint64_t overlay_services = 0;  // services in them
};

// Services that look-ups list under one key, each once, by number and id. Lazy: layers are merged
// while it is walked, so that a certificate of 100,000 apps costs what is looked at.
class Filings {
 public:
  class Iterator;

  Filings() = default;
  Iterator begin() const noexcept;
  std::default_sentinel_t end() const noexcept { return {}; }
  bool empty() const noexcept;
  std::size_t count() const noexcept;  // walks the whole list when there are overlays
  ServiceView front() const noexcept;  // REQUIRES: !empty()

 private:
  friend class Registry;
  static constexpr std::size_t kPartsMax = limits::kRegistryLayersMax;

  const Registry* registry_ = nullptr;  // null: one part, and all of it counts
  std::size_t part_count_ = 0;
  std::array<ServiceList, kPartsMax> parts_;  // newest first
  std::array<std::uint8_t, kPartsMax> layers_;
};

class Registry {
 public:
  // A registry that is just `snapshot`. `chain`: for a compacted snapshot that of the last batch in
  // it, else its root hash.
  static std::shared_ptr<const Registry> over(std::shared_ptr<const Snapshot> snapshot);
  static std::shared_ptr<const Registry> over(std::shared_ptr<const Snapshot> snapshot,
                                              const Sha256& chain);
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  const RegistryInfo& info() const noexcept { return info_; }
  std::uint64_t serial() const noexcept { return info_.serial; }
  const Sha256& chain() const noexcept { return info_.chain; }
  const Snapshot& base() const noexcept { return *base_; }

  std::optional<SubjectView> find_subject(SubjectKey key) const noexcept;
  ServiceRange services(SubjectKey key) const noexcept;  // all services under this subject number
  ServiceRange find(FilingKey key) const noexcept;       // exactly this number, whatever the kind

  Filings by_package(std::string_view os, std::string_view package) const noexcept;
  Filings by_package(std::string_view package) const noexcept;  // any platform
  Filings by_fingerprint(const Fingerprint& fingerprint) const noexcept;
  Filings by_public_key(const KeyDigest& key) const noexcept;
  // Exactly this domain, in normalize_domain() form; the caller walks up the labels.
  Filings by_domain(std::string_view domain) const noexcept;
  // Fills `out` with the first services, by number and id, whose ranges hold `address`, each once;
  // returns how many there are, which may be more than fit.
  std::size_t by_ip(const IpAddress& address, std::span<ServiceView> out) const noexcept;
  std::optional<ServiceView> by_service_id(std::uint64_t id) const noexcept;
  std::optional<SubjectView> by_subject_id(std::uint64_t id) const noexcept;

  // Asks the cache for the lines that find(key) will read first; batches call it ahead.
  void prefetch(SubjectKey key) const noexcept { base_->prefetch(key); }

 private:
  friend class Filings;
  friend class RegistryBuilder;
  friend class RegistryReader;
  Registry() = default;

  std::shared_ptr<const Snapshot> base_;
  std::vector<std::shared_ptr<const Layer>> layers_;  // overlays, newest first
  RegistryInfo info_;
};

// The registry behind `batch`. On error `registry` is what it was. Errors: kConflict (the batch
// does not follow: gap, replay, or another history), kBadInput (empty; a service names a subject
// that there is not; a subject goes and its services stay; a record that no snapshot can hold).
// Deleting what is not there is no error. Cost: proportional to the groups that change, and to the
// overlays that have grown enough to be merged.
[[nodiscard]] Result<std::shared_ptr<const Registry>> apply(
    const std::shared_ptr<const Registry>& registry, const DeltaBatch& batch);
// The same for batches that follow one another, at the cost of one: for catching up. All or none.
[[nodiscard]] Result<std::shared_ptr<const Registry>> apply(
    const std::shared_ptr<const Registry>& registry, std::span<const DeltaBatch> batches);

}  // namespace beian::cache
