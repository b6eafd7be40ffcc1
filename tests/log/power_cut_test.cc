// The log on a failing disk: whatever happens, each acknowledged entry is there once and in order,
// and the chain verifies.
//
// Each seed is a story: groups of entries, short writes, errors, a full disk, and finally a power
// cut at any call. Then the gate restarts on what is on the plate.
#include <gtest/gtest.h>

#include <set>

#include "tests/log/log_support.h"

namespace beian::log::test {
namespace {

#ifdef BEIAN_SANITIZED
constexpr std::uint64_t kSeedsShare = 10;  // a story is fifty times slower
#else
constexpr std::uint64_t kSeedsShare = 1;
#endif

SegmentOptions sized(std::size_t segment_bytes, std::size_t ahead_bytes) {
  SegmentOptions options;
  options.segment_bytes = segment_bytes;
  options.ahead_bytes = ahead_bytes;
  return options;
}

struct Story {
  explicit Story(std::uint64_t story_seed) : seed(story_seed), disk(story_seed) {}

  SegmentOptions options() {
    SegmentOptions chosen = sized(2'000, 16 * 1024);
    chosen.keep_bytes = seed % 4 == 0 ? 12'000 : 0;
    return chosen;
  }

  // One run of a gate; it ends early when the log does not open because of a fault.
  void live() {
    auto writer = SegmentWriter::open(&disk, options(), kOrigin, now);
    if (!writer) return;
    const std::uint64_t groups = disk.random(20);
    std::vector<std::string> group;
    for (std::uint64_t i = 0; i < groups; ++i) {
      if (group.empty())
        for (std::uint64_t n = disk.random(12); n > 0; --n) group.push_back(body_of(next++));
      now += std::chrono::milliseconds(disk.random(700));
      if (commit(writer->get(), group, now)) {
        acknowledged.insert(acknowledged.end(), group.begin(), group.end());
        group.clear();
      }
      if (disk.random(2) == 0) const auto retired = (*writer)->retire(now);
      if (disk.random(3) > 0) tidy(&disk, writer->get(), seed % 2 == 0);
      if (!(*writer)->is_ready()) const auto ready = (*writer)->make_ready(now);
    }
    if (disk.random(3) == 0 && (*writer)->stop(now)) tidy(&disk, writer->get(), seed % 2 == 0);
  }

  void break_disk() {
    if (disk.random(2) == 0) disk.short_write = 0.3;
    if (disk.random(3) == 0) disk.write_error = 0.1;
    if (disk.random(3) == 0) disk.sync_error = 0.1;
    if (disk.random(3) == 0) disk.name_error = 0.1;
    if (disk.random(3) == 0) disk.capacity = 30'000 + disk.random(4'300'000);
    if (disk.random(2) == 0) disk.ops_left = disk.random(200);
  }

  void check() {
    now += 1s;
    auto writer = SegmentWriter::open(&disk, options(), kOrigin, now);
    ASSERT_TRUE(writer) << "seed " << seed << ": " << writer.error().message;
    ASSERT_TRUE((*writer)->stop(now));
    tidy(&disk, writer->get(), false);
    const VerifyReport report = verified(&disk);
    ASSERT_EQ(report.faults_count, 0U) << "seed " << seed << "\n" << text_of(report);
    EXPECT_TRUE(report.is_stopped);
    const std::vector<std::string> found = decisions_of(&disk);
    const std::set<std::string> unique(found.begin(), found.end());
    ASSERT_EQ(unique.size(), found.size()) << "seed " << seed << ": doubled";
    // Retention removes the oldest entries first.
    std::size_t i = 0;
    if (options().keep_bytes > 0 && !found.empty())
      while (i < acknowledged.size() && unique.count(acknowledged[i]) == 0) ++i;
    if (options().keep_bytes > 0 && found.empty()) i = acknowledged.size();
    auto at = found.begin();
    for (; i < acknowledged.size(); ++i) {
      at = std::find(at, found.end(), acknowledged[i]);
      ASSERT_NE(at, found.end()) << "seed " << seed << ": lost " << acknowledged[i];
    }
  }

  const std::uint64_t seed;
  SimDisk disk;
  wire::Milliseconds now = at_ms(0);
  std::uint64_t next = 1;
  std::vector<std::string> acknowledged;
};

TEST(PowerCut, LosesNothingThatWasAcknowledgedAndDoublesNothing) {
  for (std::uint64_t seed = 1; seed <= 1'000 / kSeedsShare; ++seed) {
    Story story(seed);
    for (int life = 0; life < 4; ++life) {
      story.break_disk();
      story.live();
      story.disk.restart();
      story.check();
      if (testing::Test::HasFatalFailure()) return;
    }
  }
}

TEST(PowerCut, WithoutItEveryGroupThatFailedCanBeGivenAgain) {
  for (std::uint64_t seed = 1; seed <= 300 / kSeedsShare; ++seed) {
    SimDisk disk(seed);
    auto writer = SegmentWriter::open(&disk, sized(3'000, 4'096), kOrigin, at_ms(0));
    ASSERT_TRUE(writer);
    disk.short_write = 0.2;
    disk.write_error = disk.sync_error = disk.name_error = 0.2;
    std::vector<std::string> sent;
    for (std::uint64_t n = 1; n <= 40; ++n) {
      sent.push_back(body_of(n));
      int tries = 0;
      while (!commit(writer->get(), {sent.back()}, at_ms(static_cast<std::int64_t>(n) * 100)))
        ASSERT_LT(++tries, 1'000);
    }
    disk.short_write = disk.write_error = disk.sync_error = disk.name_error = 0;
    ASSERT_TRUE((*writer)->stop(at_ms(5'000)));
    tidy(&disk, writer->get(), false);
    EXPECT_EQ(decisions_of(&disk), sent) << "seed " << seed;
    const VerifyReport report = verified(&disk);
    EXPECT_EQ(report.faults_count, 0U) << "seed " << seed << "\n" << text_of(report);
  }
}

// When a gate is killed between a write and its flush, the last records are complete, but only in
// the kernel. A restart that continues after them vouches for them, and then the power fails too.
TEST(PowerCut, AfterAKillLosesNothingThatAStartHasVouchedFor) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    SimDisk disk(seed);
    {
      auto writer = SegmentWriter::open(&disk, {}, kOrigin, at_ms(0));
      ASSERT_TRUE(writer);
      disk.ops_left = 1;  // the write
      EXPECT_FALSE(commit(writer->get(), {body_of(1), body_of(2)}, at_ms(1)));
      disk.ops_left = 0;
    }
    disk.ops_left = UINT64_MAX;
    ASSERT_TRUE(SegmentWriter::open(&disk, {}, kOrigin, at_ms(2)));
    EXPECT_EQ(decisions_of(&disk).size(), 2U) << "it was taken for good";
    disk.restart();
    const auto started = SegmentWriter::open(&disk, {}, kOrigin, at_ms(3));
    ASSERT_TRUE(started) << "seed " << seed << ": " << started.error().message;
    EXPECT_EQ(decisions_of(&disk).size(), 2U) << "seed " << seed;
  }
}

TEST(Start, FailsWhereItCannotMakeSureOfTheLastSegment) {
  SimDisk disk;
  ASSERT_TRUE(SegmentWriter::open(&disk, {}, kOrigin, at_ms(0)));
  disk.sync_error = 1;
  EXPECT_FALSE(recover(&disk));
}

TEST(Retention, RemovesTheNextTimeWhatCouldNotBeRemoved) {
  SimDisk disk;
  SegmentOptions options = sized(1'000, 4'096);
  options.keep_bytes = 1;
  auto writer = SegmentWriter::open(&disk, options, kOrigin, at_ms(0));
  ASSERT_TRUE(writer);
  for (std::uint64_t n = 0; n < 40; ++n) ASSERT_TRUE(commit(writer->get(), {body_of(n)}, at_ms(1)));
  ASSERT_TRUE((*writer)->retire(at_ms(2)));
  const std::uint64_t through = (*writer)->take_retired();
  ASSERT_GT(through, 0U);
  const std::uint64_t said = (*writer)->point().sequence;
  ASSERT_TRUE((*writer)->retire(at_ms(3)));
  EXPECT_EQ((*writer)->take_retired(), through);
  EXPECT_EQ((*writer)->point().sequence, said) << "the log has said it";
  ASSERT_TRUE(remove_segments(&disk, through));
  ASSERT_TRUE((*writer)->retire(at_ms(4)));
  EXPECT_EQ((*writer)->take_retired(), 0U);
}

TEST(FullDisk, IsSeenBeforeTheLastAcceptedEntryNeedsItsSpace) {
  SimDisk disk;
  constexpr std::size_t kAhead = 64 * 1024;
  auto writer = SegmentWriter::open(&disk, sized(kSegmentBytesDefault, kAhead), kOrigin, at_ms(0));
  ASSERT_TRUE(writer);
  // Somebody else takes all remaining space.
  disk.capacity = 0;
  ASSERT_TRUE((*writer)->is_ready());
  std::uint64_t accepted_bytes = 0;
  std::uint64_t n = 0;
  while ((*writer)->is_ready()) {
    ASSERT_TRUE(commit(writer->get(), {body_of(++n)}, at_ms(0)));
    accepted_bytes = (*writer)->written_bytes();
    ASSERT_LT(accepted_bytes, 64U << 20);
  }
  // A whole queue may have been accepted while the log was ready: it still fits.
  const std::string large(kAhead - kEnvelopeBytesMax, 'x');
  EXPECT_TRUE(commit(writer->get(), {"\"n\":\"" + large.substr(8) + "\""}, at_ms(1)));
  EXPECT_FALSE((*writer)->make_ready(at_ms(2)));
  disk.capacity = UINT64_MAX;
  EXPECT_TRUE((*writer)->make_ready(at_ms(3)));
  EXPECT_TRUE((*writer)->is_ready());
}

TEST(Flush, ThatFailedIsNeverAskedOfTheSameFileAgain) {
  SimDisk disk;
  auto writer = SegmentWriter::open(&disk, {}, kOrigin, at_ms(0));
  ASSERT_TRUE(writer);
  disk.sync_error = 1;
  EXPECT_FALSE(commit(writer->get(), {body_of(1)}, at_ms(1)));
  EXPECT_FALSE((*writer)->is_ready());
  disk.sync_error = 0;
  EXPECT_TRUE(commit(writer->get(), {body_of(1)}, at_ms(2)));
  EXPECT_EQ((*writer)->index(), 2U);
  EXPECT_EQ(decisions_of(&disk), std::vector<std::string>{body_of(1)});
}

}  // namespace
}  // namespace beian::log::test
