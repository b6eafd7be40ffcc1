// Rolling back to a generation that a real redis-server keeps.
#include "cache/snapshot/compact.h"
#include "tests/integration/publishing.h"

namespace beian::cache {
namespace {

using beian::test::ask;
using test::go_on;
using test::kAnybody;
using test::kNow;
using test::Publishing;

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
  // Publishing continues from there.
  ASSERT_TRUE(delta(feed("next day", 1)));
  EXPECT_EQ(status().tip->serial, 6U);
  EXPECT_EQ(status().tip->epoch, 2U);
}

// Whoever rolls back once more is still looking for a good generation, further back.
TEST_F(Publishing, ASecondRollbackDoesNotBringBackWhatTheFirstTookBack) {
  for (const std::uint64_t serial : {5U, 6U, 7U})
    ASSERT_TRUE(publish(snapshot(serial, static_cast<unsigned>(serial))));
  PublisherOptions made = options();
  made.generations_kept = 10;
  Publisher publisher(client.get(), made);
  for (const std::uint64_t serial : {6U, 5U}) {
    const auto receipt = publisher.rollback(std::nullopt, kNow, &go_on);
    ASSERT_TRUE(receipt) << receipt.error().message;
    EXPECT_EQ(receipt->serial, serial);
  }
  EXPECT_EQ(publisher.rollback(std::nullopt, kNow, &go_on).error().message,
            "no generation before the published one is kept; --serial 6 brings back what it took "
            "back");
  EXPECT_EQ(publisher.rollback(7, kNow, &go_on)->serial, 7U);
  EXPECT_EQ(publisher.rollback(std::nullopt, kNow, &go_on)->serial, 5U) << "the one before it";
}

// A feed whose batches were rolled back is no longer published, so sending it again publishes it;
// one that is part of the restored generation stays known.
TEST_F(Publishing, AFeedThatWasTakenBackIsPublishedWhenItIsSentAgain) {
  ASSERT_TRUE(publish(snapshot(7, 1)));
  ASSERT_TRUE(delta(feed("kept", 1)));
  const std::string path = folder.path("compacted");
  const auto fetched = fetch_registry(client.get(), keys, kAnybody, folder.path(""), &go_on);
  ASSERT_TRUE(fetched);
  ASSERT_TRUE(compact(*fetched->registry, path, seal_of(*fetched->registry)));
  Publisher publisher(client.get(), options());
  ASSERT_TRUE(publisher.publish_compacted(path, fetched->position(), kNow, &go_on));
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

// The published snapshot itself can be the target: somebody who only wants to undo a feed is told
// its serial.
TEST_F(Publishing, RollbackToThePublishedSnapshotTakesBackItsBatches) {
  ASSERT_TRUE(publish(snapshot(5, 1)));
  Publisher publisher(client.get(), options());
  EXPECT_EQ(publisher.rollback(std::nullopt, kNow, &go_on).error().message,
            "no generation before the published one is kept");
  ASSERT_TRUE(delta(feed("wrong", 1)));
  EXPECT_EQ(publisher.rollback(std::nullopt, kNow, &go_on).error().message,
            "no generation before the published one is kept; --serial 5 takes back the batches on "
            "top of it");
  const auto receipt = publisher.rollback(5, kNow, &go_on);
  ASSERT_TRUE(receipt) << receipt.error().message;
  EXPECT_EQ(status().tip->serial, 5U);
  EXPECT_EQ(status().batches, 0U);
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
  // That other generations carry a wrong signature does not change the answer.
  PublisherOptions strict = options();
  strict.trust = {{SigningKey::generate().public_key()}, false};
  EXPECT_EQ(Publisher(client.get(), strict).rollback(4, kNow, &go_on).error().message,
            none.error().message);
  EXPECT_EQ(Publisher(client.get(), strict).rollback(5, kNow, &go_on).error().kind,
            ErrorKind::kUntrusted);
  const RegistryStatus seen = status();
  ask(*client, {"DEL", keys.chunk(seen.generations[2].manifest->chunks[0])});
  EXPECT_EQ(status().generations[2].problem, "1 chunks are gone");
  const auto gone = publisher.rollback(5, kNow, &go_on);
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().kind, ErrorKind::kDamaged);
  EXPECT_EQ(status().head_id, seen.head_id);
  EXPECT_TRUE(publisher.rollback(6, kNow, &go_on));
}

TEST_F(Publishing, RollbackPassesADamagedManifestThatIsNotMeant) {
  for (const std::uint64_t serial : {5U, 6U, 7U})
    ASSERT_TRUE(publish(snapshot(serial, static_cast<unsigned>(serial))));
  ask(*client, {"SET", keys.manifest(status().generations[1].id), "damaged"});
  Publisher publisher(client.get(), options());
  const auto before = publisher.rollback(std::nullopt, kNow, &go_on);
  ASSERT_FALSE(before) << "it is the one before the head";
  EXPECT_EQ(before.error().kind, ErrorKind::kDamaged);
  const auto back = publisher.rollback(5, kNow, &go_on);
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(status().tip->serial, 5U);
}

}  // namespace
}  // namespace beian::cache
