// Publishing to a real redis-server: what gates may rely on, whatever happens to the publisher.
#include <gmock/gmock.h>

#include "tests/integration/publishing.h"

namespace beian::cache {
namespace {

using beian::test::ask;
using test::go_on;
using test::kAnybody;
using test::kNow;
using test::Publishing;
using testing::HasSubstr;

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

TEST_F(Publishing, ASecondTimeMendsWhatIsGoneOrDamaged) {
  const std::string path = snapshot(7, 1, 60'000);
  ASSERT_TRUE(publish(path));
  const Manifest head = *status().generations[0].manifest;
  ASSERT_GT(head.chunks.size(), 2U);
  ask(*client, {"DEL", keys.chunk(head.chunks[1])});
  ask(*client, {"SET", keys.chunk(head.chunks[2]), "damaged"});
  ASSERT_NE(status().generations[0].problem, "");
  const auto again = publish(path);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_TRUE(again->was_published);
  EXPECT_EQ(again->upload.sent, 2U);
  EXPECT_EQ(status().generations[0].problem, "");
  EXPECT_EQ(published_bytes(), beian::test::read_whole(path));
}

// Without its tip, or with a wrong one, nobody follows what is published.
TEST_F(Publishing, ASecondTimeIsToldOfATipThatIsGone) {
  const std::string path = snapshot(7, 1);
  ASSERT_TRUE(publish(path));
  for (const std::string& bad : {std::string(), "1 7 " + std::string(64, '0')}) {
    SCOPED_TRACE(bad);
    ask(*client, {"DEL", keys.tip()});
    if (!bad.empty()) ask(*client, {"SET", keys.tip(), bad});
    const auto refused = publish(path);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::kConflict);
    EXPECT_THAT(refused.error().message, HasSubstr("or publish with --force"));
  }
  ask(*client, {"DEL", keys.tip()});
  const auto on_top = delta(feed("x", 1));
  ASSERT_FALSE(on_top);
  EXPECT_THAT(on_top.error().message, HasSubstr("Redis lost the tip of what is published"));
  PublisherOptions forced = options();
  forced.is_forced = true;
  ASSERT_TRUE(publish(path, forced));
  EXPECT_EQ(status().tip->epoch, 2U);
  EXPECT_TRUE(delta(feed("x", 1)));
}

// The root hash does not depend on the signer, but gates care who signed.
TEST_F(Publishing, TheSameRegistrySignedByAnotherKeyIsNotPublishedAlready) {
  const SigningKey key = SigningKey::generate();
  PublisherOptions by_key = options();
  by_key.key = &key;
  by_key.trust = {{key.public_key()}, false};
  ASSERT_TRUE(publish(snapshot(7, 1)));
  const std::string path = snapshot(7, 1, 2'000, &key);
  const auto refused = publish(path, by_key);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kConflict);
  EXPECT_THAT(refused.error().message, HasSubstr("is published with another signature"));
  by_key.is_forced = true;
  const auto forced = publish(path, by_key);
  ASSERT_TRUE(forced) << forced.error().message;
  EXPECT_FALSE(forced->was_published);
  EXPECT_EQ(forced->epoch, 2U);
  const auto read = read_published(client.get(), keys, by_key.trust);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->head_signer, key.public_key());
  by_key.is_forced = false;
  const auto again = publish(path, by_key);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_TRUE(again->was_published);
  by_key.is_forced = true;
  by_key.epoch_min = 5;
  const auto later = publish(path, by_key);
  ASSERT_TRUE(later) << later.error().message;
  EXPECT_EQ(later->epoch, 5U) << "asked for in so many words";
}

// As gates whose guard refuses a registry advise.
TEST_F(Publishing, WhatIsPublishedAlreadyIsForcedInAnEpochOfItsOwn) {
  const std::string path = snapshot(7, 1);
  ASSERT_TRUE(publish(path));
  PublisherOptions by_force = options();
  by_force.is_forced = true;
  const auto forced = publish(path, by_force);
  ASSERT_TRUE(forced) << forced.error().message;
  EXPECT_FALSE(forced->was_published);
  EXPECT_EQ(forced->epoch, 2U);
  EXPECT_EQ(publish(path, by_force)->epoch, 3U) << "gates may follow the one before";
  EXPECT_EQ(status().tip->epoch, 3U);
}

// Retrying does not help, so the error is not kUnavailable, and no seconds are spent on retries.
TEST_F(Publishing, AKeyThatHoldsSomethingElseIsNamedWithWhatToDo) {
  const std::string path = snapshot(8, 2);
  for (const std::string& key :
       {keys.head(), keys.tip(), keys.history(), keys.lock(), keys.pending()}) {
    SCOPED_TRACE(key);
    ask(*client, {"FLUSHALL"});
    ASSERT_TRUE(publish(snapshot(7, 1)));
    ask(*client, {"DEL", key});
    ask(*client, {"HSET", key, "of", "another program"});
    const auto refused = publish(path);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::kDamaged);
    EXPECT_THAT(refused.error().message, HasSubstr(key + " is of another type"));
    ask(*client, {"DEL", key});
    EXPECT_TRUE(publish(path)) << "as the message says";
  }
  ask(*client, {"SET", keys.head(), "nonsense"});
  EXPECT_THAT(publish(snapshot(9, 3)).error().message, HasSubstr("delete that key"));
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
    // In the midst of the first: the second waits for a lease no longer than a dead publisher's
    // would last, and the first takes longer than that here.
    const auto rival = beian::test::client_of(redis->url());
    const auto refused = Publisher(rival.get(), options("second")).publish(other, kNow, &go_on);
    if (!refused) lost = refused.error();
    return true;
  });
  // If the first stalled for longer than its lease, the second took over; otherwise it was refused.
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

// Passes everything on, and notes which commands were sent together.
class Noting : public RedisClient {
 public:
  explicit Noting(RedisClient* client) : client_(*client) {}
  Result<Reply> call(const RedisCommand& command, Patience patience) override {
    return client_.call(command, patience);
  }
  Result<void> check_in_step(std::string_view key, Patience patience) override {
    return client_.check_in_step(key, patience);
  }
  Result<std::vector<Reply>> pipeline(const std::vector<RedisCommand>& commands,
                                      Patience patience) override {
    pipelines.push_back(commands);
    return client_.pipeline(commands, patience);
  }
  Result<std::optional<std::vector<Reply>>> transaction(
      const std::vector<std::string>& watched, const std::vector<RedisCommand>& reads,
      const Decide& decide, std::chrono::milliseconds deadline) override {
    return client_.transaction(watched, reads, decide, deadline);
  }
  bool pause(std::chrono::milliseconds time) override { return client_.pause(time); }
  void cancel() noexcept override { client_.cancel(); }

  std::vector<std::vector<RedisCommand>> pipelines;

 private:
  RedisClient& client_;
};

// Over a slow line each piece takes seconds, so the lease must be renewed with each.
TEST_F(Publishing, TheLeaseIsKeptUpWithEachPiece) {
  Noting noting(client.get());
  ASSERT_TRUE(Publisher(&noting, options()).publish(snapshot(7, 1, 60'000), kNow, &go_on));
  std::size_t pieces = 0;
  for (const auto& commands : noting.pipelines)
    for (std::size_t i = 1; i < commands.size(); ++i) {
      if (commands[i][0] != "SET" || !commands[i][1].starts_with("beian:chunk:")) continue;
      EXPECT_EQ(commands[i - 1][0], "PEXPIRE");
      ++pieces;
    }
  EXPECT_EQ(pieces, chunk_count());
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

}  // namespace
}  // namespace beian::cache
