// The follower as scripts: every line of the fault table in cache/redis/FORMAT.md, and what heals
// it. No Redis, no clock, no sleep.
#include "cache/redis/follower.h"

#include "cache/base/limits.h"
#include "tests/redis/follower_script.h"

namespace beian::cache::test {
namespace {

// From nothing to following serial 5 of epoch 1.
constexpr std::string_view kFollowing = R"(
  started                                     => look        | connecting  | -
  looked head=m tip=1/5/a                     => manifest m  | connecting
  manifest 1/5/a                              => snapshot    | full_resync
  snapshot                                    => activate    | full_resync | -
  activated                                   => look        | full_resync | 1/5/a
  looked head=m tip=1/5/a                     => read 5 block| following   | 1/5/a
)";

class FollowerTest : public ::testing::Test, protected Play {
 protected:
  void follow() { run(kFollowing); }
};

// --- the way there ---

TEST_F(FollowerTest, ColdStartReadsTheSnapshotThenTheBatchesOnTop) {
  run(R"(
    started                   => look         | connecting      | -
    looked head=m tip=1/7/c   => manifest m
    manifest 1/5/a            => snapshot     | full_resync
    snapshot                  => activate
    activated                 => look         | full_resync     | 1/5/a
    looked head=m tip=1/7/c   => read 5       | partial_resync
    batches 6:a>b 7:b>c       => apply 2      | partial_resync  | 1/5/a
    applied 2                 => read 7 block | following       | 1/7/c
  )");
  EXPECT_EQ(follower().lag_batches(), 0U);
  EXPECT_FALSE(follower().last_error());
}

TEST_F(FollowerTest, LocalCopyNeedsOnlyWhatItLacks) {
  run(R"(
    started 1/6/b             => look         | connecting      | 1/6/b
    looked head=m tip=1/8/d   => read 6       | partial_resync
    batches 7:b>c             => apply 1
    applied 1                 => read 7       | partial_resync  | 1/7/c
    batches 8:c>d             => apply 1
    applied 1                 => read 8 block | following       | 1/8/d
  )");
}

TEST_F(FollowerTest, LocalCopyOlderThanTheStreamForcesFullResync) {
  run(R"(
    started 1/2/z             => look
    looked head=m tip=1/7/c   => read 2       | partial_resync
    batches 6:a>b 7:b>c       => look         | partial_resync  | 1/2/z
    looked head=m tip=1/7/c   => manifest m
    manifest 1/5/a            => snapshot     | full_resync     | 1/2/z
    snapshot                  => activate
    activated                 => look         | full_resync     | 1/5/a
    looked head=m tip=1/7/c   => read 5       | partial_resync
  )");
}

TEST_F(FollowerTest, TailAppliesWhatComesAndLooksEachSecond) {
  follow();
  run(R"(
    batches                   => read 5 block | following
    batches 6:a>b             => apply 1      | following
    applied 1                 => read 6 block | following       | 1/6/b
    later 1000
    batches                   => look         | following
    looked head=m tip=1/6/b   => read 6 block | following
    later 1000
    batches 7:b>c 8:c>d       => apply 2
    applied 2                 => look         | following       | 1/8/d
  )");
}

TEST_F(FollowerTest, TipAheadWhileFollowingIsReadWithoutWaiting) {
  follow();
  run(R"(
    later 1000
    batches                   => look
    looked head=m tip=1/6/b   => read 5       | following
    batches 6:a>b             => apply 1
  )");
}

TEST_F(FollowerTest, CompactionGoesOnAtTheSameChain) {
  follow();
  run(R"(
    batches 6:a>b             => apply 1
    applied 1                 => read 6 block
    later 1000
    batches                   => look
    looked head=n tip=1/6/b   => read 6 block | following       | 1/6/b
    batches 7:b>c             => apply 1
  )");
}

TEST_F(FollowerTest, NewSnapshotIsAFullResync) {
  follow();
  run(R"(
    later 1000
    batches                   => look
    looked head=n tip=1/9/k   => read 5       | following
    batches                   => look
    looked head=n tip=1/9/k   => manifest n   | following       | 1/5/a
    manifest 1/9/k            => snapshot     | full_resync     | 1/5/a
    snapshot                  => activate     | full_resync     | 1/5/a
    activated                 => look         | full_resync     | 1/9/k
    looked head=n tip=1/9/k   => read 9 block | following
  )");
}

// --- going back ---

TEST_F(FollowerTest, RollbackWithARecordIsFollowed) {
  follow();
  run(R"(
    later 1000
    batches                   => look
    looked head=r tip=2/3/r   => manifest r
    manifest 2/3/r rollback   => snapshot     | full_resync     | 1/5/a
    snapshot                  => activate
    activated                 => look         | full_resync     | 2/3/r
    looked head=r tip=2/3/r   => read 3 block | following
  )");
}

TEST_F(FollowerTest, LowerSerialWithoutARecordIsRefused) {
  follow();
  run(R"(
    later 1000
    batches                   => look
    looked head=r tip=2/3/r   => manifest r
    manifest 2/3/r            => wait         | waiting         | 1/5/a  | without a rollback record
    elapsed                   => look         | waiting         | 1/5/a
  )");
}

TEST_F(FollowerTest, TipThatPromisesAnEpochNobodySignedChangesNothing) {
  follow();
  run(R"(
    later 1000
    batches                   => look
    looked head=m tip=9/9/x   => manifest m
    manifest 1/5/a            => wait         | waiting         | 1/5/a  | gap
  )");
}

TEST_F(FollowerTest, OlderEpochIsRefusedWhateverItsSerial) {
  run(R"(
    started 2/3/r             => look
    looked head=m tip=1/99/q  => wait         | waiting         | 2/3/r  | went back to serial 99
  )");
}

TEST_F(FollowerTest, OlderDumpIsToldAndHealsWhenTheHistoryIsBack) {
  follow();
  run(R"(
    batches 6:a>b             => apply 1
    applied 1                 => read 6 block
    lost                      => wait         | waiting         | 1/6/b  | redis is gone
    elapsed                   => look         | waiting
    looked head=m tip=1/5/a   => wait         | waiting         | 1/6/b  | went back to serial 5
    elapsed                   => look
    looked head=m tip=1/6/b   => read 6       | waiting
    batches                   => read 6 block | following       | 1/6/b
  )");
  EXPECT_EQ(follower().lag_batches(), 0U);
}

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

// With the publisher's tip where it was: somebody else wrote to the stream.
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

// --- failover that lost writes: another history grew past ours ---

TEST_F(FollowerTest, ForkIsHeldUntilTheOtherHistoryIsAheadThenFollowed) {
  follow();
  run(R"(
    batches 6:a>b 7:b>c       => apply 2
    applied 2                 => read 7 block | following       | 1/7/c
    lost                      => wait         | waiting         | 1/7/c
    elapsed                   => look
    looked head=m tip=1/6/b   => wait         | waiting         | 1/7/c  | went back to serial 6
    elapsed                   => look
    looked head=m tip=1/7/x   => wait         | waiting         | 1/7/c  | fork
    elapsed                   => look
    looked head=m tip=1/8/y   => read 7       | partial_resync  | 1/7/c
    batches 8:x>y             => look         | partial_resync  | 1/7/c
    looked head=m tip=1/8/y   => manifest m
    manifest 1/5/a            => snapshot     | full_resync     | 1/7/c
    snapshot                  => read 5 candidate
    batches 6:a>b 7:b>x       => apply 2 candidate
    applied 2                 => read 7 candidate | full_resync     | 1/7/c
    batches 8:x>y             => apply 1 candidate
    applied 1                 => activate     | full_resync     | 1/7/c
    activated                 => look         | full_resync     | 1/8/y
    looked head=m tip=1/8/y   => read 8       | full_resync
    batches                   => read 8 block | following
  )");
}

TEST_F(FollowerTest, ForkUnderASnapshotOfTheSameSerialIsFollowedOnceAhead) {
  run(R"(
    started 1/5/a             => look
    looked head=n tip=1/5/x   => wait         | waiting         | 1/5/a  | fork
    elapsed                   => look
    looked head=n tip=1/6/y   => read 5
    batches 6:x>y             => look
    looked head=n tip=1/6/y   => manifest n
    manifest 1/5/x            => snapshot     | full_resync     | 1/5/a
    snapshot                  => read 5 candidate
    batches 6:x>y             => apply 1 candidate
    applied 1                 => activate     | full_resync     | 1/5/a
    activated                 => look         | full_resync     | 1/6/y
  )");
}

TEST_F(FollowerTest, PublisherThatIsAheadOfThePartialResyncIsLookedAtAgain) {
  run(R"(
    started 1/5/a             => look
    looked head=m tip=1/6/b   => read 5
    batches 6:a>b 7:b>c       => apply 2      | partial_resync
    applied 2                 => look         | partial_resync  | 1/7/c
    looked head=m tip=1/7/c   => read 7 block | following
  )");
}

TEST_F(FollowerTest, ForkThatLeadsNowhereIsTriedOnceUntilSomethingChanges) {
  run(R"(
    started 1/7/c             => look
    looked head=m tip=1/8/y   => read 7
    batches 8:x>y             => look
    looked head=m tip=1/8/y   => manifest m
    manifest 1/5/a            => snapshot
    snapshot                  => read 5 candidate
    batches 6:q>r             => wait         | waiting         | 1/7/c  | another history
    elapsed                   => look
    looked head=m tip=1/8/y   => read 7
    batches 8:x>y             => look
    looked head=m tip=1/8/y   => manifest m
    manifest 1/5/a            => wait         | waiting         | 1/7/c  | another history
    elapsed                   => look
    looked head=m tip=1/9/z   => read 7
    batches 8:x>y 9:y>z       => look
    looked head=m tip=1/9/z   => manifest m
    manifest 1/5/a            => snapshot
    snapshot                  => read 5 candidate
    batches                   => wait         | waiting         | 1/7/c  | lost the batch after 5
  )");
}

TEST_F(FollowerTest, CandidateThatCannotBeBuiltIsDropped) {
  run(R"(
    started 1/7/c             => look
    looked head=m tip=1/8/y   => read 7
    batches 8:x>y             => look
    looked head=m tip=1/8/y   => manifest m
    manifest 1/5/a            => snapshot
    snapshot                  => read 5 candidate
    batches 6:a>b 7:b>x       => apply 2 candidate
    applied 0 failed          => wait         | waiting         | 1/7/c  | contradiction
    elapsed                   => look
    looked head=m tip=1/7/c   => read 7       | waiting
    batches                   => read 7 block | following       | 1/7/c
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
