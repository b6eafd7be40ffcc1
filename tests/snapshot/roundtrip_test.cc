// What goes into a writer comes out of the snapshot, whatever the order of the feed.
#include <algorithm>

#include "cache/snapshot/test_identities.h"
#include "tests/snapshot/support.h"

namespace beian::cache::test {
namespace {

void expect_holds(const Snapshot& snapshot, const Registry& registry) {
  ASSERT_EQ(snapshot.info().services, registry.services.size());
  for (const SubjectRecord& record : registry.subjects) {
    const auto view = snapshot.by_subject_id(record.id);
    ASSERT_TRUE(view) << record.id;
    EXPECT_EQ(describe(*view), describe(record));
    EXPECT_TRUE(view->is_recorded());
  }
  for (const ServiceRecord& record : registry.services) {
    const auto view = snapshot.by_service_id(record.id);
    ASSERT_TRUE(view) << record.id;
    EXPECT_EQ(describe(*view), describe(record));
    if (record.subject_id) {
      EXPECT_EQ(view->subject().id(), *record.subject_id);
    } else {
      EXPECT_EQ(view->subject().number(), record.number.subject_number());
    }
  }
}

TEST(Roundtrip, EveryShapeOfFieldComesBackAsItWas) {
  const Registry registry = hand_made();
  const auto snapshot = open(build(registry));
  expect_holds(*snapshot, registry);
}

TEST(Roundtrip, ThousandsOfRandomRecordsComeBackAsTheyWere) {
  const Registry registry = random_registry(1, 4'000);
  const auto snapshot = open(build(registry));
  expect_holds(*snapshot, registry);
}

TEST(Roundtrip, AnEmptyRegistryIsASnapshot) {
  const auto snapshot = open(build({}));
  EXPECT_EQ(snapshot->info().services, 0U);
  EXPECT_EQ(snapshot->info().subjects, 0U);
  EXPECT_TRUE(snapshot->find(number_of("京ICP备2023000001号-2A").key()).empty());
  EXPECT_TRUE(snapshot->by_package("android", "cn.example.app").empty());
  EXPECT_FALSE(snapshot->by_service_id(1));
}

TEST(Roundtrip, SealStatesWhatTheWriterWasTold) {
  SealOptions options = seal();
  options.is_sealed = false;
  options.has_test_identities = true;
  const auto partial = open(build(hand_made(), options));
  EXPECT_EQ(partial->info().serial, 48'213U);
  EXPECT_EQ(partial->info().as_of, options.as_of);
  EXPECT_EQ(partial->info().next_update, options.next_update);
  EXPECT_FALSE(partial->info().is_sealed);
  EXPECT_TRUE(partial->info().has_test_identities);
  EXPECT_EQ(partial->info().signature, SignatureState::kUnsigned);

  options = seal();
  options.next_update.reset();
  const auto whole = open(build(hand_made(), options));
  EXPECT_TRUE(whole->info().is_sealed);
  EXPECT_FALSE(whole->info().next_update);
  EXPECT_FALSE(whole->info().has_test_identities);
}

TEST(Roundtrip, CountsAreByKindAndStatus) {
  const auto snapshot = open(build(hand_made()));
  const SnapshotInfo& info = snapshot->info();
  EXPECT_EQ(info.subjects, 3U) << "two recorded, one implied";
  EXPECT_EQ(info.services_by_kind, (std::array<std::uint64_t, 5>{0, 1, 1, 1, 1}));
  EXPECT_EQ(info.services_by_status[static_cast<std::size_t>(Status::kFiled)], 1U);
  EXPECT_EQ(info.services_by_status[static_cast<std::size_t>(Status::kUnknown)], 3U);
}

TEST(Roundtrip, BytesDoNotDependOnTheOrderOfTheFeed) {
  // The second is large enough for its steps to run on two threads, while one after them writes.
  for (const auto& [services, rounds] : {std::pair<std::size_t, int>{700, 5}, {20'000, 2}}) {
    Registry registry = random_registry(2, services);
    const std::string bytes = build(registry);
    std::mt19937 random(3);
    for (int round = 0; round < rounds; ++round) {
      std::shuffle(registry.subjects.begin(), registry.subjects.end(), random);
      std::shuffle(registry.services.begin(), registry.services.end(), random);
      EXPECT_TRUE(build(registry) == bytes);
    }
  }
}

TEST(Roundtrip, BytesDoNotDependOnWhatWasReplacedOrRemoved) {
  const Registry registry = random_registry(4, 300);
  const Registry others = random_registry(5, 300);  // the same ids with other contents
  SnapshotWriter writer;
  for (const SubjectRecord& record : others.subjects) writer.add(record);
  for (const ServiceRecord& record : others.services) writer.add(record);
  for (const ServiceRecord& record : others.services)
    if (record.id % 3 == 0) writer.remove_service(record.id);
  for (const SubjectRecord& record : registry.subjects) writer.add(record);
  for (const ServiceRecord& record : registry.services) writer.add(record);
  ServiceRecord extra = registry.services.front();
  extra.id = 1;
  writer.add(extra);
  writer.remove_service(extra.id);
  writer.remove_service(999'999);  // never existed
  EXPECT_EQ(writer.services(), registry.services.size());
  EXPECT_EQ(writer.subjects(), registry.subjects.size());
  const auto bytes = std::move(writer).to_bytes(seal());
  ASSERT_TRUE(bytes) << bytes.error().message;
  EXPECT_TRUE(*bytes == build(registry));
}

TEST(Roundtrip, ASubjectIdThatNamesNothingEndsTheBuild) {
  Registry registry = hand_made();
  registry.services[1].subject_id = 404;
  SnapshotWriter writer;
  for (const SubjectRecord& record : registry.subjects) writer.add(record);
  for (const ServiceRecord& record : registry.services) writer.add(record);
  const auto bytes = std::move(writer).to_bytes(seal());
  ASSERT_FALSE(bytes);
  EXPECT_EQ(bytes.error().kind, ErrorKind::kBadInput);
  EXPECT_EQ(bytes.error().message,
            "service 5 (京ICP备2023000001号-3X) names subject 404, which the feed does not have");
}

TEST(Roundtrip, RemovingASubjectLeavesItsServicesWithoutOne) {
  const Registry registry = hand_made();
  SnapshotWriter writer;
  for (const SubjectRecord& record : registry.subjects) writer.add(record);
  for (const ServiceRecord& record : registry.services) writer.add(record);
  writer.remove_subject(registry.subjects[0].id);
  EXPECT_EQ(writer.subjects(), 1U);
  const auto bytes = std::move(writer).to_bytes(seal());
  ASSERT_FALSE(bytes);
  EXPECT_EQ(bytes.error().kind, ErrorKind::kBadInput);
}

// If the feed were treated as one that never had subjects, the numbers would say whose the services
// are, and they would stay.
TEST(Roundtrip, RemovingTheLastSubjectDoesToo) {
  const Registry registry = hand_made();
  SnapshotWriter writer;
  for (const SubjectRecord& record : registry.subjects) writer.add(record);
  for (const ServiceRecord& record : registry.services) writer.add(record);
  for (const SubjectRecord& record : registry.subjects) writer.remove_subject(record.id);
  EXPECT_EQ(writer.subjects(), 0U);
  const auto bytes = std::move(writer).to_bytes(seal());
  ASSERT_FALSE(bytes);
  EXPECT_EQ(bytes.error().kind, ErrorKind::kBadInput);
}

TEST(Roundtrip, AFeedOfServicesOnlyImpliesItsSubjectsByNumber) {
  Registry registry = hand_made();
  registry.subjects.clear();
  SnapshotWriter writer;
  add_test_identities(&writer);  // its subject does not make this a feed with subjects
  for (const ServiceRecord& record : registry.services) writer.add(record);
  const auto bytes = std::move(writer).to_bytes(seal());
  ASSERT_TRUE(bytes) << bytes.error().message;
  const auto snapshot = open(*bytes);
  const SubjectView subject = snapshot->by_service_id(4'134'047)->subject();
  EXPECT_FALSE(subject.is_recorded());
  EXPECT_EQ(canonical(subject.number()), "京ICP备2023000001号");
  EXPECT_FALSE(subject.sponsor());
}

TEST(Roundtrip, ATextTooLongForTheFileEndsTheBuild) {
  for (const std::size_t size : {65'535U, 65'536U}) {
    Registry registry = hand_made();
    registry.services[0].names = {{std::string(size, 'n')}};
    SnapshotWriter writer;
    for (const SubjectRecord& record : registry.subjects) writer.add(record);
    for (const ServiceRecord& record : registry.services) writer.add(record);
    const auto bytes = std::move(writer).to_bytes(seal());
    ASSERT_EQ(bytes.has_value(), size == 65'535U);
    if (bytes) {
      EXPECT_EQ(open(*bytes)->by_service_id(4'134'047)->names()[0].size(), size);
    } else {
      EXPECT_EQ(bytes.error().kind, ErrorKind::kBadInput);
    }
  }
}

struct BadRecord {
  const char* name;
  void (*spoil)(ServiceRecord*);
  const char* want;
};

TEST(Roundtrip, RecordsThatNoSnapshotCanHoldEndTheBuild) {
  const BadRecord rows[] = {
      {"no_serial", [](ServiceRecord* r) { r->number = r->number.subject_number(); },
       "service 4134047: its number has no serial"},
      {"range_backwards",
       [](ServiceRecord* r) { std::swap((*r->ips)[0].first, (*r->ips)[0].last); },
       "service 4134047: an IP range that ends before it begins"},
      {"range_of_two_families", [](ServiceRecord* r) { (*r->ips)[0].last = (*r->ips)[2].last; },
       "service 4134047: an IP range that ends before it begins"},
      {"digest_of_no_algorithm",
       [](ServiceRecord* r) { (*(*r->platforms)[0].fingerprints)[0].size = 17; },
       "service 4134047: a fingerprint that is not MD5, SHA-1 or SHA-256"},
      {"too_many_digests", [](ServiceRecord* r) { (*r->platforms)[0].public_keys->resize(4'096); },
       "service 4134047: more than 4095 fingerprints or keys on one platform"},
  };
  for (const BadRecord& row : rows) {
    SCOPED_TRACE(row.name);
    Registry registry = hand_made();
    row.spoil(&registry.services[0]);
    SnapshotWriter writer;
    for (const SubjectRecord& record : registry.subjects) writer.add(record);
    for (const ServiceRecord& record : registry.services) writer.add(record);
    const auto bytes = std::move(writer).to_bytes(seal());
    ASSERT_FALSE(bytes);
    EXPECT_EQ(bytes.error().kind, ErrorKind::kBadInput);
    EXPECT_EQ(bytes.error().message, row.want);
  }
}

TEST(TestIdentities, AreThoseThatTheContractNames) {
  SnapshotWriter writer;
  add_test_identities(&writer);
  const auto bytes = std::move(writer).to_bytes(seal());
  ASSERT_TRUE(bytes) << bytes.error().message;
  const auto snapshot = open(*bytes);
  const auto one = [&](const char* text) {
    const ServiceRange found = snapshot->find(number_of(text).key());
    EXPECT_EQ(found.size(), 1U) << text;
    EXPECT_EQ(canonical(found[0].number()), text);
    return found[0];
  };
  const ServiceView pass = one("京ICP备2099000000号-1A");
  EXPECT_EQ(pass.subject().sponsor(), "测试主体（beian-gate）");
  EXPECT_EQ(pass.status(), Status::kFiled);
  EXPECT_EQ(pass.names()[0], "测试应用");
  EXPECT_EQ(pass.approved_on(), day(2023, 9, 20));
  EXPECT_EQ(pass.platform(0).os(), "android");
  EXPECT_EQ(pass.platform(0).package(), "cn.beian-gate.pass");
  EXPECT_EQ(one("京ICP备2099000000号-2A").status(), Status::kCancelled);
  EXPECT_EQ(one("京ICP备2099000000号-3A").limit_access(), true);
  EXPECT_EQ(one("京ICP备2099000000号-4A").status(), Status::kAuthorityReview);
  EXPECT_TRUE(one("京ICP备2099000000号-4A").submitted_on());
  one("京ICP备2099000000号-5");
  EXPECT_EQ(one("京ICP备2099000000号-6X").host_platform(), "wechat");
  one("京ICP备2099000000号-7K");
  EXPECT_TRUE(one("京ICP备2099000000号-8A").providers().is_known());
  EXPECT_TRUE(one("京ICP备2099000000号-8A").providers().empty());
  EXPECT_TRUE(snapshot->find(number_of("京ICP备2099000000号-99A").key()).empty());
  EXPECT_EQ(snapshot->info().services, 8U);
}

}  // namespace
}  // namespace beian::cache::test
