// The naive twin of delta batches: a registry as plain records in maps, and random batches on it.
// The contents of records come from a pool; ids, numbers and bonds are drawn here. Tests only.
#pragma once

#include <map>
#include <random>
#include <set>

#include "cache/snapshot/delta.h"
#include "cache/snapshot/registry.h"
#include "tests/snapshot/support.h"

namespace beian::cache::test {

class DeltaModel {
 public:
  DeltaModel(unsigned seed, Registry pool);

  // All records, with services bound as registry.h says (4).
  Registry records() const;
  // Changes the model by about `changes` records and returns them as the records of a batch:
  // upserts that move numbers and bonds, new records, deletes, deletes of what does not exist, and
  // subjects that are cancelled, move, or are removed with their services.
  std::vector<FeedRecord> change(std::size_t changes);

  const Registry& pool() const { return pool_; }
  const std::set<std::uint64_t>& ids() const { return ids_; }         // ever used
  const std::set<SubjectKey>& subject_keys() const { return keys_; }  // all ever used

 private:
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(random_()) % bound; }
  bool percent(std::size_t chance) { return below(100) < chance; }
  template <class Map>
  std::uint64_t some_id(const Map& map);  // one of the map's, or a new one
  void put_subject(std::vector<FeedRecord>* out);
  void put_service(std::vector<FeedRecord>* out);
  void remove_subject(std::vector<FeedRecord>* out);
  void remove_service(std::vector<FeedRecord>* out);
  void put(const SubjectRecord& record, std::vector<FeedRecord>* out);
  void put(const ServiceRecord& record, std::vector<FeedRecord>* out);
  const SubjectRecord* subject_of(SubjectKey key) const;  // the first with that number
  void bind();

  std::mt19937_64 random_;
  Registry pool_;
  std::map<std::uint64_t, SubjectRecord> subjects_;
  std::map<std::uint64_t, ServiceRecord> services_;
  std::set<std::pair<SubjectKey, std::uint64_t>> by_number_;  // subjects
  std::uint64_t next_id_ = 100;
  std::set<std::uint64_t> ids_;
  std::set<SubjectKey> keys_;
};

// Where any look-up differs between `registry` and the snapshot built from the same records; empty
// if none does. Asks for everything that the model's pool holds or has held.
std::string difference(const cache::Registry& registry, const Snapshot& twin,
                       const DeltaModel& model);

}  // namespace beian::cache::test
