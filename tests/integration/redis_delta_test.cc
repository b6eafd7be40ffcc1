// Deltas published to a real redis-server, compaction, and whom a publisher trusts.
#include <gmock/gmock.h>

#include "cache/snapshot/compact.h"
#include "cache/snapshot/format.h"
#include "tests/integration/publishing.h"

namespace beian::cache {
namespace {

using beian::test::ask;
using test::go_on;
using test::kAnybody;
using test::kNow;
using test::Publishing;
using testing::HasSubstr;

// --- deltas ---

TEST_F(Publishing, ADeltaIsPublishedOnceHoweverOftenItIsSent) {
  ASSERT_TRUE(publish(snapshot(7, 1)));
  const auto first = delta(feed("2026-01-02", 3));
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(first->serial, 8U);
  EXPECT_EQ(first->batches, 1U);
  const auto again = delta(feed("2026-01-02", 3));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->serial, 8U);
  EXPECT_EQ(again->batches, 0U);
  EXPECT_EQ(again->batches_known, 1U);
  EXPECT_EQ(status().batches, 1U);
}

TEST_F(Publishing, ALongFeedBecomesContiguousBatchesAndGoesOnWhenItWasCut) {
  ASSERT_TRUE(publish(snapshot(7, 1)));
  const std::size_t records = 2 * limits::kPublishBatchRecords + 1;
  const auto whole = delta(feed("long", records));
  ASSERT_TRUE(whole) << whole.error().message;
  EXPECT_EQ(whole->batches, 3U);
  const RegistryStatus seen = status();
  EXPECT_EQ(seen.first_batch, 8U);
  EXPECT_EQ(seen.last_batch, 10U);
  // The same feed, with one batch that is not known to be published.
  ask(*client, {"ZREM", keys.feeds(), "long/2-3"});
  const auto again = delta(feed("long", records));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->batches, 1U);
  EXPECT_EQ(again->batches_known, 2U);
}

// A filing is restricted, released and restricted again, so the third feed equals the first byte
// for byte. It must not be taken for the first one sent again.
TEST_F(Publishing, AnIdOfItsRecordsTellsAFeedOnlyWhileItHolds) {
  ASSERT_TRUE(publish(snapshot(7, 1)));
  const auto feed_of = [](bool is_restricted) {
    ServiceRecord service;
    service.id = 900'000'001;
    service.number = parse_number("京ICP备2024000001号-1A").number;
    service.status = Status::kFiled;
    service.limit_access = is_restricted;
    service.ips.emplace().push_back(*parse_ip_range("192.0.2.0/24"));
    DeltaFeed made{"", kNow, std::nullopt, {service, RemoveService{42}}, true};
    made.id = feed_id_of(made.records);
    return made;
  };
  ASSERT_TRUE(delta(feed_of(true)));
  const auto again = delta(feed_of(true));
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->batches_known, 1U) << "nothing is lost by that";
  ASSERT_TRUE(delta(feed_of(false)));
  const auto third = delta(feed_of(true));
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().kind, ErrorKind::kBadInput);
  EXPECT_THAT(third.error().message, HasSubstr("was published before (serial 8)"));
  EXPECT_THAT(third.error().message, HasSubstr("--feed-id"));
  DeltaFeed named = feed_of(true);
  named.id = "named";
  named.is_id_of_records = false;
  const auto published = delta(named);
  ASSERT_TRUE(published) << published.error().message;
  EXPECT_EQ(published->serial, 10U);
}

TEST_F(Publishing, ALateFeedDoesNotSetTheRegistryBack) {
  ASSERT_TRUE(publish(snapshot(7, 1)));
  DeltaFeed today = feed("today", 1);
  today.next_update = kNow + std::chrono::hours{24};
  ASSERT_TRUE(delta(today));
  DeltaFeed late = feed("late", limits::kPublishBatchRecords + 1, 10);
  late.as_of = kNow - std::chrono::hours{72};
  late.next_update = kNow - std::chrono::hours{48};
  const auto published = delta(late);
  ASSERT_TRUE(published) << published.error().message;
  EXPECT_EQ(published->batches, 2U);
  EXPECT_EQ(published->as_of, kNow);
  const auto read = fetch_registry(client.get(), keys, kAnybody, folder.path(""), &go_on);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->registry->info().as_of, kNow);
  EXPECT_EQ(read->registry->info().next_update, today.next_update);
  DeltaFeed later = feed("later", 1);
  later.as_of = kNow + std::chrono::hours{1};
  EXPECT_EQ(delta(later)->as_of, later.as_of);
}

// Services arrive before the subjects they name, and are removed after them, in different batches.
TEST_F(Publishing, ALongFeedMayComeInAnyOrder) {
  ASSERT_TRUE(publish(snapshot(7, 1)));
  DeltaFeed come{"come", kNow, std::nullopt, {}};
  DeltaFeed go{"go", kNow, std::nullopt, {}};
  const DeltaFeed subjects = feed("", limits::kPublishBatchRecords + 1);
  for (const FeedRecord& record : subjects.records) {
    const auto& subject = std::get<SubjectRecord>(record);
    ServiceRecord service;
    service.id = subject.id;
    service.subject_id = subject.id;
    service.number = parse_number(canonical(subject.number) + "-1A").number;
    service.status = Status::kFiled;
    come.records.emplace_back(std::move(service));
    go.records.emplace_back(RemoveSubject{subject.id});
  }
  come.records.insert(come.records.end(), subjects.records.begin(), subjects.records.end());
  for (const FeedRecord& record : subjects.records)
    go.records.emplace_back(RemoveService{std::get<SubjectRecord>(record).id});
  const auto came = delta(come);
  ASSERT_TRUE(came) << came.error().message;
  EXPECT_EQ(came->batches, 3U);
  const auto gone = delta(go);
  ASSERT_TRUE(gone) << gone.error().message;
  const auto read = fetch_registry(client.get(), keys, kAnybody, folder.path(""), &go_on);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->registry->info().services, 2'000U);
}

TEST_F(Publishing, TwoPublishersOfDeltasShareOneSequence) {
  ASSERT_TRUE(publish(snapshot(7, 1)));
  auto fetched = fetch_registry(client.get(), keys, kAnybody, folder.path(""), &go_on);
  ASSERT_TRUE(fetched);
  const auto rival = beian::test::client_of(redis->url());
  DeltaPublisher one(client.get(), options(), *fetched);
  DeltaPublisher other(rival.get(), options(), *fetched);
  for (std::size_t i = 0; i < 5; ++i) {
    ASSERT_TRUE(one.publish(feed("one" + std::to_string(i), 1, 10 * i + 1)));
    const auto published = other.publish(feed("other" + std::to_string(i), 1, 10 * i + 2));
    ASSERT_TRUE(published) << published.error().message;
  }
  EXPECT_EQ(status().tip->serial, 17U);
  EXPECT_EQ(status().batches, 10U);
  const auto read = fetch_registry(client.get(), keys, kAnybody, folder.path(""), &go_on);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->registry->serial(), 17U);
}

TEST_F(Publishing, ADeltaOnWhatIsNotPublishedAnyMoreIsRefused) {
  ASSERT_TRUE(publish(snapshot(7, 1)));
  auto fetched = fetch_registry(client.get(), keys, kAnybody, folder.path(""), &go_on);
  ASSERT_TRUE(fetched);
  ASSERT_TRUE(publish(snapshot(9, 2)));
  DeltaPublisher stale(client.get(), options(), std::move(*fetched));
  const auto refused = stale.publish(feed("x", 1));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kConflict);
  EXPECT_EQ(status().batches, 0U);
}

TEST_F(Publishing, AContradictionIsThePublishersErrorAndIsNotPublished) {
  ASSERT_TRUE(publish(snapshot(7, 1)));
  DeltaFeed wrong = feed("wrong", 1);
  ServiceRecord service;
  service.id = 1;
  service.subject_id = 424'242'424'242;
  service.number = parse_number("京ICP备2024000001号-1A").number;
  service.status = Status::kFiled;
  wrong.records.emplace_back(std::move(service));
  const auto refused = delta(wrong);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kBadInput);
  EXPECT_THAT(refused.error().message, HasSubstr("feed wrong"));
  EXPECT_EQ(status().batches, 0U);
  EXPECT_EQ(status().tip->serial, 7U);
  EXPECT_FALSE(delta(feed("empty", 0)));
  EXPECT_FALSE(delta(feed("", 1)));
}

// A batch that gates refuse would stop all of them, and publishers too.
TEST_F(Publishing, WhatNoGateWouldTakeIsThePublishersError) {
  ASSERT_TRUE(publish(snapshot(7, 1)));
  DeltaFeed odd_id = feed("\xC3\xBF\xC8\xD5", 1);  // in GBK
  DeltaFeed odd_time = feed("next update", 1);
  odd_time.next_update = Instant{std::chrono::seconds{format::kInstantEnd}};
  DeltaFeed odd_record = feed("record", 1);
  std::get<SubjectRecord>(odd_record.records[0]).updated_at = odd_time.next_update;
  const std::pair<DeltaFeed, const char*> rows[] = {{odd_id, "a feed id that is not UTF-8"},
                                                    {odd_time, "at byte 32: no such time"},
                                                    {odd_record, "/updated_at: not a time"}};
  const SigningKey key = SigningKey::generate();
  PublisherOptions by_key = options();
  by_key.key = &key;
  for (const PublisherOptions& by : {options(), by_key})
    for (const auto& [wrong, why] : rows) {
      const auto refused = delta(wrong, by);
      ASSERT_FALSE(refused) << why;
      EXPECT_EQ(refused.error().kind, ErrorKind::kBadInput);
      EXPECT_THAT(refused.error().message, HasSubstr("no gate would take it: "));
      EXPECT_THAT(refused.error().message, HasSubstr(why));
    }
  EXPECT_EQ(status().batches, 0U);
  EXPECT_TRUE(delta(feed("good", 1), by_key));
}

// Redis remembers the ids of deleted entries. Method: somebody else's entry is added and deleted.
TEST_F(Publishing, AStreamThatTakesNoBatchAnyMoreIsToldAndNothingIsChanged) {
  ASSERT_TRUE(publish(snapshot(7, 1)));
  for (const char* const last : {"8-0", "8-5"}) {
    ask(*client, {"XADD", keys.deltas(), last, "batch", "of nobody"});
    ask(*client, {"XDEL", keys.deltas(), last});
    const auto refused = delta(feed("today", 1));
    ASSERT_FALSE(refused) << last;
    EXPECT_EQ(refused.error().kind, ErrorKind::kConflict);
    EXPECT_THAT(
        refused.error().message,
        HasSubstr("takes no batch 8; set it back with XSETID {beian}:deltas 7-0, or publish"));
    EXPECT_EQ(status().tip->serial, 7U);
    EXPECT_EQ(status().feeds, 0U);
  }
  ask(*client, {"XSETID", keys.deltas(), "7-0"});
  EXPECT_TRUE(delta(feed("today", 1)));
  EXPECT_EQ(status().batches, 1U);
  ask(*client, {"XADD", keys.deltas(), "9-0", "batch", "of nobody"});
  ask(*client, {"XDEL", keys.deltas(), "9-0"});
  ASSERT_TRUE(publish(snapshot(9, 2)));
  EXPECT_TRUE(delta(feed("tomorrow", 1)));
}

// The same when the publisher's ACL does not let it look: the batch must not pass for published.
TEST_F(Publishing, AStreamThatTakesNoBatchIsNoSuccessWithoutTheRuleToLookEither) {
  ASSERT_TRUE(publish(snapshot(7, 1)));
  ask(*client, {"XADD", keys.deltas(), "8-0", "batch", "of nobody"});
  ask(*client, {"XDEL", keys.deltas(), "8-0"});
  ask(*client, {"ACL", "SETUSER", "default", "-xinfo"});
  const auto refused = delta(feed("today", 1));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kDamaged);
  EXPECT_THAT(refused.error().message, HasSubstr("publish a whole snapshot"));
}

TEST_F(Publishing, StatusTellsOfABatchOfAnotherEpoch) {
  const std::string path = snapshot(7, 1);
  ASSERT_TRUE(publish(path));
  ASSERT_TRUE(delta(feed("a", 1)));
  const Reply entries = ask(*client, {"XRANGE", keys.deltas(), "-", "+"});
  const std::string batch = entries.elements[0].elements[1].elements[1].text;
  PublisherOptions forced = options();
  forced.is_forced = true;
  ASSERT_TRUE(publish(path, forced));
  EXPECT_EQ(status().batch_problem, "");
  ask(*client, {"XADD", keys.deltas(), "8-0", "batch", batch});
  EXPECT_EQ(status().batch_problem, "{beian}:deltas 8-0: not of the history of serial 7");
}

// `registry status` reports what gates are waiting for.
TEST_F(Publishing, StatusTellsWhatDoesNotLeadToTheTip) {
  ASSERT_TRUE(publish(snapshot(7, 1)));
  EXPECT_EQ(status().batch_problem, "");
  for (const char* const id : {"a", "b", "c"}) ASSERT_TRUE(delta(feed(id, 1)));
  EXPECT_EQ(status().batch_problem, "");
  const std::string tip = ask(*client, {"GET", keys.tip()}).text;
  const struct {
    std::vector<RedisCommand> harm;
    const char* want;
  } rows[] = {
      {{{"SET", keys.tip(), "2" + tip.substr(1)}}, "the tip is of epoch 2, the head of epoch 1"},
      {{{"SET", keys.tip(), "1 9 " + tip.substr(5)}}, "the tip says serial 9, and what is there"},
      {{{"SET", keys.tip(), tip.substr(0, 5) + std::string(64, '0')}},
       "the tip is of another history than the batch of its serial"},
      {{{"XADD", keys.deltas(), "11-0", "batch", "x"}}, "11-0: delta batch damaged at byte 1"},
      {{{"XDEL", keys.deltas(), "11-0"}}, ""},
      {{{"XDEL", keys.deltas(), "9-0"}}, "batches are missing between the snapshot, serial 7"},
      {{{"XDEL", keys.deltas(), "8-0"}}, "batches are missing between the snapshot, serial 7"},
      {{{"XDEL", keys.deltas(), "10-0"}}, "serial 10, and what is there ends at serial 7"},
      {{{"SET", keys.tip(), "1 7 " + tip.substr(5)}}, "the tip is of another history than the"},
  };
  for (const auto& row : rows) {
    for (const RedisCommand& command : row.harm) ask(*client, command);
    EXPECT_THAT(status().batch_problem, HasSubstr(row.want));
    if (row.want[0] == '\0') {
      EXPECT_EQ(status().batch_problem, "");
    }
    if (row.harm[0][0] == "SET") ask(*client, {"SET", keys.tip(), tip});
  }
}

TEST_F(Publishing, NothingIsPublishedOnNothing) {
  const auto refused = delta(feed("x", 1));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kConflict);
  EXPECT_THAT(refused.error().message, HasSubstr("begin with `registry publish`"));
}

TEST_F(Publishing, CompactionKeepsTheHistoryGoing) {
  ASSERT_TRUE(publish(snapshot(7, 1)));
  ASSERT_TRUE(delta(feed("a", 2)));
  ASSERT_TRUE(delta(feed("b", 2, 100)));
  const auto fetched = fetch_registry(client.get(), keys, kAnybody, folder.path(""), &go_on);
  ASSERT_TRUE(fetched);
  const std::string path = folder.path("compacted");
  ASSERT_TRUE(compact(*fetched->registry, path, seal_of(*fetched->registry)));
  // A batch arrives while the compacted snapshot is being made.
  ASSERT_TRUE(delta(feed("c", 1, 200)));
  Publisher publisher(client.get(), options());
  const auto receipt = publisher.publish_compacted(path, fetched->position(), kNow, &go_on);
  ASSERT_TRUE(receipt) << receipt.error().message;
  EXPECT_EQ(receipt->serial, 9U);
  EXPECT_EQ(receipt->epoch, 1U);
  EXPECT_EQ(status().tip->serial, 10U);
  EXPECT_EQ(status().batches, 3U) << "who serves the snapshot before still finds its way";
  const auto read = fetch_registry(client.get(), keys, kAnybody, folder.path(""), &go_on);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->registry->serial(), 10U);
  EXPECT_EQ(read->registry->info().base_serial, 9U);
  const auto again = publisher.publish_compacted(path, fetched->position(), kNow, &go_on);
  ASSERT_FALSE(again);
  EXPECT_THAT(again.error().message, HasSubstr("there is nothing to compact"));
}

// A batch that was rolled back must not return through a snapshot compacted from it meanwhile, even
// though the new history has reached the same serial.
TEST_F(Publishing, ACompactionOfWhatWasTakenBackIsRefused) {
  ASSERT_TRUE(publish(snapshot(7, 1)));
  ASSERT_TRUE(delta(feed("bad", 1)));
  const auto fetched = fetch_registry(client.get(), keys, kAnybody, folder.path(""), &go_on);
  ASSERT_TRUE(fetched);
  const std::string path = folder.path("compacted");
  ASSERT_TRUE(compact(*fetched->registry, path, seal_of(*fetched->registry)));
  Publisher publisher(client.get(), options());
  ASSERT_TRUE(publisher.rollback(7, kNow, &go_on));
  for (std::size_t batches = 1; batches < 3; ++batches) {
    ASSERT_TRUE(delta(feed("good" + std::to_string(batches), 1, 100 * batches)));
    const RegistryStatus before = status();
    const auto refused = publisher.publish_compacted(path, fetched->position(), kNow, &go_on);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::kConflict);
    EXPECT_THAT(refused.error().message, HasSubstr("not published any more"));
    // Nor when the position names the current epoch, since its chain is another.
    const auto elsewhere = publisher.publish_compacted(
        path, {2, fetched->registry->serial(), fetched->registry->chain()}, kNow, &go_on);
    ASSERT_FALSE(elsewhere);
    EXPECT_THAT(elsewhere.error().message, HasSubstr("not published any more"));
    EXPECT_EQ(status().tip, before.tip);
    EXPECT_EQ(status().head_id, before.head_id);
  }
}

// --- trust ---

TEST_F(Publishing, OnlyWhatATrustedKeySignedIsPublishedOrBuiltUpon) {
  const SigningKey key = SigningKey::generate();
  const SigningKey other = SigningKey::generate();
  PublisherOptions by_key = options();
  by_key.key = &key;
  by_key.trust = {{key.public_key()}, false};
  PublisherOptions by_other = options();
  by_other.key = &other;
  by_other.trust = {{other.public_key()}, false};
  const auto kind = [](const auto& outcome) {
    return outcome ? ErrorKind{} : outcome.error().kind;
  };
  EXPECT_EQ(kind(publish(snapshot(7, 1), by_key)), ErrorKind::kUntrusted) << "unsigned file";
  EXPECT_EQ(kind(publish(snapshot(7, 1, 2'000, &other), by_key)), ErrorKind::kUntrusted);
  ASSERT_EQ(kind(publish(snapshot(7, 1, 2'000, &key), by_key)), ErrorKind{});
  EXPECT_EQ(kind(delta(feed("x", 1), by_other)), ErrorKind::kUntrusted);
  ASSERT_EQ(kind(delta(feed("x", 1), by_key)), ErrorKind{});
  ASSERT_EQ(kind(publish(snapshot(9, 2, 2'000, &key), by_key)), ErrorKind{});
  EXPECT_EQ(kind(Publisher(client.get(), by_other).rollback(7, kNow, &go_on)),
            ErrorKind::kUntrusted);
  PublisherOptions rotated = by_other;
  rotated.trust.keys.push_back(key.public_key());
  EXPECT_EQ(kind(Publisher(client.get(), rotated).rollback(7, kNow, &go_on)), ErrorKind{});
}

}  // namespace
}  // namespace beian::cache
