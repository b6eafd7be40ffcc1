// Goal: batches applied together, however they are grouped, give exactly what they give one by one,
// and are refused exactly where one of them is refused on its own. This matters because following
// gates, gates that start from a copy, and publishers each group the same history their own way.
// Method: random batches over so few ids and numbers that everything collides, each first applied
// alone and compared with a naive twin, then in random groups from random places in the history.
#include <algorithm>
#include <map>

#include "cache/feed/render.h"
#include "cache/snapshot/delta.h"
#include "cache/snapshot/record_of.h"
#include "cache/snapshot/registry.h"
#include "cache/snapshot/test_identities.h"
#include "tests/snapshot/support.h"

namespace beian::cache::test {
namespace {

using RegistryPtr = std::shared_ptr<const cache::Registry>;

constexpr std::uint64_t kSubjectIds[] = {1, 2, 3, kTestIdentityFirst};
constexpr const char* kSubjectNumbers[] = {"京ICP备2023000001号", "京ICP备2023000002号",
                                           "京ICP证030173号"};

// The rules of FORMAT.md, applied to plain records.
struct Twin {
  std::map<std::uint64_t, SubjectRecord> subjects;
  std::map<std::uint64_t, ServiceRecord> services;

  bool has_subjects() const {
    return std::ranges::any_of(subjects, [](const auto& s) { return !is_test_identity(s.first); });
  }

  // False when the batch must be refused; the twin is unusable afterwards.
  bool add(const std::vector<FeedRecord>& records) {
    std::map<std::uint64_t, bool> is_new;
    for (const FeedRecord& record : records) {
      if (const auto* subject = std::get_if<SubjectRecord>(&record)) {
        subjects[subject->id] = *subject;
      } else if (const auto* gone = std::get_if<RemoveSubject>(&record)) {
        subjects.erase(gone->id);
      } else if (const auto* service = std::get_if<ServiceRecord>(&record)) {
        services[service->id] = *service;
        is_new[service->id] = true;
      } else {
        services.erase(std::get<RemoveService>(record).id);
      }
    }
    for (auto& [id, service] : services) {
      if (service.subject_id && !subjects.contains(*service.subject_id)) {
        if (!is_new[id] || has_subjects()) return false;
        service.subject_id.reset();
      }
      if (service.subject_id) continue;
      for (const auto& [subject_id, subject] : subjects) {
        if (subject.number.subject() != service.number.subject()) continue;
        service.subject_id = subject_id;
        break;
      }
    }
    return true;
  }

  Registry records() const {
    Registry out;
    for (const auto& [id, record] : subjects) out.subjects.push_back(record);
    for (const auto& [id, record] : services) out.services.push_back(record);
    return out;
  }
};

class RandomFeed {
 public:
  explicit RandomFeed(unsigned seed) : random_(seed) {}

  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(random_()) % bound; }

  // Half of the batches have no subject records, so that `subject_id` may refer to nobody.
  std::vector<FeedRecord> batch() {
    std::vector<FeedRecord> records;
    const bool has_subjects = below(2) == 0;
    for (std::size_t count = 1 + below(3); count > 0; --count) {
      const std::size_t dice = below(10);
      if (has_subjects && dice < 4)
        records.emplace_back(subject());
      else if (has_subjects && dice < 6)
        records.emplace_back(RemoveSubject{kSubjectIds[below(4)]});
      else if (dice < 9)
        records.emplace_back(service());
      else
        records.emplace_back(RemoveService{11 + below(4)});
    }
    return records;
  }

 private:
  SubjectRecord subject() {
    SubjectRecord record;
    record.id = kSubjectIds[below(4)];
    record.number = number_of(kSubjectNumbers[below(3)]);
    record.status = below(2) == 0 ? Status::kFiled : Status::kCancelled;
    return record;
  }
  ServiceRecord service() {
    ServiceRecord record;
    record.id = 11 + below(4);
    record.number = number_of(kSubjectNumbers[below(3)])
                        .with_service(static_cast<std::uint32_t>(1 + below(2)), Kind::kApp);
    if (below(3) != 0) record.subject_id = below(8) == 0 ? 99 : kSubjectIds[below(4)];
    return record;
  }

  std::mt19937 random_;
};

DeltaBatch batch_behind(std::uint64_t serial, const Sha256& chain,
                        std::vector<FeedRecord> records) {
  DeltaBatch batch;
  batch.serial = serial + 1;
  batch.as_of = seal().as_of + std::chrono::seconds{batch.serial};
  batch.previous = chain;
  batch.records = std::move(records);
  return batch;
}

std::string records_text(const SubjectRecord& record) {
  return to_ndjson(record) + "\n";
}
std::string records_text(const ServiceRecord& record) {
  return to_ndjson(record) + "\n";
}

// All records, in the order of ids.
std::string records_text(const Registry& records) {
  std::string out;
  for (const SubjectRecord& record : records.subjects) out += records_text(record);
  for (const ServiceRecord& record : records.services) out += records_text(record);
  return out;
}

std::string records_text(const cache::Registry& registry) {
  std::map<std::uint64_t, std::string> subjects;
  std::map<std::uint64_t, std::string> services;
  for (const std::uint64_t id : kSubjectIds)
    if (const auto view = registry.by_subject_id(id)) subjects[id] = records_text(record_of(*view));
  std::string out;
  for (std::uint64_t id = 11; id < 15; ++id)
    if (const auto view = registry.by_service_id(id)) services[id] = records_text(record_of(*view));
  for (const auto& [id, text] : subjects) out += text;
  for (const auto& [id, text] : services) out += text;
  std::size_t count = 0;
  registry.for_each_record([&](const auto&) { ++count; });
  EXPECT_EQ(count, subjects.size() + services.size());
  return out;
}

std::string position_of(const cache::Registry& registry) {
  const RegistryInfo& info = registry.info();
  return std::to_string(info.serial) + " " + to_hex(info.chain) + " " + format_instant(info.as_of) +
         " " + std::to_string(info.subjects) + " " + std::to_string(info.services) + "\n";
}

// A registry after each batch of a history, and the batches between them.
struct History {
  std::vector<RegistryPtr> registries;
  std::vector<DeltaBatch> batches;

  // From one of the registries to the last, in random groups.
  void compare(RandomFeed* random) const {
    const std::size_t from = random->below(batches.size());
    RegistryPtr registry = registries[from];
    std::string groups = "from " + std::to_string(from) + " by";
    for (std::size_t at = from; at < batches.size();) {
      const std::size_t count = 1 + random->below(batches.size() - at);
      groups += " " + std::to_string(count);
      const auto applied = cache::apply(registry, std::span(batches).subspan(at, count));
      ASSERT_TRUE(applied) << groups << ": " << applied.error().message;
      registry = *applied;
      at += count;
      ASSERT_EQ(position_of(*registry) + records_text(*registry),
                position_of(*registries[at]) + records_text(*registries[at]))
          << groups;
    }
  }

  // A batch that is refused after the last registry is also refused together with batches before
  // and after it.
  void expect_refused(const DeltaBatch& batch, RandomFeed* random) const {
    const std::size_t from = random->below(registries.size());
    std::vector<DeltaBatch> group(batches.begin() + static_cast<std::ptrdiff_t>(from),
                                  batches.end());
    group.push_back(batch);
    for (std::size_t count = random->below(3); count > 0; --count)
      group.push_back(
          batch_behind(group.back().serial, chain_after(group.back()), random->batch()));
    EXPECT_FALSE(cache::apply(registries[from], group)) << "from " << from;
  }
};

TEST(DeltaGroups, ComeToWhatTheirBatchesComeToOneByOne) {
  std::size_t refused = 0;
  for (unsigned seed = 1; seed <= 600; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomFeed random(seed);
    Twin twin;
    if (random.below(3) != 0 && !twin.add(random.batch())) continue;
    History history;
    history.registries.push_back(cache::Registry::over(open(build(twin.records()))));
    for (int i = 0; i < 12; ++i) {
      const RegistryPtr registry = history.registries.back();
      const DeltaBatch batch = batch_behind(registry->serial(), registry->chain(), random.batch());
      Twin after = twin;
      const bool is_good = after.add(batch.records);
      const auto applied = cache::apply(registry, batch);
      ASSERT_EQ(applied.has_value(), is_good) << "batch " << i;
      if (!is_good) {
        history.expect_refused(batch, &random);
        ++refused;
        continue;
      }
      ASSERT_EQ(records_text(**applied), records_text(after.records())) << "batch " << i;
      history.registries.push_back(*applied);
      history.batches.push_back(batch);
      twin = std::move(after);
    }
    for (int i = 0; i < 4 && !history.batches.empty(); ++i) history.compare(&random);
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(refused, 400U);
}

}  // namespace
}  // namespace beian::cache::test
