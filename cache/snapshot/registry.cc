// Look-ups over the layers. apply.cc makes the layers.
#include "cache/snapshot/registry.h"

#include <algorithm>
#include <utility>

#include "cache/snapshot/ip_holders.h"
#include "cache/snapshot/layer.h"
#include "cache/snapshot/test_identities.h"

namespace beian::cache {
namespace {

// By number, then id: the order of rows in a full build.
bool comes_before(const ServiceView& a, const ServiceView& b) noexcept {
  if (RowAccess::are_of_one_snapshot(a, b)) return RowAccess::row(a) < RowAccess::row(b);
  const format::ServiceRow& left = RowAccess::service(a);
  const format::ServiceRow& right = RowAccess::service(b);
  return left.key != right.key ? left.key < right.key : left.id < right.id;
}

FilingKey number_of(const ServiceView& service) noexcept {
  return FilingKey{RowAccess::service(service).key};
}

std::uint64_t count_named_subjects(const SnapshotTables& tables) {
  // Ids ascend, and the test identities have the highest ids in use.
  std::uint64_t count = tables.subject_ids.size();
  for (auto row = tables.subject_ids.rbegin();
       row != tables.subject_ids.rend() && tables.subjects[*row].id >= kTestIdentityFirst; ++row)
    if (is_test_identity(tables.subjects[*row].id)) --count;
  return count;
}

}  // namespace

Filings::Iterator::Iterator(const Filings* filings) noexcept : filings_(filings) {
  at_[0] = 0;
  if (filings->registry_ == nullptr) return;
  at_.fill(0);
  settle();
}

void Filings::Iterator::settle() noexcept {
  part_ = 0;
  bool has_one = false;
  for (std::size_t part = 0; part < filings_->part_count_; ++part) {
    const ServiceList& list = filings_->parts_[part];
    while (at_[part] < list.size() &&
           !filings_->registry_->is_current(filings_->layers_[part], number_of(list[at_[part]])))
      ++at_[part];
    if (at_[part] >= list.size()) continue;
    if (!has_one || comes_before(list[at_[part]], filings_->parts_[part_][at_[part_]]))
      part_ = part;
    has_one = true;
  }
}

std::size_t Filings::count() const noexcept {
  if (registry_ == nullptr) return parts_[0].size();
  std::size_t count = 0;
  for (Iterator at = begin(); at != end(); ++at) ++count;
  return count;
}

std::shared_ptr<const Registry> Registry::over(std::shared_ptr<const Snapshot> snapshot) {
  const Sha256 chain = snapshot->info().root_hash;
  return over(std::move(snapshot), chain);
}

std::shared_ptr<const Registry> Registry::over(std::shared_ptr<const Snapshot> snapshot,
                                               const Sha256& chain) {
  const std::shared_ptr<Registry> registry(new Registry);
  static_cast<SnapshotInfo&>(registry->info_) = snapshot->info();
  registry->info_.chain = chain;
  registry->info_.base_serial = snapshot->info().serial;
  registry->named_subjects_ = count_named_subjects(RowAccess::tables(*snapshot));
  registry->base_ = std::move(snapshot);
  registry->base_bonds_ = std::make_shared<BaseBonds>();
  return registry;
}

const Snapshot& Registry::overlaid_owner(SubjectKey key) const noexcept {
  for (const auto& layer : layers_)
    if (layer->subjects.contains(key)) return *layer->snapshot;
  return *base_;
}

const Snapshot& Registry::overlaid_owner(FilingKey key) const noexcept {
  for (const auto& layer : layers_)
    if (layer->filings.contains(key)) return *layer->snapshot;
  return *base_;
}

const Snapshot& Registry::snapshot_of(std::size_t layer) const noexcept {
  return layer < layers_.size() ? *layers_[layer]->snapshot : *base_;
}

bool Registry::is_current(std::size_t layer, SubjectKey key) const noexcept {
  for (std::size_t newer = 0; newer < layer; ++newer)
    if (layers_[newer]->subjects.contains(key)) return false;
  return true;
}

bool Registry::is_current(std::size_t layer, FilingKey key) const noexcept {
  for (std::size_t newer = 0; newer < layer; ++newer)
    if (layers_[newer]->filings.contains(key)) return false;
  return true;
}

template <class LookUp>
Filings Registry::gather(LookUp&& look_up) const noexcept {
  Filings filings;
  if (layers_.empty()) {
    filings.parts_[0] = look_up(*base_);
    return filings;
  }
  filings.registry_ = this;
  for (std::size_t layer = 0; layer <= layers_.size(); ++layer) {
    const ServiceList list = look_up(snapshot_of(layer));
    if (list.empty()) continue;
    filings.parts_[filings.part_count_] = list;
    filings.layers_[filings.part_count_] = static_cast<std::uint8_t>(layer);
    ++filings.part_count_;
  }
  return filings;
}

Filings Registry::services(SubjectKey key) const noexcept {
  return gather([&](const Snapshot& snapshot) { return ServiceList(snapshot.services(key)); });
}

Filings Registry::by_package(std::string_view os, std::string_view package) const noexcept {
  return gather([&](const Snapshot& snapshot) { return snapshot.by_package(os, package); });
}

Filings Registry::by_package(std::string_view package) const noexcept {
  return gather([&](const Snapshot& snapshot) { return snapshot.by_package(package); });
}

Filings Registry::by_fingerprint(const Fingerprint& fingerprint) const noexcept {
  return gather([&](const Snapshot& snapshot) { return snapshot.by_fingerprint(fingerprint); });
}

Filings Registry::by_public_key(const KeyDigest& key) const noexcept {
  return gather([&](const Snapshot& snapshot) { return snapshot.by_public_key(key); });
}

Filings Registry::by_domain(std::string_view domain) const noexcept {
  return gather([&](const Snapshot& snapshot) { return snapshot.by_domain(domain); });
}

std::size_t Registry::by_ip(const IpAddress& address, std::span<ServiceView> out) const noexcept {
  std::size_t count = 0;
  // Takes the first ones of all, so that the outcome does not depend on the layout of an index.
  // Once `out` is full, it is a heap with the last of them on top.
  const auto take = [&](const ServiceView& service) {
    if (count++ < out.size()) {
      out[count - 1] = service;
      if (count == out.size()) std::make_heap(out.begin(), out.end(), comes_before);
    } else if (!out.empty() && comes_before(service, out.front())) {
      std::pop_heap(out.begin(), out.end(), comes_before);
      out.back() = service;
      std::push_heap(out.begin(), out.end(), comes_before);
    }
  };
  for (std::size_t layer = 0; layer <= layers_.size(); ++layer) {
    const Snapshot& snapshot = snapshot_of(layer);
    for_each_holder(RowAccess::tables(snapshot), address, [&](std::uint32_t row) {
      const ServiceView service = snapshot.service(row);
      if (is_current(layer, number_of(service))) take(service);
    });
  }
  const auto taken = out.first(std::min(count, out.size()));
  std::sort(taken.begin(), taken.end(), comes_before);
  return count;
}

std::optional<ServiceView> Registry::by_service_id(std::uint64_t id) const noexcept {
  for (std::size_t layer = 0; layer <= layers_.size(); ++layer) {
    const auto service = snapshot_of(layer).by_service_id(id);
    if (service && is_current(layer, number_of(*service))) return service;
  }
  return std::nullopt;
}

std::optional<SubjectView> Registry::by_subject_id(std::uint64_t id) const noexcept {
  for (std::size_t layer = 0; layer <= layers_.size(); ++layer) {
    const auto subject = snapshot_of(layer).by_subject_id(id);
    if (subject && is_current(layer, subject->key())) return subject;
  }
  return std::nullopt;
}

}  // namespace beian::cache
