// From a registry and delta batches to the registry behind them.
//
//   batches -> what each id is now -> groups that this touches, and those bound to them
//           -> their records, old and new, and the overlays that are merged -> one snapshot
//
// Tests: registry_test.cc (every answer against a full build), apply_test.cc (refusals).
#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "cache/base/limits.h"
#include "cache/snapshot/delta.h"
#include "cache/snapshot/layer.h"
#include "cache/snapshot/record_of.h"
#include "cache/snapshot/registry.h"
#include "cache/snapshot/snapshot_writer.h"
#include "cache/snapshot/test_identities.h"

namespace beian::cache {
namespace {

Error conflict(const DeltaBatch& batch, const std::string& why) {
  return make_error(ErrorKind::kConflict,
                    "delta batch " + std::to_string(batch.serial) + " does not follow: " + why);
}

Error contradiction(const std::string& what, std::uint64_t id, const FilingNumber& number,
                    const std::string& why) {
  return make_error(ErrorKind::kBadInput, "delta: " + what + " " + std::to_string(id) + " (" +
                                              canonical(number) + ") " + why);
}

// Overlays by what they hold; of each level there is one at most.
std::size_t level_of(std::size_t weight) {
  if (weight <= limits::kNewestOverlayMax) return 0;
  return weight <= limits::kMiddleOverlayMax ? 1 : 2;
}

std::size_t weight_of(const Layer& layer) {
  return static_cast<std::size_t>(layer.snapshot->info().services) + layer.owned.size();
}

}  // namespace

class RegistryBuilder {
 public:
  explicit RegistryBuilder(const Registry& registry) : old_(registry), info_(registry.info()) {}

  // Whether adding `batch` to those before comes to the same as building in between. Not where a
  // service without subject_id may have found its subject (invariant 4) before this batch changes
  // the subjects of its number.
  bool can_add(const DeltaBatch& batch) const;
  // `batch` must outlive the builder.
  [[nodiscard]] Result<void> add(const DeltaBatch& batch);
  [[nodiscard]] Result<std::shared_ptr<const Registry>> build();

 private:
  void note(const SubjectRecord* record, std::uint64_t id);
  void touch(SubjectKey key);
  void touch_changed();
  void touch_bound();
  void keep_subjects(SubjectKey key);
  [[nodiscard]] Result<void> keep_services(SubjectKey key);
  [[nodiscard]] Result<void> add_services();
  void merge_overlays();
  void copy_group(const Snapshot& snapshot, SubjectKey key);
  [[nodiscard]] Result<std::shared_ptr<const Layer>> make_layer();
  void count_groups(const Registry& registry, std::uint64_t sign);

  const Registry& old_;
  RegistryInfo info_;  // of the new one
  // What the batches make of each id; null: it goes.
  std::unordered_map<std::uint64_t, const SubjectRecord*> subjects_;
  std::unordered_map<std::uint64_t, const ServiceRecord*> services_;
  std::unordered_set<SubjectKey> bound_groups_;  // where services may have found their subject
  std::vector<SubjectKey> groups_;  // that are written anew because something in them may change
  std::unordered_set<SubjectKey> owned_;           // those, and the groups of merged overlays
  std::unordered_set<std::uint64_t> subject_ids_;  // recorded in groups_, afterwards
  std::uint64_t named_subjects_ = 0;
  std::size_t merged_layers_ = 0;  // newest ones, that go into the new overlay
  SnapshotWriter writer_;
};

bool RegistryBuilder::can_add(const DeltaBatch& batch) const {
  if (old_.named_subjects_ == 0) return false;
  const auto is_free = [&](std::uint64_t id, const SubjectRecord* record) {
    if (subjects_.contains(id)) return false;
    if (record != nullptr && bound_groups_.contains(record->number.subject())) return false;
    const auto before = old_.by_subject_id(id);
    return !before || !bound_groups_.contains(before->number().subject());
  };
  return std::ranges::all_of(batch.records, [&](const FeedRecord& record) {
    if (const auto* subject = std::get_if<SubjectRecord>(&record))
      return is_free(subject->id, subject);
    if (const auto* gone = std::get_if<RemoveSubject>(&record)) return is_free(gone->id, nullptr);
    return true;
  });
}

void RegistryBuilder::note(const SubjectRecord* record, std::uint64_t id) {
  subjects_[id] = record;
  if (record != nullptr) bound_groups_.insert(record->number.subject());
  if (const auto before = old_.by_subject_id(id)) bound_groups_.insert(before->number().subject());
}

Result<void> RegistryBuilder::add(const DeltaBatch& batch) {
  if (batch.serial != info_.serial + 1)
    return conflict(batch, "the registry is at serial " + std::to_string(info_.serial));
  if (batch.previous != info_.chain)
    return conflict(batch, "it goes on from another history (" + to_hex(batch.previous) +
                               ") than the registry's (" + to_hex(info_.chain) + ")");
  if (batch.records.empty())
    return make_error(ErrorKind::kBadInput,
                      "delta batch " + std::to_string(batch.serial) + " is empty");
  for (const FeedRecord& record : batch.records) {
    if (const auto* subject = std::get_if<SubjectRecord>(&record)) {
      note(subject, subject->id);
    } else if (const auto* gone = std::get_if<RemoveSubject>(&record)) {
      note(nullptr, gone->id);
    } else if (const auto* service = std::get_if<ServiceRecord>(&record)) {
      services_[service->id] = service;
      if (!service->subject_id) bound_groups_.insert(service->number.subject());
    } else {
      services_[std::get<RemoveService>(record).id] = nullptr;
    }
  }
  info_.serial = batch.serial;
  info_.as_of = batch.as_of;
  info_.next_update = batch.next_update;
  info_.chain = chain_after(batch);
  return {};
}

void RegistryBuilder::touch(SubjectKey key) {
  if (owned_.insert(key).second) groups_.push_back(key);
}

// The groups that a record leaves, comes to, or is bound to.
void RegistryBuilder::touch_changed() {
  for (const auto& [id, record] : subjects_) {
    if (const auto before = old_.by_subject_id(id)) touch(before->number().subject());
    if (record != nullptr) touch(record->number.subject());
  }
  for (const auto& [id, record] : services_) {
    if (const auto before = old_.by_service_id(id)) touch(before->number().subject());
    if (record == nullptr) continue;
    touch(record->number.subject());
    if (!record->subject_id || subjects_.contains(*record->subject_id)) continue;
    if (const auto subject = old_.by_subject_id(*record->subject_id))
      touch(subject->number().subject());
  }
}

// Invariant 3 of registry.h: whatever is bound to a group that is written anew goes with it.
void RegistryBuilder::touch_bound() {
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    const SubjectKey key = groups_[i];
    const ServiceRange services = old_.services(key);
    for (std::size_t s = 0; s < services.size(); ++s)
      touch(services[s].subject().number().subject());
    for (std::size_t layer = 0; layer <= old_.layers_.size(); ++layer) {
      const Bonds& bonds = layer < old_.layers_.size() ? old_.layers_[layer]->bonds
                                                       : old_.base_bonds_->of(*old_.base_);
      bonds.for_each_bound_to(key, [&](SubjectKey bound) {
        if (old_.is_current(layer, bound)) touch(bound);
      });
    }
  }
}

void RegistryBuilder::keep_subjects(SubjectKey key) {
  const Snapshot& snapshot = old_.owner_of(key);
  const GroupRows rows = group_rows(snapshot, key);
  for (std::uint32_t i = 0; i < rows.subject_count; ++i) {
    const SubjectView subject = snapshot.subject(rows.first_subject + i);
    if (!subject.is_recorded()) continue;
    if (!is_test_identity(subject.id())) --named_subjects_;
    if (subjects_.contains(subject.id())) continue;
    writer_.add(record_of(subject));
    subject_ids_.insert(subject.id());
  }
}

Result<void> RegistryBuilder::keep_services(SubjectKey key) {
  const ServiceRange services = old_.services(key);
  for (std::size_t i = 0; i < services.size(); ++i) {
    if (services_.contains(services[i].id())) continue;
    ServiceRecord record = record_of(services[i]);
    if (record.subject_id && !subject_ids_.contains(*record.subject_id))
      return contradiction("service", record.id, record.number,
                           "is bound to subject " + std::to_string(*record.subject_id) +
                               ", which the batch deletes: delete or rebind both in one batch");
    writer_.add(record);
  }
  return {};
}

Result<void> RegistryBuilder::add_services() {
  for (const auto& [id, record] : services_) {
    if (record == nullptr) continue;
    if (!record->subject_id || subject_ids_.contains(*record->subject_id)) {
      writer_.add(*record);
      continue;
    }
    // As in a build: where there are no subjects at all, the number tells whose a service is.
    if (named_subjects_ > 0)
      return contradiction("service", id, record->number,
                           "names subject " + std::to_string(*record->subject_id) +
                               ", which the registry does not have");
    ServiceRecord unbound = *record;
    unbound.subject_id.reset();
    writer_.add(unbound);
  }
  return {};
}

void RegistryBuilder::copy_group(const Snapshot& snapshot, SubjectKey key) {
  const GroupRows rows = group_rows(snapshot, key);
  for (std::uint32_t i = 0; i < rows.subject_count; ++i) {
    const SubjectView subject = snapshot.subject(rows.first_subject + i);
    if (subject.is_recorded()) writer_.add(record_of(subject));
  }
  for (std::size_t i = 0; i < rows.services.size(); ++i) writer_.add(record_of(rows.services[i]));
}

// Takes in the newest overlays until those that stay are of higher levels than the new one: so each
// record is copied a bounded number of times, and there are never more overlays than levels.
void RegistryBuilder::merge_overlays() {
  std::size_t level = level_of(writer_.services() + owned_.size());
  for (const auto& layer : old_.layers_) {
    if (level_of(weight_of(*layer)) > level) break;
    ++merged_layers_;
    layer->owned.for_each([&](SubjectKey key) {
      if (owned_.insert(key).second) copy_group(*layer->snapshot, key);
    });
    level = std::max(level, level_of(writer_.services() + owned_.size()));
  }
}

// Null when nothing is left to say: groups that are empty need a mark only over older layers.
Result<std::shared_ptr<const Layer>> RegistryBuilder::make_layer() {
  SealOptions seal;
  seal.serial = info_.serial;
  seal.as_of = info_.as_of;
  auto bytes = std::move(writer_).to_bytes(seal);
  if (!bytes) return make_error(bytes.error().kind, "delta: " + bytes.error().message);
  auto snapshot = Snapshot::from_bytes(std::move(*bytes));
  if (!snapshot) return make_error(ErrorKind::kInternal, snapshot.error().message);
  const auto is_below = [&](SubjectKey key) {
    for (std::size_t layer = merged_layers_; layer < old_.layers_.size(); ++layer)
      if (old_.layers_[layer]->owned.contains(key)) return true;
    return old_.base_->find_subject(key).has_value();
  };
  std::vector<SubjectKey> owned;
  for (const SubjectKey key : owned_)
    if ((*snapshot)->find_subject(key) || is_below(key)) owned.push_back(key);
  if (owned.empty()) return std::shared_ptr<const Layer>();
  const auto layer = std::make_shared<Layer>();
  layer->snapshot = std::move(*snapshot);
  layer->owned = KeySet(owned);
  layer->bonds.scan(*layer->snapshot);
  return std::shared_ptr<const Layer>(layer);
}

// Adds what `registry` holds of the groups to the counts; `sign` -1 takes it away.
void RegistryBuilder::count_groups(const Registry& registry, std::uint64_t sign) {
  for (const SubjectKey key : groups_) {
    const GroupRows rows = group_rows(registry.owner_of(key), key);
    info_.subjects += sign * rows.subject_count;
    info_.services += sign * rows.services.size();
    for (std::size_t i = 0; i < rows.services.size(); ++i) {
      const ServiceView service = rows.services[i];
      info_.services_by_kind[static_cast<std::size_t>(service.number().kind())] += sign;
      info_.services_by_status[static_cast<std::size_t>(service.status())] += sign;
    }
  }
}

Result<std::shared_ptr<const Registry>> RegistryBuilder::build() {
  touch_changed();
  touch_bound();
  named_subjects_ = old_.named_subjects_;
  for (const SubjectKey key : groups_) keep_subjects(key);
  for (const auto& [id, record] : subjects_) {
    if (record == nullptr) continue;
    writer_.add(*record);
    subject_ids_.insert(id);
  }
  for (const std::uint64_t id : subject_ids_)
    if (!is_test_identity(id)) ++named_subjects_;
  for (const SubjectKey key : groups_)
    if (auto kept = keep_services(key); !kept) return kept.error();
  if (auto added = add_services(); !added) return added.error();
  merge_overlays();
  auto layer = make_layer();
  if (!layer) return layer.error();

  const std::shared_ptr<Registry> made(new Registry);
  made->base_ = old_.base_;
  made->base_bonds_ = old_.base_bonds_;
  made->named_subjects_ = named_subjects_;
  if (*layer) made->layers_.push_back(std::move(*layer));
  made->layers_.insert(made->layers_.end(),
                       old_.layers_.begin() + static_cast<std::ptrdiff_t>(merged_layers_),
                       old_.layers_.end());
  BEIAN_ASSERT(made->layers_.size() < limits::kRegistryLayersMax);
  count_groups(old_, ~std::uint64_t{0});
  count_groups(*made, 1);
  info_.overlays = static_cast<std::uint32_t>(made->layers_.size());
  info_.overlay_services = 0;
  for (const auto& overlay : made->layers_)
    info_.overlay_services += overlay->snapshot->info().services;
  made->info_ = info_;
  return std::shared_ptr<const Registry>(made);
}

Result<std::shared_ptr<const Registry>> apply(const std::shared_ptr<const Registry>& registry,
                                              const DeltaBatch& batch) {
  return cache::apply(registry, std::span(&batch, 1));
}

Result<std::shared_ptr<const Registry>> apply(const std::shared_ptr<const Registry>& registry,
                                              std::span<const DeltaBatch> batches) {
  std::shared_ptr<const Registry> reached = registry;
  while (!batches.empty()) {
    RegistryBuilder builder(*reached);
    std::size_t count = 0;
    while (count < batches.size() && (count == 0 || builder.can_add(batches[count])))
      if (auto added = builder.add(batches[count++]); !added) return added.error();
    auto built = builder.build();
    if (!built) return built.error();
    reached = std::move(*built);
    batches = batches.subspan(count);
  }
  return reached;
}

}  // namespace beian::cache
