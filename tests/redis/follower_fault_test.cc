// The follower as scripts: keys that vanish, batches that are not what they should be, connections
// that break; that is, the fault table in cache/redis/FOLLOWING.md, and what heals each fault.
#include "cache/redis/follower.h"

#include "cache/base/limits.h"
#include "tests/redis/follower_script.h"

namespace beian::cache::test {
namespace {

// --- keys that vanish ---

TEST_F(FollowerTest, FlushedRegistryGoesOnServingAndIsTold) {
  follow();
  run(R"(
    later 1000
    batches                   => look
    looked                    => wait         | waiting         | 1/5/a  | holds no registry
    elapsed                   => look
    looked                    => wait         | waiting         | 1/5/a
    elapsed                   => look
    looked head=m tip=1/5/a   => read 5       | waiting
    batches                   => read 5 block | following       | 1/5/a
  )");
  EXPECT_TRUE(follower().last_error()) << "kept for people";
}

TEST_F(FollowerTest, DeletedHeadOrTipIsNamed) {
  follow();
  run(R"(
    later 1000
    batches                   => look
    looked tip=1/5/a          => wait         | waiting         | 1/5/a  | lost the head
    elapsed                   => look
    looked head=m             => wait         | waiting         | 1/5/a  | lost the tip
  )");
}

TEST_F(FollowerTest, DeletedStreamIsAGapUntilASnapshotLeadsPastIt) {
  follow();
  run(R"(
    later 1000
    batches                   => look
    looked head=m tip=1/7/c   => read 5       | following
    batches                   => look
    looked head=m tip=1/7/c   => manifest m
    manifest 1/5/a            => wait         | waiting         | 1/5/a  | lost the batch after 5
    elapsed                   => look
    looked head=n tip=1/7/c   => read 5       | partial_resync
    batches                   => look
    looked head=n tip=1/7/c   => manifest n
    manifest 1/7/c            => snapshot     | full_resync
    snapshot                  => activate
    activated                 => look         | full_resync     | 1/7/c
  )");
  EXPECT_EQ(follower().lag_batches(), 0U);
}

TEST_F(FollowerTest, DeletedStreamOnAColdStartServesTheSnapshotAndTellsTheGap) {
  run(R"(
    started                   => look
    looked head=m tip=1/7/c   => manifest m
    manifest 1/5/a            => snapshot
    snapshot                  => activate
    activated                 => look         | full_resync     | 1/5/a
    looked head=m tip=1/7/c   => read 5       | partial_resync
    batches                   => look
    looked head=m tip=1/7/c   => manifest m
    manifest 1/5/a            => wait         | waiting         | 1/5/a  | gap
  )");
  EXPECT_EQ(follower().lag_batches(), 2U);
}

TEST_F(FollowerTest, StreamThatWasEvictedInTheMiddleIsAGap) {
  run(R"(
    started 1/5/a             => look
    looked head=m tip=1/8/d   => read 5       | partial_resync
    batches 6:a>b 8:c>d       => apply 1
    applied 1                 => look         | partial_resync  | 1/6/b
    looked head=m tip=1/8/d   => manifest m
    manifest 1/5/a            => wait         | waiting         | 1/6/b  | 7 is missing
  )");
}

TEST_F(FollowerTest, MissingManifestOrChunkChangesNothing) {
  run(R"(
    started 1/5/a             => look
    looked head=n tip=2/9/k   => manifest n
    refused                   => wait         | waiting         | 1/5/a  | it cannot be used
    elapsed                   => look
    looked head=n tip=2/9/k   => manifest n
    manifest 2/9/k            => snapshot     | full_resync     | 1/5/a
    refused                   => wait         | waiting         | 1/5/a
    elapsed                   => look
    looked head=n tip=2/9/k   => manifest n
    manifest 2/9/k            => snapshot
    snapshot                  => activate
    activated                 => look         | full_resync     | 2/9/k
  )");
}

TEST_F(FollowerTest, SnapshotThatTheGuardRefusesIsNotServed) {
  run(R"(
    started 1/5/a             => look
    looked head=n tip=2/9/k   => manifest n
    manifest 2/9/k            => snapshot
    snapshot                  => activate
    refused                   => wait         | waiting         | 1/5/a  | it cannot be used
    elapsed                   => look
    looked head=n tip=2/9/k   => manifest n
  )");
}

// --- batches that are not what they should be ---

struct BadBatch {
  std::string name;
  std::string batches;
  std::string error;
};
void PrintTo(const BadBatch& bad, std::ostream* out) {
  *out << bad.name;
}

class BadBatchTest : public ::testing::TestWithParam<BadBatch>, protected Play {};

TEST_P(BadBatchTest, ChangesNothingAndASnapshotLeadsPastIt) {
  const std::string batches = "batches " + GetParam().batches;
  run(kFollowing);
  run(batches + " => look | following | 1/5/a");
  run("looked head=m tip=1/6/b => manifest m");
  run("manifest 1/5/a => wait | waiting | 1/5/a | " + GetParam().error);
  run("elapsed => look");
  run("looked head=m tip=1/6/b => read 5 | partial_resync | 1/5/a");
  run(batches + " => look | partial_resync | 1/5/a");
  run("looked head=n tip=1/6/b => manifest n");
  run(R"(
    manifest 1/6/b            => snapshot     | full_resync     | 1/5/a
    snapshot                  => activate
    activated                 => look         | full_resync     | 1/6/b
    looked head=n tip=1/6/b   => read 6       | full_resync
    batches                   => read 6 block | following
  )");
}

// The publisher's tip stays where it was: somebody else wrote to the stream.
TEST_P(BadBatchTest, BeyondTheTipIsToldEveryTimeWithoutSpinning) {
  const std::string batches = "batches " + GetParam().batches;
  run(kFollowing);
  run(batches + " => look | following | 1/5/a");
  const std::string told = "looked head=m tip=1/5/a => wait | waiting | 1/5/a | ";
  run(told + GetParam().error);
  auto waited = last().wait;
  for (int i = 0; i < 8; ++i) {
    run("elapsed => look | waiting");
    run("looked head=m tip=1/5/a => read 5 | waiting");
    run(batches + " => look | waiting | 1/5/a");
    run(told + GetParam().error);
    waited = std::max(waited, last().wait);
  }
  EXPECT_GE(waited, limits::kRedisBackoffMax / 2);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, BadBatchTest,
    ::testing::Values(BadBatch{"forged_truncated_or_empty", "6:!",
                               "batch 6 of the stream is refused: no key of ours"},
                      BadBatch{"reordered", "7@6:a>b", "out of order"},
                      BadBatch{"renamed", "6@7:a>b", "out of order"},
                      BadBatch{"replayed", "5:z>a", "is a replay: 5 was applied"},
                      BadBatch{"gap", "7:b>c", "leaves a gap: 6 is missing"},
                      BadBatch{"fork", "6:x>y", "is of another history: fork"}),
    [](const auto& row) { return row.param.name; });

TEST_F(FollowerTest, GoodBatchesBeforeABadOneAreApplied) {
  follow();
  run(R"(
    batches 6:a>b 7:!         => apply 1      | following
    applied 1                 => look         | following       | 1/6/b
    looked head=m tip=1/7/c   => manifest m
    manifest 1/5/a            => wait         | waiting         | 1/6/b  | batch 7 of the stream is
  )");
}

TEST_F(FollowerTest, BatchThatContradictsTheRegistryIsRefusedWhole) {
  follow();
  run(R"(
    batches 6:a>b 7:b>c 8:c>d => apply 3
    applied 1 failed          => look         | following       | 1/6/b
    looked head=m tip=1/8/d   => manifest m
    manifest 1/5/a            => wait         | waiting         | 1/6/b  | contradiction
    elapsed                   => look
    looked head=m tip=1/8/d   => read 6       | partial_resync
    batches 7:b>c 8:c>d       => apply 2
    applied 2                 => read 8 block | following       | 1/8/d
  )");
}

TEST_F(FollowerTest, ForgedBatchThatIsGoneIsForgotten) {
  follow();
  run(R"(
    batches 6:!               => look
    looked head=m tip=1/5/a   => wait         | waiting         | 1/5/a
    elapsed                   => look
    looked head=m tip=1/5/a   => read 5       | waiting
    batches                   => read 5 block | following       | 1/5/a
  )");
}

// --- connection ---

TEST_F(FollowerTest, NothingAtAllWaitsAndComesBack) {
  run(R"(
    started                   => look         | connecting      | -
    lost                      => wait         | waiting         | -      | redis is gone
    elapsed                   => look         | waiting         | -
    lost                      => wait         | waiting         | -
    elapsed                   => look
    looked                    => wait         | waiting         | -      | publish it again
    elapsed                   => look
    looked head=m tip=1/5/a   => manifest m   | waiting         | -
    manifest 1/5/a            => snapshot     | full_resync
  )");
}

TEST_F(FollowerTest, LossAtEveryPlaceOfAFullResyncKeepsWhatIsServed) {
  const std::vector<std::string> steps = {"looked head=n tip=2/9/k => manifest n",
                                          "manifest 2/8/j => snapshot", "snapshot => activate",
                                          "activated => look"};
  for (std::size_t cut = 0; cut < steps.size(); ++cut) {
    Play play;
    play.run(kFollowing);
    play.run("later 1000\n batches => look");
    for (std::size_t i = 0; i < cut; ++i) play.run(steps[i]);
    play.run("lost => wait | waiting | 1/5/a | redis is gone");
    EXPECT_EQ(play.follower().lag_batches(), std::nullopt);
    play.run("elapsed => look | waiting | 1/5/a");
    for (const std::string& step : steps) play.run(step);
    play.run("looked head=n tip=2/9/k => read 8 | partial_resync | 2/8/j");
  }
}

TEST_F(FollowerTest, WaitsDoubleUpToASecondAndAreSpread) {
  run("started => look");
  std::vector<std::chrono::milliseconds> waits;
  for (int i = 0; i < 12; ++i) {
    run("lost => wait\n elapsed => look");
    EXPECT_LE(last().wait, limits::kRedisBackoffMax);
    run("lost => wait");
    waits.push_back(last().wait);
    run("elapsed => look");
  }
  EXPECT_LE(waits.front(), 2 * limits::kRedisBackoffMin);
  EXPECT_GE(waits.back(), limits::kRedisBackoffMax / 2);
  EXPECT_LE(waits.back(), limits::kRedisBackoffMax);
}

TEST_F(FollowerTest, FollowingAgainForgetsHowOftenItFailed) {
  follow();
  for (int i = 0; i < 10; ++i) run("lost => wait\n elapsed => look");
  run("looked head=m tip=1/5/a => read 5 | waiting");
  run("batches => read 5 block | following");
  run("lost => wait");
  EXPECT_LE(last().wait, limits::kRedisBackoffMin);
}

TEST_F(FollowerTest, LagIsWhatTheTipIsAhead) {
  run("started 1/5/a => look");
  EXPECT_EQ(follower().lag_batches(), std::nullopt);
  run("looked head=m tip=1/905/z => read 5");
  EXPECT_EQ(follower().lag_batches(), 900U);
  run("lost => wait");
  EXPECT_EQ(follower().lag_batches(), std::nullopt);
}

TEST(Position, OrderIsEpochThenSerial) {
  EXPECT_TRUE(is_newer({2, 1, {}}, {1, 9, {}}));
  EXPECT_TRUE(is_newer({1, 2, {}}, {1, 1, {}}));
  EXPECT_FALSE(is_newer({1, 1, chain_of('x')}, {1, 1, {}}));
  EXPECT_FALSE(is_newer({1, 9, {}}, {2, 1, {}}));
}

}  // namespace
}  // namespace beian::cache::test
