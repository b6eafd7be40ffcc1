// The log with its threads, on a real folder whose flushes a test can stall or fail. No test waits
// for time to pass: each waits for the event it is about.
#include "gate/log/decision_log.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <set>
#include <thread>

#include "tests/log/hooked_disk.h"
#include "tests/log/log_support.h"
#include "tests/support/process.h"

namespace beian::log::test {
namespace {

using beian::test::TemporaryFolder;

std::atomic<std::int64_t> hours_ahead{0};

wire::Milliseconds wall_clock() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()) +
         std::chrono::hours(hours_ahead);
}

class DecisionLogTest : public testing::Test {
 protected:
  std::string path() const { return folder_.path("log"); }

  LogOptions options(Durability durability, OnFull on_full) const {
    LogOptions chosen;
    chosen.folder = path();
    chosen.durability = durability;
    chosen.on_full = on_full;
    chosen.queue_bytes = kQueueBytesMin;
    chosen.clock = &wall_clock;
    chosen.origin = kOrigin;
    return chosen;
  }
  std::unique_ptr<DecisionLog> start(const LogOptions& chosen) {
    auto disk = own_folder(path());
    EXPECT_TRUE(disk) << disk.error().message;
    auto log = DecisionLog::start(chosen, std::make_unique<HookedDisk>(std::move(*disk), &hooks_));
    EXPECT_TRUE(log) << log.error().message;
    return std::move(*log);
  }
  // The log as it is on disk, in full.
  std::vector<std::string> written() {
    const auto disk = open_folder(path());
    const VerifyReport report = verified(disk.get());
    EXPECT_EQ(report.faults_count, 0U) << text_of(report);
    return decisions_of(disk.get());
  }
  template <class Claim>
  static void wait_until(const Claim& claim) {
    while (!claim()) std::this_thread::sleep_for(1ms);
  }

  TemporaryFolder folder_;
  DiskHooks hooks_;
};

TEST_F(DecisionLogTest, WritesEverythingThatManyWorkersHandIn) {
  LogOptions chosen = options(Durability::kAsync, OnFull::kBlock);
  chosen.segment_bytes = kSegmentBytesMin;
  auto log = start(chosen);
  constexpr std::uint64_t kEach = 5'000;
  std::vector<std::thread> workers;
  for (std::uint64_t w = 0; w < 4; ++w) {
    Producer* const producer = log->add_producer();
    workers.emplace_back([producer, w] {
      for (std::uint64_t n = 0; n < kEach; ++n)
        ASSERT_TRUE(producer->append(body_of(w * kEach + n)));
    });
  }
  for (std::thread& worker : workers) worker.join();
  ASSERT_TRUE(log->stop());
  const LogStats stats = log->stats();
  EXPECT_EQ(stats.accepted, 4 * kEach);
  EXPECT_EQ(stats.written, 4 * kEach);
  EXPECT_EQ(stats.shed, 0U);
  EXPECT_EQ(stats.queue_bytes, 0U);
  EXPECT_GT(stats.segments, 2U);
  log.reset();
  const std::vector<std::string> found = written();
  EXPECT_EQ(found.size(), 4 * kEach);
  EXPECT_EQ(std::set<std::string>(found.begin(), found.end()).size(), 4 * kEach);
}

TEST_F(DecisionLogTest, AnEntryIsDurableOnlyOnceItIsFlushed) {
  auto log = start(options(Durability::kBeforeAnswer, OnFull::kShed));
  std::atomic<int> calls{0};
  Producer* const producer = log->add_producer();
  producer->set_on_durable([&] { ++calls; });
  hooks_.stall(true);
  ASSERT_TRUE(producer->append(body_of(1)));
  EXPECT_EQ(producer->accepted(), 1U);
  EXPECT_EQ(producer->durable(), 0U);
  hooks_.stall(false);
  wait_until([&] { return producer->durable() == 1 && calls > 0; });
  ASSERT_TRUE(log->stop());
}

TEST_F(DecisionLogTest, AStalledDiskFillsTheQueueAndNoMore) {
  auto log = start(options(Durability::kBeforeAnswer, OnFull::kShed));
  Producer* const producer = log->add_producer();
  hooks_.stall(true);
  const std::string body = "\"x\":\"" + std::string(1'000, 'x') + "\"";
  std::uint64_t kept = 0;
  for (int i = 0; i < 5'000; ++i) kept += producer->append(body) ? 1 : 0;
  const LogStats stats = log->stats();
  EXPECT_LE(stats.queue_bytes, kQueueBytesMin);
  EXPECT_EQ(kept, stats.accepted);
  EXPECT_EQ(stats.shed, 5'000 - kept);
  EXPECT_LT(kept, 1'100U);
  EXPECT_GT(kept, 700U);
  hooks_.stall(false);
  wait_until([&] { return producer->durable() == kept; });
  EXPECT_TRUE(producer->append(body));
  ASSERT_TRUE(log->stop());
  log.reset();
  EXPECT_EQ(written().size(), kept + 1);
}

TEST_F(DecisionLogTest, BlockedCallersGoOnWhenThereIsRoom) {
  auto log = start(options(Durability::kAsync, OnFull::kBlock));
  Producer* const producer = log->add_producer();
  hooks_.stall(true);
  const std::string body = "\"x\":\"" + std::string(100'000, 'x') + "\"";
  std::atomic<int> kept{0};
  std::thread worker([&] {
    for (int i = 0; i < 30; ++i) kept += producer->append(body) ? 1 : 0;
  });
  wait_until([&] { return log->stats().queue_bytes > kQueueBytesMin - 101'000; });
  EXPECT_LT(kept, 30);
  hooks_.stall(false);
  worker.join();
  EXPECT_EQ(kept, 30);
  EXPECT_EQ(log->stats().shed, 0U);
  ASSERT_TRUE(log->stop());
}

TEST_F(DecisionLogTest, OfManyBlockedByAStalledDiskOneWaitsInVain) {
  auto log = start(options(Durability::kAsync, OnFull::kBlock));
  Producer* const producer = log->add_producer();
  hooks_.stall(true);
  const std::string body = "\"x\":\"" + std::string(20'000, 'x') + "\"";
  std::uint64_t kept = 0;
  while (producer->append(body)) ++kept;
  // If each of these waited for kBlockDeadline, the test would take longer than it may.
  for (int i = 0; i < 1'000; ++i) EXPECT_FALSE(producer->append(body));
  EXPECT_EQ(log->stats().shed, 1'001U);
  hooks_.stall(false);
  wait_until([&] { return producer->durable() == kept; });
  // Once there is room again, callers wait again.
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(producer->append(body));
  ASSERT_TRUE(log->stop());
}

TEST_F(DecisionLogTest, AFullDiskRefusesAndResumesByItself) {
  auto log = start(options(Durability::kBeforeAnswer, OnFull::kBlock));
  Producer* const producer = log->add_producer();
  hooks_.is_full = true;
  std::uint64_t kept = 0;
  const std::string body = "\"x\":\"" + std::string(20'000, 'x') + "\"";
  wait_until([&] {
    const bool is_kept = producer->append(body);
    kept += is_kept ? 1 : 0;
    return !is_kept;
  });
  // Everything accepted before is written, full disk or not.
  wait_until([&] { return producer->durable() == kept; });
  EXPECT_FALSE(log->stats().is_accepting);
  std::optional<std::string> news;
  wait_until([&] {
    news = log->news();
    return news.has_value();
  });
  EXPECT_NE(news->find("refused"), std::string::npos) << *news;
  hooks_.is_full = false;
  wait_until([&] { return log->stats().is_accepting; });
  EXPECT_TRUE(producer->append(body));
  ASSERT_TRUE(log->stop());
  log.reset();
  EXPECT_EQ(written().size(), kept + 1);
}

TEST_F(DecisionLogTest, StopsWhereWhatWasReservedCannotBeGivenBack) {
  auto log = start(options(Durability::kAsync, OnFull::kBlock));
  ASSERT_TRUE(log->add_producer()->append(body_of(1)));
  hooks_.keeps_all = true;
  EXPECT_TRUE(log->stop());
  EXPECT_EQ(log->stats().segments, 1U);
  log.reset();
  EXPECT_EQ(written().size(), 1U);
}

TEST_F(DecisionLogTest, AFailedFlushLosesNothingThatWasAccepted) {
  auto log = start(options(Durability::kBeforeAnswer, OnFull::kShed));
  Producer* const producer = log->add_producer();
  ASSERT_TRUE(producer->append(body_of(1)));
  wait_until([&] { return producer->durable() == 1; });
  hooks_.is_failing = true;
  ASSERT_TRUE(producer->append(body_of(2)));
  wait_until([&] { return log->stats().errors > 1; });
  EXPECT_FALSE(producer->append(body_of(3)));
  EXPECT_EQ(producer->durable(), 1U);
  hooks_.is_failing = false;
  wait_until([&] { return producer->durable() == 2 && log->stats().is_accepting; });
  EXPECT_TRUE(producer->append(body_of(4)));
  EXPECT_EQ(log->stats().segments, 2U) << "the one that was opened after the error counts too";
  ASSERT_TRUE(log->stop());
  log.reset();
  EXPECT_EQ(written(), (std::vector<std::string>{body_of(1), body_of(2), body_of(4)}));
}

TEST_F(DecisionLogTest, ALogGoesOnAfterEachRestart) {
  std::vector<std::string> sent;
  for (std::uint64_t n = 1; n <= 3; ++n) {
    auto log = start(options(Durability::kAsync, OnFull::kBlock));
    sent.push_back(body_of(n));
    ASSERT_TRUE(log->add_producer()->append(sent.back()));
    ASSERT_TRUE(log->stop());
  }
  EXPECT_EQ(written(), sent);
}

TEST_F(DecisionLogTest, SegmentsThatAreRemovedAreNoErrors) {
  LogOptions chosen = options(Durability::kBeforeAnswer, OnFull::kBlock);
  chosen.segment_bytes = kSegmentBytesMin;
  chosen.keep_bytes = 1;
  auto log = start(chosen);
  Producer* const producer = log->add_producer();
  const std::string body = "\"x\":\"" + std::string(20'000, 'x') + "\"";
  const auto disk = open_folder(path());
  // A removed segment neither reappears compressed nor is looked for.
  wait_until([&] {
    EXPECT_TRUE(producer->append(body));
    return list_segments(disk.get())->front().index > 3;
  });
  ASSERT_TRUE(log->stop());
  EXPECT_EQ(log->stats().errors, 0U);
  EXPECT_EQ(log->news(), std::nullopt);
  log.reset();
  written();
}

TEST_F(DecisionLogTest, WhatIsTooOldGoesAtAStartToo) {
  LogOptions chosen = options(Durability::kAsync, OnFull::kBlock);
  chosen.keep = 48h;
  for (int day = 0; day < 5; ++day) {
    auto log = start(chosen);
    const auto disk = open_folder(path());
    ASSERT_TRUE(log->add_producer()->append(body_of(static_cast<std::uint64_t>(day))));
    // The segment of day 0 ends when day 1 begins, and so on.
    const std::uint64_t first = day < 4 ? 1 : 2;
    wait_until([&] { return list_segments(disk.get())->front().index == first; });
    ASSERT_TRUE(log->stop());
    hours_ahead += 23;
  }
  EXPECT_EQ(written().size(), 4U);
}

TEST_F(DecisionLogTest, WhatIsTooOldGoesThoughNoSegmentIsClosed) {
  LogOptions chosen = options(Durability::kAsync, OnFull::kBlock);
  chosen.keep = 48h;
  chosen.segment_age = 1'000h;
  ASSERT_TRUE(start(chosen)->stop());
  auto log = start(chosen);
  hours_ahead += 50;
  ASSERT_TRUE(log->add_producer()->append(body_of(1)));
  const auto disk = open_folder(path());
  wait_until([&] { return list_segments(disk.get())->front().index == 2; });
  ASSERT_TRUE(log->stop());
}

TEST_F(DecisionLogTest, WhatKeepsOldSegmentsIsToldOnceAndRefusesNoCheck) {
  LogOptions chosen = options(Durability::kAsync, OnFull::kBlock);
  chosen.keep = 48h;
  chosen.segment_age = 1'000h;
  chosen.is_compressed = false;
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(start(chosen)->stop());
  auto log = start(chosen);
  folder_.write("log/decisions-00000002.ndjson", "no record\n");
  Producer* const producer = log->add_producer();
  for (std::uint64_t look = 1; look <= 3; ++look) {
    const std::uint64_t errors = log->stats().errors;
    hours_ahead += 50;
    ASSERT_TRUE(producer->append(body_of(look)));
    wait_until([&] { return log->stats().errors > errors; });
    if (look == 1) wait_until([&] { return log->news().has_value(); });
    EXPECT_EQ(log->news(), std::nullopt) << "once";
  }
  EXPECT_TRUE(log->stats().is_accepting);
  ASSERT_TRUE(log->stop());
}

TEST_F(DecisionLogTest, AStartTakesBackWhatACrashHasLeftAndNothingElse) {
  const auto disk = own_folder(path());
  ASSERT_TRUE(disk);
  SegmentOptions chosen;
  const auto open = [&] { return SegmentWriter::open(disk->get(), chosen, kOrigin, at_ms(0)); };
  ASSERT_TRUE(open());  // deliberately no stop()
  for (const char* name : {"head.new", "decisions-00000001.ndjson.zst.new", "gate.toml.new"})
    folder_.write("log/" + std::string(name), "half");
  ASSERT_TRUE(open());
  struct stat status {};
  ASSERT_EQ(::stat((path() + "/decisions-00000001.ndjson").c_str(), &status), 0);
  EXPECT_LT(status.st_blocks * 512, 1 << 20) << "what was reserved is free again";
  std::vector<std::string> names;
  for (const Disk::File& file : *disk->get()->list()) names.push_back(file.name);
  EXPECT_EQ(names,
            (std::vector<std::string>{"decisions-00000001.ndjson", "decisions-00000002.ndjson",
                                      "gate.toml.new", "head", "lock"}));
}

TEST_F(DecisionLogTest, ADamagedHeadSaysWhatToDo) {
  start(options(Durability::kAsync, OnFull::kBlock)).reset();
  folder_.write("log/head", "");
  const auto disk = own_folder(path());
  const auto started = SegmentWriter::open(disk->get(), {}, kOrigin, at_ms(0));
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().kind, ErrorKind::kDamaged);
  EXPECT_NE(started.error().message.find("head: not the line"), std::string::npos);
  EXPECT_NE(started.error().message.find("start on an empty one"), std::string::npos);
}

TEST_F(DecisionLogTest, AFolderThatIsTakenAwayIsTold) {
  auto log = start(options(Durability::kAsync, OnFull::kBlock));
  std::filesystem::rename(path(), path() + ".old");
  Producer* const producer = log->add_producer();
  std::optional<std::string> news;
  wait_until([&] {
    EXPECT_TRUE(producer->append(body_of(1)));
    news = log->news();
    return news.has_value();
  });
  EXPECT_NE(news->find("head"), std::string::npos) << *news;
  const std::uint64_t errors = log->stats().errors;
  wait_until([&] {
    EXPECT_TRUE(producer->append(body_of(1)));
    return log->stats().errors > errors;
  });
  EXPECT_EQ(log->news(), std::nullopt) << "once";
}

TEST_F(DecisionLogTest, OneFolderHasOneWriter) {
  auto log = start(options(Durability::kAsync, OnFull::kBlock));
  const auto second = own_folder(path());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::kConflict);
  EXPECT_TRUE(is_owned(path()));
  log.reset();
  EXPECT_FALSE(is_owned(path()));
}

}  // namespace
}  // namespace beian::log::test
