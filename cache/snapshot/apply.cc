// Applies delta batches to a registry and builds the registry that follows.
//
//   batches -> what each id is now -> numbers whose services and subjects this touches
//           -> their records, old and new, and the overlays that are merged -> one snapshot
//
// Tests: registry_test.cc (every answer against a full build), delta_test.cc (refusals),
// delta_groups_test.cc (batches together against batches one by one).
#include <algorithm>
#include <unordered_set>
#include <utility>

#include "cache/base/limits.h"
#include "cache/snapshot/delta.h"
#include "cache/snapshot/delta_changes.h"
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

// The level of an overlay, by what it holds. A registry has at most one overlay of each level.
std::size_t level_of(std::size_t weight) {
  if (weight <= limits::kNewestOverlayMax) return 0;
  return weight <= limits::kMiddleOverlayMax ? 1 : 2;
}

std::size_t weight_of(const Layer& layer) {
  return std::max(layer.filings.size(), layer.subjects.size());
}

}  // namespace

class RegistryBuilder {
 public:
  explicit RegistryBuilder(const Registry& registry)
      : old_(registry), info_(registry.info()), changes_(registry, registry.named_subjects_) {}

  bool can_add(const DeltaBatch& batch) const { return changes_.can_add(batch); }
  // `batch` must outlive the builder.
  [[nodiscard]] Result<void> add(const DeltaBatch& batch);
  [[nodiscard]] Result<std::shared_ptr<const Registry>> build();

 private:
  void find_touched();
  void write_subjects(SubjectKey key);
  void write_subjects_of(const ServiceRecord& record);
  void write_changed_subjects();
  [[nodiscard]] Result<void> write_service(const ServiceRecord& record);
  [[nodiscard]] Result<void> keep_services();
  [[nodiscard]] Result<void> add_services();
  std::size_t weight() const { return std::max(filings_.size(), subjects_.size()); }
  void merge_overlays();
  [[nodiscard]] Result<std::shared_ptr<const Layer>> make_layer();
  bool is_below(FilingKey key) const;
  bool is_below(SubjectKey key) const;
  bool has_services_below(SubjectKey key) const;
  bool must_own(SubjectKey key, const Snapshot& written) const;
  void count_changes(const Registry& made);

  const Registry& old_;
  RegistryInfo info_;  // of the new registry
  DeltaChanges changes_;

  // What the batches change; complete once find_touched() has returned.
  std::unordered_set<SubjectKey> changed_;  // numbers whose subjects change
  std::vector<FilingKey> touched_;          // numbers whose services are written anew, each once

  // What the new overlay says something of; grows while it is written.
  std::unordered_set<FilingKey> filings_;    // touched_, and the numbers of merged overlays
  std::unordered_set<SubjectKey> subjects_;  // numbers whose subjects, if any, have been written
  std::size_t merged_layers_ = 0;            // how many of the newest go into the new overlay
  SnapshotWriter writer_;
};

Result<void> RegistryBuilder::add(const DeltaBatch& batch) {
  if (batch.serial != info_.serial + 1)
    return conflict(batch, "the registry is at serial " + std::to_string(info_.serial));
  if (batch.previous != info_.chain)
    return conflict(batch, "it goes on from another history (" + to_hex(batch.previous) +
                               ") than the registry's (" + to_hex(info_.chain) + ")");
  if (batch.records.empty())
    return make_error(ErrorKind::kBadInput,
                      "delta batch " + std::to_string(batch.serial) + " is empty");
  if (const ServiceRecord* service = changes_.add(batch))
    return contradiction("service", service->id, service->number,
                         "names subject " + std::to_string(*service->subject_id) +
                             ", which the registry does not have");
  info_.serial = batch.serial;
  info_.as_of = batch.as_of;
  info_.next_update = batch.next_update;
  info_.chain = chain_after(batch);
  return {};
}

// Collects the numbers that a record leaves or comes to and, where a subject changes, the numbers
// of all its services (invariant 3 of registry.h).
void RegistryBuilder::find_touched() {
  for (const auto& [id, record] : changes_.subjects()) {
    if (const auto before = old_.by_subject_id(id)) changed_.insert(before->key());
    if (record != nullptr) changed_.insert(record->number.subject());
  }
  const auto touch = [&](FilingKey key) {
    if (filings_.insert(key).second) touched_.push_back(key);
  };
  for (const auto& [id, record] : changes_.services()) {
    if (const auto before = old_.by_service_id(id)) touch(before->key());
    if (record != nullptr) touch(record->number.key());
  }
  for (const SubjectKey key : changed_) {
    for (const ServiceView service : old_.services(key)) touch(service.key());
    for (std::size_t layer = 0; layer <= old_.layers_.size(); ++layer) {
      const Bonds& bonds = layer < old_.layers_.size() ? old_.layers_[layer]->bonds
                                                       : old_.base_bonds_->of(*old_.base_);
      bonds.for_each_bound_to(key, [&](FilingKey bound) {
        if (old_.is_current(layer, bound)) touch(bound);
      });
    }
  }
}

// Writes all recorded subjects of a number, except those that the batches name.
void RegistryBuilder::write_subjects(SubjectKey key) {
  if (!subjects_.insert(key).second) return;
  const Snapshot& snapshot = old_.subject_owner(key);
  const SubjectRows rows = subject_rows(snapshot, key);
  for (std::uint32_t i = 0; i < rows.subject_count; ++i) {
    const SubjectView subject = snapshot.subject(rows.first_subject + i);
    if (subject.is_recorded() && !changes_.subjects().contains(subject.id()))
      writer_.add(record_of(subject));
  }
}

// Writes the subjects of the service's own number, and of the number of the subject it is bound to.
void RegistryBuilder::write_subjects_of(const ServiceRecord& record) {
  write_subjects(record.number.subject());
  if (!record.subject_id || changes_.subjects().contains(*record.subject_id)) return;
  if (const auto subject = old_.by_subject_id(*record.subject_id)) write_subjects(subject->key());
}

void RegistryBuilder::write_changed_subjects() {
  for (const SubjectKey key : changed_) write_subjects(key);
  for (const auto& [id, record] : changes_.subjects())
    if (record != nullptr) writer_.add(*record);
}

// Writes a service as the registry will hold it: with the subject that its subject_id names.
Result<void> RegistryBuilder::write_service(const ServiceRecord& record) {
  if (record.subject_id && !changes_.leaves_subject(*record.subject_id))
    return contradiction("service", record.id, record.number,
                         "is bound to subject " + std::to_string(*record.subject_id) +
                             ", which the batch deletes: delete or rebind both in one batch");
  write_subjects_of(record);
  writer_.add(record);
  return {};
}

// Writes the services under touched numbers that the batches do not name.
Result<void> RegistryBuilder::keep_services() {
  for (const FilingKey key : touched_) {
    const ServiceRange services = old_.find(key);
    for (std::size_t i = 0; i < services.size(); ++i) {
      if (changes_.services().contains(services[i].id())) continue;
      if (auto kept = write_service(record_of(services[i])); !kept) return kept;
    }
  }
  return {};
}

Result<void> RegistryBuilder::add_services() {
  for (const auto& [id, record] : changes_.services()) {
    if (record == nullptr) continue;
    if (!changes_.named_nobody(id)) {
      if (auto added = write_service(*record); !added) return added;
      continue;
    }
    ServiceRecord unbound = *record;
    unbound.subject_id.reset();
    if (auto added = write_service(unbound); !added) return added;
  }
  return {};
}

// Takes in the newest overlays until all that remain are of a higher level than the new one: so
// each record is copied a bounded number of times, and there are never more overlays than levels.
void RegistryBuilder::merge_overlays() {
  std::size_t level = level_of(weight());
  for (const auto& layer : old_.layers_) {
    if (level_of(weight_of(*layer)) > level) break;
    ++merged_layers_;
    layer->filings.for_each([&](FilingKey key) {
      if (!filings_.insert(key).second) return;
      const ServiceRange services = layer->snapshot->find(key);
      for (std::size_t i = 0; i < services.size(); ++i) {
        const ServiceRecord record = record_of(services[i]);
        write_subjects_of(record);
        writer_.add(record);
      }
    });
    layer->subjects.for_each([&](SubjectKey key) { write_subjects(key); });
    level = std::max(level, level_of(weight()));
  }
}

bool RegistryBuilder::is_below(FilingKey key) const {
  for (std::size_t layer = merged_layers_; layer < old_.layers_.size(); ++layer)
    if (old_.layers_[layer]->filings.contains(key)) return true;
  return !old_.base_->find(key).empty();
}

bool RegistryBuilder::is_below(SubjectKey key) const {
  for (std::size_t layer = merged_layers_; layer < old_.layers_.size(); ++layer)
    if (old_.layers_[layer]->subjects.contains(key)) return true;
  return old_.base_->find_subject(key).has_value();
}

// Whether a service under this subject number still counts in an older layer.
bool RegistryBuilder::has_services_below(SubjectKey key) const {
  for (std::size_t layer = merged_layers_; layer <= old_.layers_.size(); ++layer) {
    const ServiceRange services = old_.snapshot_of(layer).services(key);
    for (std::size_t i = 0; i < services.size(); ++i) {
      const FilingKey number = services[i].key();
      if (!filings_.contains(number) && old_.is_current(layer, number)) return true;
    }
  }
  return false;
}

// Whether the new overlay must own a subject number: it holds a subject of that number, or marks
// that there is none any more. It must not while anything that older layers say of it still counts.
// (Where the subjects of a number have changed, all of its services and recorded subjects lie in
// the layer of that change or in newer ones.)
bool RegistryBuilder::must_own(SubjectKey key, const Snapshot& written) const {
  if (written.find_subject(key)) return true;
  if (has_services_below(key)) return false;
  const auto before = old_.find_subject(key);
  if (!changed_.contains(key) && before && before->is_recorded()) return false;
  return is_below(key);
}

// Null when nothing is left to say: what is gone needs a mark only over older layers.
Result<std::shared_ptr<const Layer>> RegistryBuilder::make_layer() {
  SealOptions seal;
  seal.serial = info_.serial;
  seal.as_of = info_.as_of;
  auto bytes = std::move(writer_).to_bytes(seal);
  if (!bytes) return make_error(bytes.error().kind, "delta: " + bytes.error().message);
  auto snapshot = Snapshot::from_bytes(std::move(*bytes));
  if (!snapshot) return make_error(ErrorKind::kInternal, snapshot.error().message);
  std::vector<FilingKey> filings;
  std::unordered_set<SubjectKey> candidates = subjects_;
  for (const FilingKey key : filings_) {
    candidates.insert(subject_key(key));
    if (!(*snapshot)->find(key).empty() || is_below(key)) filings.push_back(key);
  }
  std::vector<SubjectKey> subjects;
  for (const SubjectKey key : candidates)
    if (must_own(key, **snapshot)) subjects.push_back(key);
  if (filings.empty() && subjects.empty()) return std::shared_ptr<const Layer>();
  const auto layer = std::make_shared<Layer>();
  layer->snapshot = std::move(*snapshot);
  layer->filings = KeySet(filings);
  layer->subjects = KeySet(subjects);
  layer->bonds.scan(*layer->snapshot);
  return std::shared_ptr<const Layer>(layer);
}

// Counts by how much `made` has more or fewer than the old registry, under the numbers that the
// batches change: under all others they hold the same.
void RegistryBuilder::count_changes(const Registry& made) {
  const auto add = [&](const Registry& registry, FilingKey key, std::uint64_t sign) {
    const ServiceRange services = registry.find(key);
    info_.services += sign * services.size();
    for (std::size_t i = 0; i < services.size(); ++i) {
      info_.services_by_kind[static_cast<std::size_t>(services[i].kind())] += sign;
      info_.services_by_status[static_cast<std::size_t>(services[i].status())] += sign;
    }
  };
  const auto subjects = [](const Registry& registry, SubjectKey key) -> std::uint64_t {
    return subject_rows(registry.subject_owner(key), key).subject_count;
  };
  // A service may bring a subject with it, or take one along: where its number has none recorded.
  std::unordered_set<SubjectKey> numbers = changed_;
  for (const FilingKey key : touched_) {
    add(made, key, 1);
    add(old_, key, ~std::uint64_t{0});
    numbers.insert(subject_key(key));
  }
  for (const SubjectKey key : numbers) info_.subjects += subjects(made, key) - subjects(old_, key);
}

Result<std::shared_ptr<const Registry>> RegistryBuilder::build() {
  changes_.drop_unchanged_subjects();
  find_touched();
  write_changed_subjects();
  if (auto kept = keep_services(); !kept) return kept.error();
  if (auto added = add_services(); !added) return added.error();
  merge_overlays();
  auto layer = make_layer();
  if (!layer) return layer.error();

  const std::shared_ptr<Registry> made(new Registry);
  made->base_ = old_.base_;
  made->base_bonds_ = old_.base_bonds_;
  made->named_subjects_ = changes_.named_subjects();
  if (*layer) made->layers_.push_back(std::move(*layer));
  made->layers_.insert(made->layers_.end(),
                       old_.layers_.begin() + static_cast<std::ptrdiff_t>(merged_layers_),
                       old_.layers_.end());
  BEIAN_ASSERT(made->layers_.size() < limits::kRegistryLayersMax);
  count_changes(*made);
  info_.overlays = static_cast<std::uint32_t>(made->layers_.size());
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
