// What consecutive delta batches make of each id: the last word on it. What becomes of the registry
// is not decided here. Part of apply.cc.
//
// What a batch may say depends on the registry it is applied to. So whatever a later batch could
// change the answer to is either settled when the batch is added, or ends the group (can_add()): as
// a group, batches have the same result as one by one, and are refused where one of them would be.
//
// Tests: delta_groups_test.cc.
//
// One thread. Registry and batches must outlive it.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <unordered_set>

#include "cache/snapshot/delta.h"
#include "cache/snapshot/registry.h"

namespace beian::cache {

class DeltaChanges {
 public:
  // `named_subjects`: how many the registry has, without the test identities.
  DeltaChanges(const Registry& registry, std::uint64_t named_subjects)
      : registry_(registry), named_subjects_(named_subjects) {}

  // Whether adding `batch` to those before it has the same result as applying it on top of them.
  // Not when a service that names no subject may already have found its own (invariant 4 of
  // registry.h) and this batch changes the subjects of its number; nor after a batch that deletes a
  // subject, whose services have to go with it and not later.
  bool can_add(const DeltaBatch& batch) const;
  // Adds the batch. Returns null if all is well; otherwise a service of the batch that names a
  // subject that does not exist, although subjects exist. Where there are none at all, it is as in
  // a build: the number tells whose the service is, whoever comes later.
  [[nodiscard]] const ServiceRecord* add(const DeltaBatch& batch);
  // Drops the changes of subjects that change nothing: feeds repeat a subject with each of its
  // services, and changing a subject rewrites all of its services.
  void drop_unchanged_subjects();

  // By id; null means deleted.
  const std::unordered_map<std::uint64_t, const SubjectRecord*>& subjects() const noexcept {
    return subjects_;
  }
  const std::unordered_map<std::uint64_t, const ServiceRecord*>& services() const noexcept {
    return services_;
  }
  // Whether a subject with this id will exist.
  bool leaves_subject(std::uint64_t id) const noexcept;
  // Whether the service's subject_id is ignored, because it named nobody.
  bool named_nobody(std::uint64_t service_id) const { return named_nobody_.contains(service_id); }
  // How many subjects there will be, without the test identities.
  std::uint64_t named_subjects() const noexcept { return named_subjects_; }

 private:
  void note(const SubjectRecord* record, std::uint64_t id);

  const Registry& registry_;
  std::unordered_map<std::uint64_t, const SubjectRecord*> subjects_;
  std::unordered_map<std::uint64_t, const ServiceRecord*> services_;
  std::unordered_set<SubjectKey> bound_numbers_;    // whose services may have found their subject
  std::unordered_set<std::uint64_t> named_nobody_;  // ids of services
  std::uint64_t named_subjects_;
  bool has_taken_subject_ = false;
};

}  // namespace beian::cache
