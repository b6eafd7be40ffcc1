// The follower as scripts: the way to what is published, back, and over to another history, line by
// line of the table in cache/redis/FOLLOWING.md. Faults are in follower_fault_test.cc. No Redis, no
// clock, no sleep.
#include "cache/redis/follower.h"

#include "cache/base/limits.h"
#include "tests/redis/follower_script.h"

namespace beian::cache::test {
namespace {

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

}  // namespace
}  // namespace beian::cache::test
