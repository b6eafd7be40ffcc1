#include "cache/snapshot/delta_changes.h"

#include <algorithm>

#include "cache/snapshot/record_of.h"
#include "cache/snapshot/test_identities.h"

namespace beian::cache {

bool DeltaChanges::can_add(const DeltaBatch& batch) const {
  if (has_taken_subject_) return false;
  const auto is_free = [&](std::uint64_t id, const SubjectRecord* record) {
    if (subjects_.contains(id)) return false;
    if (record != nullptr && bound_numbers_.contains(record->number.subject())) return false;
    const auto before = registry_.by_subject_id(id);
    return !before || !bound_numbers_.contains(before->key());
  };
  return std::ranges::all_of(batch.records, [&](const FeedRecord& record) {
    if (const auto* subject = std::get_if<SubjectRecord>(&record))
      return is_free(subject->id, subject);
    if (const auto* gone = std::get_if<RemoveSubject>(&record)) return is_free(gone->id, nullptr);
    return true;
  });
}

void DeltaChanges::note(const SubjectRecord* record, std::uint64_t id) {
  if (!is_test_identity(id)) {
    if (leaves_subject(id)) --named_subjects_;
    if (record != nullptr) ++named_subjects_;
  }
  subjects_[id] = record;
  if (record != nullptr) bound_numbers_.insert(record->number.subject());
  if (const auto before = registry_.by_subject_id(id)) {
    bound_numbers_.insert(before->key());
    has_taken_subject_ |= record == nullptr;
  }
}

const ServiceRecord* DeltaChanges::add(const DeltaBatch& batch) {
  for (const FeedRecord& record : batch.records) {
    if (const auto* subject = std::get_if<SubjectRecord>(&record)) {
      note(subject, subject->id);
    } else if (const auto* gone = std::get_if<RemoveSubject>(&record)) {
      note(nullptr, gone->id);
    } else if (const auto* service = std::get_if<ServiceRecord>(&record)) {
      services_[service->id] = service;
      named_nobody_.erase(service->id);
    } else {
      services_[std::get<RemoveService>(record).id] = nullptr;
    }
  }
  for (const FeedRecord& record : batch.records) {
    const auto* service = std::get_if<ServiceRecord>(&record);
    if (service == nullptr || services_[service->id] != service) continue;
    if (service->subject_id && leaves_subject(*service->subject_id)) continue;
    if (service->subject_id && named_subjects_ > 0) return service;
    if (service->subject_id) named_nobody_.insert(service->id);
    bound_numbers_.insert(service->number.subject());
  }
  return nullptr;
}

void DeltaChanges::drop_unchanged_subjects() {
  std::erase_if(subjects_, [&](const auto& change) {
    const auto before = registry_.by_subject_id(change.first);
    if (!before || change.second == nullptr) return !before && change.second == nullptr;
    return record_of(*before) == *change.second;
  });
}

bool DeltaChanges::leaves_subject(std::uint64_t id) const noexcept {
  const auto change = subjects_.find(id);
  if (change != subjects_.end()) return change->second != nullptr;
  return registry_.by_subject_id(id).has_value();
}

}  // namespace beian::cache
