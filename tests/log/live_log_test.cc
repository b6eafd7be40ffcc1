// A log that is read while a gate writes it: listed segments are compressed, removed or appended to
// meanwhile, and none of that is damage.
#include <gtest/gtest.h>

#include "gate/log/verify.h"
#include "gate/log/walk.h"
#include "tests/log/log_support.h"

namespace beian::log::test {
namespace {

struct Live {
  Live() {
    options.segment_bytes = 900;
    options.ahead_bytes = 4'096;
    writer = std::move(*SegmentWriter::open(&disk, options, kOrigin, at_ms(0)));
    write();
  }
  void write() {
    for (int n = 0; n < 6; ++n, ++next) {
      EXPECT_TRUE(
          commit(writer.get(), {decision_of(next)}, at_ms(static_cast<std::int64_t>(next) * 400)));
      tidy(&disk, writer.get(), /*is_compressed=*/true);
    }
  }
  static std::string decision_of(std::uint64_t number) {
    return R"("time":"2026-01-02T03:04:05.000Z","decision_id":")" + std::to_string(number) +
           R"(","serial":1,"findings":[])";
  }
  // How many decisions a walk over `listed` finds; a fault counts as a thousand.
  std::uint64_t walked(const std::vector<SegmentFile>& listed) {
    std::uint64_t count = 0;
    DecisionWalk walk;
    walk.is_live = true;
    walk.on_decision = [&](const DecisionRecord&, std::string_view) { ++count; };
    walk.on_fault = [&](const std::string&, std::string_view) { count += 1'000; };
    const auto done = walk_decisions(&disk, listed, walk);
    EXPECT_TRUE(done) << done.error().message;
    return count;
  }

  SimDisk disk;
  SegmentOptions options;
  std::unique_ptr<SegmentWriter> writer;
  std::uint64_t next = 1;
};

TEST(LiveLog, MayRotateAndCompressWhatWasListed) {
  Live live;
  const auto listed = list_segments(&live.disk);
  ASSERT_TRUE(listed);
  ASSERT_FALSE(listed->back().is_compressed);
  live.write();
  ASSERT_GT(list_segments(&live.disk)->size(), listed->size());
  ASSERT_TRUE(list_segments(&live.disk)->at(listed->size() - 1).is_compressed);
  EXPECT_GE(live.walked(*listed), 6U);
  EXPECT_LT(live.walked(*listed), 12U);
  VerifyOptions options;
  options.is_live = true;
  const auto report = verify_log(&live.disk, *listed, options);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->faults_count, 0U) << text_of(*report);
  EXPECT_EQ(report->decisions, 12U) << "all that `head` vouches for";
}

TEST(LiveLog, MayRemoveWhatWasListed) {
  Live live;
  live.write();
  live.write();
  const auto listed = list_segments(&live.disk);
  ASSERT_TRUE(listed);
  ASSERT_GT(listed->size(), 4U);
  live.options.keep_bytes = 1;  // all but the newest
  ASSERT_TRUE(live.writer->stop(at_ms(20'000)));
  live.writer = std::move(*SegmentWriter::open(&live.disk, live.options, kOrigin, at_ms(20'000)));
  ASSERT_TRUE(live.writer->retire(at_ms(20'000)));
  tidy(&live.disk, live.writer.get(), /*is_compressed=*/false);
  ASSERT_EQ(list_segments(&live.disk)->size(), 1U);
  EXPECT_EQ(live.walked(*listed), 0U);
  VerifyOptions options;
  options.is_live = true;
  // `head` refers to a segment that is gone, and the log says that it was removed.
  for (const auto& segments : {*listed, *list_segments(&live.disk)}) {
    const auto report = verify_log(&live.disk, segments, options);
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(report->faults_count, 0U) << text_of(*report);
    EXPECT_EQ(report->restarts, 0U);
  }
  options.is_live = false;
  const auto missed = verify_log(&live.disk, *listed, options);
  EXPECT_FALSE(missed) << "of a log that nobody writes, files do not go";
}

TEST(LiveLog, MayHaveBegunASegment) {
  Live live;
  const auto files = [&] {
    Files all = live.disk.contents();
    all[segment_name(live.writer->index() + 1)];
    return all;
  }();
  VerifyOptions options;
  options.is_live = true;
  EXPECT_EQ(verify(files, options).faults_count, 0U);
  options.is_live = false;
  const VerifyReport dead = verify(files, options);
  ASSERT_EQ(dead.faults_count, 1U);
  EXPECT_NE(dead.faults[0].what.find("the gate's next start removes it"), std::string::npos);
}

TEST(Verify, ACheckpointOfARemovedSegmentIsToldAsThat) {
  Live live;
  const auto old = read_head(&live.disk);
  ASSERT_TRUE(old && *old);
  live.write();
  live.options.keep_bytes = 1;
  ASSERT_TRUE(live.writer->stop(at_ms(20'000)));
  live.writer = std::move(*SegmentWriter::open(&live.disk, live.options, kOrigin, at_ms(20'000)));
  ASSERT_TRUE(live.writer->retire(at_ms(20'000)));
  tidy(&live.disk, live.writer.get(), /*is_compressed=*/false);
  VerifyOptions options;
  options.expected = **old;
  const VerifyReport report = verified(&live.disk, options);
  ASSERT_EQ(report.faults_count, 1U) << text_of(report);
  EXPECT_NE(report.faults[0].what.find("give a newer one"), std::string::npos);
}

TEST(LiveLog, MayEndInHalfALine) {
  Live live;
  Files files = live.disk.contents();
  files[segment_name(live.writer->index())] += R"({"record":"decision","seq)";
  live.disk.set_contents(files);
  EXPECT_EQ(live.walked(*list_segments(&live.disk)), 6U);
}

}  // namespace
}  // namespace beian::log::test
