// What delta batches that follow one another make of each id: the last word on it, and nothing of
// what becomes of the registry. Part of apply.cc.
//
// What one batch may say hangs on the registry that it comes to. So whatever a later batch could
// change the answer to is asked when the batch is added, or else ends the group (can_add): batches
// together come to what they come to one by one, and are refused where one of them is.
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

  // Whether adding `batch` to those before comes to the same as applying it on top of them. Not
  // where a service that names no subject may have found its own (invariant 4 of registry.h) before
  // this batch changes the subjects of its number; nor behind a batch that takes a subject away,
  // whose services have to go with it and not later.
  bool can_add(const DeltaBatch& batch) const;
  // Returns a service of the batch that names a subject which there is not, although there are
  // subjects, or null: then all is well. Where there are none at all, it is as in a build: the
  // number tells whose the service is, whoever comes later.
  [[nodiscard]] const ServiceRecord* add(const DeltaBatch& batch);
  // Takes out the subjects that are said to be what they are: feeds name a subject with each of its
  // services, and a changed subject takes all of them along.
  void drop_unchanged_subjects();

  // By id; null: it goes.
  const std::unordered_map<std::uint64_t, const SubjectRecord*>& subjects() const noexcept {
    return subjects_;
  }
  const std::unordered_map<std::uint64_t, const ServiceRecord*>& services() const noexcept {
    return services_;
  }
  // Whether there will be such a subject.
  bool leaves_subject(std::uint64_t id) const noexcept;
  // Whether the service's subject_id counts for nothing, since it named nobody.
  bool named_nobody(std::uint64_t service_id) const { return named_nobody_.contains(service_id); }
  // How many subjects there will be, without the test identities.
  std::uint64_t named_subjects() const noexcept { return named_subjects_; }

 private:
  void note(const SubjectRecord* record, std::uint64_t id);

  const Registry& registry_;
  std::unordered_map<std::uint64_t, const SubjectRecord*> subjects_;
  std::unordered_map<std::uint64_t, const ServiceRecord*> services_;
  std::unordered_set<SubjectKey> bound_numbers_;    // where services may have found their subject
  std::unordered_set<std::uint64_t> named_nobody_;  // services
  std::uint64_t named_subjects_;
  bool has_taken_subject_ = false;
};

}  // namespace beian::cache
