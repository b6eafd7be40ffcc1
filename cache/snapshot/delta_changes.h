// What delta batches that follow one another make of each id: the last word on it, and nothing of
// what becomes of the registry. Part of apply.cc.
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
  explicit DeltaChanges(const Registry& registry) : registry_(registry) {}

  // Whether adding `batch` to those before comes to the same as applying it on top of them. Not
  // where a service without subject_id may have found its subject (invariant 4 of registry.h)
  // before this batch changes the subjects of its number.
  bool can_add(const DeltaBatch& batch) const;
  void add(const DeltaBatch& batch);
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

 private:
  void note(const SubjectRecord* record, std::uint64_t id);

  const Registry& registry_;
  std::unordered_map<std::uint64_t, const SubjectRecord*> subjects_;
  std::unordered_map<std::uint64_t, const ServiceRecord*> services_;
  std::unordered_set<SubjectKey> bound_numbers_;  // where services may have found their subject
};

}  // namespace beian::cache
