// The registry as it is served: a snapshot and, on top of it, what delta batches have changed
// since.
//
//   newest  overlay   <= 256 filings      }
//           overlay   <= 4,096            }  at most three, each a small snapshot in memory
//           overlay   the rest            }
//   oldest  base      the snapshot file
//
// 1. Layers own numbers. When a service changes, the newest overlay holds all services with its
//    number, or a mark that there are none now; what older layers hold of that number no longer
//    counts. So the first layer that owns a number answers look-ups by it. The subject's other
//    services stay where they are, because a licence holder has thousands. Subjects and their
//    numbers work alike.
// 2. Other look-ups go to every layer. Rows whose number a newer layer owns are skipped, and the
//    rest comes in the order of a full build: number, id.
// 3. A service lies in the same layer as the current subjects of its number and the subject it is
//    bound to: when a subject changes, all services that have it move with it.
// 4. A service is bound to the subject that its subject_id names, or else to the first subject of
//    its number, once there is one. A batch that deletes that subject must delete or rebind the
//    service too. (A snapshot does not record which of the two bindings it was.)
//
// So a registry answers exactly as the snapshot built from the final feed would.
//
// Immutable; any thread; look-ups allocate nothing and take no lock. Without overlays they cost
// what the snapshot's cost, otherwise at most four such look-ups. Views live as long as the
// registry.
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
#include "cache/snapshot/seal.h"
#include "cache/snapshot/snapshot.h"

namespace beian::cache {

class Registry;
struct BaseBonds;
struct DeltaBatch;  // delta.h
struct Layer;

// Counts and times are exact, overlays included. Root hash, signature, signer and file size are
// those of the base.
struct RegistryInfo : SnapshotInfo {
  Sha256 chain{};                 // identifies the history up to here; see delta.h
  std::uint64_t base_serial = 0;  // of the snapshot below
  std::uint32_t overlays = 0;     // layers above it
};

// The services that a look-up lists under one key, each once, by number and id. Lazy: layers are
// merged during iteration, so with a certificate of 100,000 apps only those that are looked at cost
// time.
class Filings {
 public:
  class Iterator {
   public:
    using value_type = ServiceView;
    using difference_type = std::ptrdiff_t;

    ServiceView operator*() const noexcept { return (*filings_).parts_[part_][at_[part_]]; }
    Iterator& operator++() noexcept {
      ++at_[part_];
      if (filings_->registry_ != nullptr) settle();
      return *this;
    }
    bool operator==(std::default_sentinel_t) const noexcept {
      return at_[part_] >= filings_->parts_[part_].size();
    }

   private:
    friend class Filings;
    explicit Iterator(const Filings* filings) noexcept;
    // Moves every part to a row that counts, and the iterator to the first of those.
    void settle() noexcept;

    const Filings* filings_;
    std::size_t part_ = 0;
    std::array<std::uint32_t, limits::kRegistryLayersMax> at_;
  };

  Filings() = default;
  Iterator begin() const noexcept { return Iterator(this); }
  std::default_sentinel_t end() const noexcept { return {}; }
  bool empty() const noexcept { return begin() == end(); }
  std::size_t count() const noexcept;  // walks the whole list when there are overlays

 private:
  friend class Registry;

  const Registry* registry_ = nullptr;  // null: one part, and all of it counts
  std::size_t part_count_ = 0;
  std::array<ServiceList, limits::kRegistryLayersMax> parts_;
  std::array<std::uint8_t, limits::kRegistryLayersMax> layers_{};  // the layer of each part
};

class Registry {
 public:
  // A registry that is just `snapshot`. `chain` is that of the last batch contained in it if it is
  // compacted, otherwise its root hash.
  static std::shared_ptr<const Registry> over(std::shared_ptr<const Snapshot> snapshot);
  static std::shared_ptr<const Registry> over(std::shared_ptr<const Snapshot> snapshot,
                                              const Sha256& chain);
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  const RegistryInfo& info() const noexcept { return info_; }
  std::uint64_t serial() const noexcept { return info_.serial; }
  const Sha256& chain() const noexcept { return info_.chain; }
  const Snapshot& base() const noexcept { return *base_; }

  std::optional<SubjectView> find_subject(SubjectKey key) const noexcept {
    return subject_owner(key).find_subject(key);
  }
  // All services under this subject number.
  Filings services(SubjectKey key) const noexcept;
  // The services with exactly this number, whatever their kind.
  ServiceRange find(FilingKey key) const noexcept { return filing_owner(key).find(key); }

  Filings by_package(std::string_view os, std::string_view package) const noexcept;
  Filings by_package(std::string_view package) const noexcept;  // any platform
  Filings by_fingerprint(const Fingerprint& fingerprint) const noexcept;
  Filings by_public_key(const KeyDigest& key) const noexcept;
  // Exactly this domain, in normalize_domain() form; the caller walks up the labels.
  Filings by_domain(std::string_view domain) const noexcept;
  // Fills `out` with the first services, by number and id, that have a range holding `address`,
  // each once; returns how many there are, which may be more than fit.
  std::size_t by_ip(const IpAddress& address, std::span<ServiceView> out) const noexcept;
  std::optional<ServiceView> by_service_id(std::uint64_t id) const noexcept;
  std::optional<SubjectView> by_subject_id(std::uint64_t id) const noexcept;

  // Calls `visit(view)` for every recorded subject and every service, in no particular order: for
  // export.
  template <class Visit>
  void for_each_record(Visit&& visit) const;

 private:
  friend class Filings;
  friend class RegistryBuilder;
  Registry() = default;

  // The snapshot that answers for the number: that of the newest layer that owns it.
  const Snapshot& subject_owner(SubjectKey key) const noexcept {
    return layers_.empty() ? *base_ : overlaid_owner(key);
  }
  const Snapshot& filing_owner(FilingKey key) const noexcept {
    return layers_.empty() ? *base_ : overlaid_owner(key);
  }
  const Snapshot& overlaid_owner(SubjectKey key) const noexcept;
  const Snapshot& overlaid_owner(FilingKey key) const noexcept;
  // Layers are counted from the newest overlay; the base is layers_.size().
  const Snapshot& snapshot_of(std::size_t layer) const noexcept;
  // Whether what `layer` holds of the number counts, because no newer layer owns it.
  bool is_current(std::size_t layer, SubjectKey key) const noexcept;
  bool is_current(std::size_t layer, FilingKey key) const noexcept;
  template <class LookUp>
  Filings gather(LookUp&& look_up) const noexcept;

  std::shared_ptr<const Snapshot> base_;
  std::shared_ptr<BaseBonds> base_bonds_;
  std::vector<std::shared_ptr<const Layer>> layers_;  // overlays, newest first
  std::uint64_t named_subjects_ = 0;                  // recorded, without the test identities
  RegistryInfo info_;
};

template <class Visit>
void Registry::for_each_record(Visit&& visit) const {
  for (std::size_t layer = 0; layer <= layers_.size(); ++layer) {
    const Snapshot& snapshot = snapshot_of(layer);
    for (std::uint32_t row = 0; row < snapshot.info().subjects; ++row) {
      const SubjectView subject = snapshot.subject(row);
      if (subject.is_recorded() && is_current(layer, subject.key())) visit(subject);
    }
    for (std::uint32_t row = 0; row < snapshot.info().services; ++row) {
      const ServiceView service = snapshot.service(row);
      if (is_current(layer, service.key())) visit(service);
    }
  }
}

// Returns the registry after `batch`; `registry` itself does not change. Errors: kConflict (the
// batch does not follow: gap, replay, or another history), kBadInput (it is empty; a service names
// a subject that does not exist; a subject is deleted and its services stay; a record that no
// snapshot can hold). Deleting what does not exist is not an error. Cost: proportional to what
// changes, for a subject including its services, plus the overlays that have grown enough to be
// merged. Call it as cache::apply, because std::apply may be found too.
[[nodiscard]] Result<std::shared_ptr<const Registry>> apply(
    const std::shared_ptr<const Registry>& registry, const DeltaBatch& batch);
// The same for consecutive batches, at about the cost of one: for catching up. All or none of them
// are applied, with exactly the outcome of applying them one by one.
[[nodiscard]] Result<std::shared_ptr<const Registry>> apply(
    const std::shared_ptr<const Registry>& registry, std::span<const DeltaBatch> batches);

}  // namespace beian::cache
