// Publishing to a real redis-server: what gates may rely on, whatever happens to the publisher.
#include <gmock/gmock.h>

#include "cache/base/file.h"
#include "cache/redis/delta_publisher.h"
#include "cache/redis/publisher.h"
#include "cache/redis/status.h"
#include "cache/snapshot/compact.h"
#include "tests/snapshot/support.h"
#include "tests/support/redis_process.h"

namespace beian::cache {
namespace {

using beian::test::ask;
using beian::test::RedisServer;
using beian::test::TemporaryFolder;
using testing::HasSubstr;

const Trust kAnybody{{}, true};
const Instant kNow = *parse_instant("2026-01-02T04:00:00Z");

bool go_on(std::uint64_t, std::uint64_t) {
  return true;
}

class Publishing : public testing::Test {
 protected:
  void SetUp() override {
    if (!RedisServer::is_installed()) GTEST_SKIP() << RedisServer::kMissing;
    redis = std::make_unique<RedisServer>();
    client = beian::test::client_of(redis->url());
  }

  // A snapshot of an invented world; other seeds make other worlds.
  std::string snapshot(std::uint64_t serial, unsigned seed, std::size_t services = 2'000,
                       const SigningKey* key = nullptr) {
    test::Registry registry = test::random_registry(seed, services);
    SealOptions options = test::seal();
    options.serial = serial;
    options.key = key;
    const std::string path = folder.path("s" + std::to_string(serial));
    EXPECT_TRUE(write_file_atomically(path, as_bytes(test::build(registry, options))));
    return path;
  }

  PublisherOptions options(const std::string& token = "test") {
    PublisherOptions made;
    made.trust = kAnybody;
    made.token = token;
    return made;
  }
  Result<PublishReceipt> publish(const std::string& path, PublisherOptions made) {
    return Publisher(client.get(), std::move(made)).publish(path, kNow, &go_on);
  }
  Result<PublishReceipt> publish(const std::string& path) { return publish(path, options()); }

  Result<DeltaReceipt> delta(const DeltaFeed& feed, PublisherOptions made) {
    auto fetched = fetch_registry(client.get(), keys, made.trust, folder.path(""), &go_on);
    if (!fetched) return fetched.error();
    return DeltaPublisher(client.get(), std::move(made), std::move(*fetched)).publish(feed);
  }
  Result<DeltaReceipt> delta(const DeltaFeed& feed) { return delta(feed, options()); }

  static DeltaFeed feed(const std::string& id, std::size_t records, std::uint64_t first_id = 1) {
    DeltaFeed made{id, kNow, std::nullopt, {}};
    for (std::size_t i = 0; i < records; ++i) {
      SubjectRecord subject;
      subject.id = 900'000'000 + first_id + i;
      const auto number =
          parse_number("京ICP备" + std::to_string(2'024'000'001 + first_id + i) + "号");
      subject.number = number.number;
      subject.sponsor = "示例" + std::to_string(i);
      subject.status = Status::kFiled;
      made.records.emplace_back(std::move(subject));
    }
    return made;
  }

  RegistryStatus status() {
    const auto read = read_status(client.get(), keys, kAnybody);
    EXPECT_TRUE(read) << read.error().message;
    return read ? *read : RegistryStatus{};
  }
  // What gates would read: the bytes behind the head.
  std::string published_bytes() {
    const auto published = read_published(client.get(), keys, kAnybody);
    if (!published || !published->head) return {};
    const std::string path = folder.path("fetched");
    const auto fetched = fetch_snapshot(client.get(), keys, *published->head, path, &go_on);
    EXPECT_TRUE(fetched) << fetched.error().message;
    return beian::test::read_whole(path);
  }
  std::size_t chunk_count() {
    std::size_t count = 0;
    for (const Reply& key : ask(*client, {"KEYS", "beian:chunk:*"}).elements)
      count += key.text.empty() ? 0U : 1U;
    return count;
  }

  TemporaryFolder folder;
  RedisKeys keys{"beian"};
  std::unique_ptr<RedisServer> redis;
  std::unique_ptr<RedisClient> client;
};

TEST_F(Publishing, WhatWasPublishedIsReadBackByteForByte) {
  const std::string path = snapshot(7, 1, 30'000);
  const auto receipt = publish(path);
  ASSERT_TRUE(receipt) << receipt.error().message;
  EXPECT_EQ(receipt->epoch, 1U);
  EXPECT_EQ(receipt->serial, 7U);
  EXPECT_GT(receipt->upload.chunks, 1U);
  EXPECT_EQ(receipt->upload.sent, receipt->upload.chunks);
  EXPECT_EQ(published_bytes(), beian::test::read_whole(path));
  const RegistryStatus seen = status();
  EXPECT_EQ(seen.head_id, receipt->id);
  ASSERT_EQ(seen.generations.size(), 1U);
  EXPECT_EQ(seen.generations[0].problem, "");
  EXPECT_EQ(seen.tip->serial, 7U);
  EXPECT_EQ(seen.pending_chunks, 0U);
  EXPECT_EQ(seen.publisher, "") << "the lease is given back";
}

TEST_F(Publishing, ASecondTimeNothingIsDone) {
  const std::string path = snapshot(7, 1);
  const auto first = publish(path);
  ASSERT_TRUE(first);
  const auto again = publish(path);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_TRUE(again->was_published);
  EXPECT_EQ(again->id, first->id);
  EXPECT_EQ(status().generations.size(), 1U);
}

TEST_F(Publishing, AnOlderOrEqualSerialIsRefusedUnlessForced) {
  ASSERT_TRUE(publish(snapshot(7, 1)));
  for (const std::uint64_t serial : {7U, 6U}) {
    const auto refused = publish(snapshot(serial, 2));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::kConflict);
    EXPECT_THAT(refused.error().message, HasSubstr("does not come after serial 7"));
  }
  PublisherOptions forced = options();
  forced.is_forced = true;
  const auto receipt = publish(snapshot(6, 2), forced);
  ASSERT_TRUE(receipt) << receipt.error().message;
  EXPECT_EQ(receipt->epoch, 2U);
  EXPECT_EQ(status().generations[0].manifest->rollback_of, 7U);
}

TEST_F(Publishing, AnInterruptedUploadChangesNothingAndGoesOnWhereItEnded) {
  const std::string before = snapshot(7, 1);
  ASSERT_TRUE(publish(before));
  const std::string path = snapshot(8, 2, 60'000);
  Publisher publisher(client.get(), options());
  const auto stopped =
      publisher.publish(path, kNow, [](std::uint64_t, std::uint64_t) { return false; });
  ASSERT_FALSE(stopped);
  EXPECT_THAT(stopped.error().message, HasSubstr("interrupted"));
  EXPECT_EQ(published_bytes(), beian::test::read_whole(before));
  EXPECT_GT(status().pending_chunks, 0U);
  const auto receipt = publish(path);
  ASSERT_TRUE(receipt) << receipt.error().message;
  EXPECT_EQ(receipt->upload.sent, receipt->upload.chunks - limits::kPublishGroupChunks);
  EXPECT_EQ(published_bytes(), beian::test::read_whole(path));
}

TEST_F(Publishing, AnUploadThatNeverEndsIsCleanedUpByTheNext) {
  const std::string abandoned = snapshot(7, 1, 20'000);
  Publisher publisher(client.get(), options());
  ASSERT_FALSE(
      publisher.publish(abandoned, kNow, [](std::uint64_t, std::uint64_t) { return false; }));
  ASSERT_GT(chunk_count(), 0U);
  const auto receipt = publish(snapshot(8, 2, 20'000));
  ASSERT_TRUE(receipt);
  EXPECT_GT(receipt->removed_chunks, 0U);
  EXPECT_EQ(chunk_count(), receipt->upload.chunks);
}

TEST_F(Publishing, KeepsTheNewestGenerationsAndNoChunkOfOthers) {
  PublisherOptions keep_two = options();
  keep_two.generations_kept = 2;
  std::size_t chunks = 0;
  for (std::uint64_t serial = 1; serial <= 4; ++serial) {
    const auto receipt = publish(snapshot(serial, static_cast<unsigned>(serial)), keep_two);
    ASSERT_TRUE(receipt) << receipt.error().message;
    chunks = receipt->upload.chunks;
  }
  const RegistryStatus seen = status();
  ASSERT_EQ(seen.generations.size(), 2U);
  EXPECT_EQ(seen.generations[0].manifest->serial, 4U);
  EXPECT_EQ(seen.generations[1].manifest->serial, 3U);
  EXPECT_EQ(seen.generations[1].problem, "");
  EXPECT_EQ(chunk_count(), 2 * chunks);
  EXPECT_EQ(ask(*client, {"KEYS", "{beian}:manifest:*"}).elements.size(), 2U);
}

TEST_F(Publishing, ADamagedChunkInRedisIsMadeGood) {
  const std::string path = snapshot(7, 1);
  PublisherOptions made = options();
  Publisher publisher(client.get(), made);
  ASSERT_FALSE(publisher.publish(path, kNow, [](std::uint64_t, std::uint64_t) { return false; }));
  const auto keys_there = ask(*client, {"KEYS", "beian:chunk:*"});
  ASSERT_FALSE(keys_there.elements.empty());
  ask(*client, {"SET", keys_there.elements[0].text, "garbage"});
  const auto receipt = publish(path);
  ASSERT_TRUE(receipt) << receipt.error().message;
  EXPECT_EQ(receipt->upload.sent, 1U);
  EXPECT_EQ(published_bytes(), beian::test::read_whole(path));
}

// --- two at once ---

TEST_F(Publishing, OfTwoAtOnceOneLosesAndIsTold) {
  const std::string path = snapshot(7, 1, 20'000);
  const std::string other = snapshot(8, 2, 20'000);
  Error lost;
  Publisher first(client.get(), options("first"));
  bool was_tried = false;
  const auto receipt = first.publish(path, kNow, [&](std::uint64_t, std::uint64_t) {
    if (was_tried) return true;
    was_tried = true;
    // In the midst of the first: a live lease is not waited for longer than a dead one's lasts, and
    // the first one is slower than that here.
    const auto rival = beian::test::client_of(redis->url());
    const auto refused = Publisher(rival.get(), options("second")).publish(other, kNow, &go_on);
    if (!refused) lost = refused.error();
    return true;
  });
  // The first one stood still for longer than its lease: the second took over, or was refused.
  if (receipt) {
    EXPECT_EQ(lost.kind, ErrorKind::kConflict);
    EXPECT_THAT(lost.message, HasSubstr("another publisher is at work: first"));
    EXPECT_EQ(published_bytes(), beian::test::read_whole(path));
  } else {
    EXPECT_EQ(receipt.error().kind, ErrorKind::kConflict) << receipt.error().message;
    EXPECT_EQ(published_bytes(), beian::test::read_whole(other));
  }
}

TEST_F(Publishing, ALivePublisherIsNotWaitedForAndADeadOneIs) {
  ask(*client, {"SET", keys.lock(), "alive:1", "PX", "600000"});
  const auto refused = publish(snapshot(7, 1));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kConflict);
  EXPECT_EQ(refused.error().message,
            "another publisher is at work: alive:1; try again when it is done");
  ask(*client, {"SET", keys.lock(), "dead:1", "PX", "500"});
  EXPECT_TRUE(publish(snapshot(7, 1)));
}

TEST_F(Publishing, ALostLeaseIsNoticedAtTheFlip) {
  const std::string path = snapshot(7, 1);
  Publisher publisher(client.get(), options("slow"));
  const auto refused = publisher.publish(path, kNow, [&](std::uint64_t, std::uint64_t) {
    ask(*client, {"SET", keys.lock(), "thief"});
    return true;
  });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "another publisher took over: thief");
  EXPECT_TRUE(ask(*client, {"GET", keys.head()}).is_nil()) << "nothing was flipped";
}

// --- rollback ---

TEST_F(Publishing, RollbackGoesBackInANewEpoch) {
  const std::string old = snapshot(5, 1);
  ASSERT_TRUE(publish(old));
  ASSERT_TRUE(publish(snapshot(6, 2)));
  ASSERT_TRUE(delta(feed("day", 3)));
  Publisher publisher(client.get(), options());
  const auto receipt = publisher.rollback(std::nullopt, kNow, &go_on);
  ASSERT_TRUE(receipt) << receipt.error().message;
  EXPECT_EQ(receipt->serial, 5U);
  EXPECT_EQ(receipt->epoch, 2U);
  EXPECT_EQ(published_bytes(), beian::test::read_whole(old));
  const RegistryStatus seen = status();
  EXPECT_EQ(seen.generations[0].manifest->rollback_of, 7U) << "the batch counts";
  EXPECT_EQ(seen.batches, 0U);
  EXPECT_EQ(seen.tip->serial, 5U);
  // Life goes on from there.
  ASSERT_TRUE(delta(feed("next day", 1)));
  EXPECT_EQ(status().tip->serial, 6U);
  EXPECT_EQ(status().tip->epoch, 2U);
}

// A feed whose batches were taken back is no longer published, so that sending it again publishes
// it; one that is part of what was gone back to stays known.
TEST_F(Publishing, AFeedThatWasTakenBackIsPublishedWhenItIsSentAgain) {
  ASSERT_TRUE(publish(snapshot(7, 1)));
  ASSERT_TRUE(delta(feed("kept", 1)));
  const std::string path = folder.path("compacted");
  const auto fetched = fetch_registry(client.get(), keys, kAnybody, folder.path(""), &go_on);
  ASSERT_TRUE(fetched);
  ASSERT_TRUE(compact(*fetched->registry, path, seal_of(*fetched->registry)));
  Publisher publisher(client.get(), options());
  ASSERT_TRUE(publisher.publish_compacted(path, fetched->registry->chain(), kNow, &go_on));
  ASSERT_TRUE(delta(feed("taken back", 1, 100)));

  ASSERT_TRUE(publisher.rollback(8, kNow, &go_on));
  EXPECT_EQ(delta(feed("kept", 1))->batches_known, 1U);
  EXPECT_EQ(delta(feed("taken back", 1, 100))->batches, 1U);
  EXPECT_EQ(status().tip->serial, 9U);

  PublisherOptions forced = options();
  forced.is_forced = true;
  ASSERT_TRUE(publish(snapshot(6, 1), forced));
  EXPECT_EQ(delta(feed("kept", 1))->batches, 1U);
  EXPECT_EQ(delta(feed("taken back", 1, 100))->batches, 1U);
  EXPECT_EQ(status().tip->serial, 8U);
}

TEST_F(Publishing, RollbackNamesItsGenerationAndLooksAtItsChunks) {
  ASSERT_TRUE(publish(snapshot(5, 1)));
  ASSERT_TRUE(publish(snapshot(6, 2)));
  ASSERT_TRUE(publish(snapshot(7, 3)));
  Publisher publisher(client.get(), options());
  const auto none = publisher.rollback(4, kNow, &go_on);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().message,
            "no generation with serial 4 is kept; `registry status` lists them");
  const RegistryStatus seen = status();
  ask(*client, {"DEL", keys.chunk(seen.generations[2].manifest->chunks[0])});
  EXPECT_EQ(status().generations[2].problem, "1 chunks are gone");
  const auto gone = publisher.rollback(5, kNow, &go_on);
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().kind, ErrorKind::kDamaged);
  EXPECT_EQ(status().head_id, seen.head_id);
  EXPECT_TRUE(publisher.rollback(6, kNow, &go_on));
}

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
  // The same feed, of which one batch is not known.
  ask(*client, {"ZREM", keys.feeds(), "long/2-3"});
  const auto again = delta(feed("long", records));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->batches, 1U);
  EXPECT_EQ(again->batches_known, 2U);
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
  // A batch comes while the compacted snapshot is made.
  ASSERT_TRUE(delta(feed("c", 1, 200)));
  Publisher publisher(client.get(), options());
  const auto receipt = publisher.publish_compacted(path, fetched->registry->chain(), kNow, &go_on);
  ASSERT_TRUE(receipt) << receipt.error().message;
  EXPECT_EQ(receipt->serial, 9U);
  EXPECT_EQ(receipt->epoch, 1U);
  EXPECT_EQ(status().tip->serial, 10U);
  EXPECT_EQ(status().batches, 3U) << "who serves the snapshot before still finds its way";
  const auto read = fetch_registry(client.get(), keys, kAnybody, folder.path(""), &go_on);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->registry->serial(), 10U);
  EXPECT_EQ(read->registry->info().base_serial, 9U);
  const auto again = publisher.publish_compacted(path, fetched->registry->chain(), kNow, &go_on);
  ASSERT_FALSE(again);
  EXPECT_THAT(again.error().message, HasSubstr("there is nothing to compact"));
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
