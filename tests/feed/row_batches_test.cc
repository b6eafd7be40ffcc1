// Long feeds are parsed in batches by several threads, and give the same as their rows one by one.
#include <gtest/gtest.h>

#include "cache/base/limits.h"
#include "tests/feed/read_all.h"

namespace beian::cache {
namespace {

constexpr int kRowsOfAFeed = 4'000;  // some 500 KiB: more batches than are in flight at once

std::string service(int id) {
  return R"({"record":"service","id":)" + std::to_string(id) +
         R"(,"number":"京ICP备2023000001号-)" + std::to_string(id) + R"(A","names":["示例应用)" +
         std::to_string(id) + R"("],"platforms":[{"os":"android",)" +
         R"("package":"cn.example.app)" + std::to_string(id) + R"("}]})";
}

// Every 97th row is bad, every 89th blank, and one is longer than a line may be.
std::string long_feed() {
  std::string text;
  for (int i = 1; i <= kRowsOfAFeed; ++i) {
    if (i == 2'000)
      text += std::string(limits::kFeedLineBytesMax + 1, 'x');
    else if (i % 97 == 0)
      text += R"({"record":"service","id":0})";
    else if (i % 89 != 0)
      text += service(i);
    text += i % 3 == 0 ? "\r\n" : "\n";
  }
  return text;
}

TEST(RowBatches, GiveWhatTheRowsGiveOneByOne) {
  FeedOutcome want;
  const std::string text = long_feed();
  std::string_view rest = text;
  for (int line = 1; line <= kRowsOfAFeed; ++line) {
    const std::size_t end = rest.find('\n');
    const FeedOutcome one = read_all(rest.substr(0, end), Dialect::kNdjson, 1);
    rest.remove_prefix(end + 1);
    want.records.insert(want.records.end(), one.records.begin(), one.records.end());
    for (const std::string& problem : one.problems)
      want.problems.push_back(std::to_string(line) + problem.substr(problem.find(':')));
  }
  ASSERT_EQ(want.problems.size(), 42U);
  const FeedOutcome all = read_all(text, Dialect::kNdjson, 100);
  EXPECT_EQ(all.error, "");
  EXPECT_EQ(all.records, want.records);
  EXPECT_EQ(all.problems, want.problems);
  EXPECT_EQ(all.stats.lines, static_cast<std::uint64_t>(kRowsOfAFeed));
  EXPECT_EQ(all.stats.services, want.records.size());
  EXPECT_EQ(all.stats.bad_lines, want.problems.size());
}

// However far other threads have read: rows before the bad one are delivered, rows after it are
// not.
TEST(RowBatches, EndAtTheFirstBadRowBeyondTheAllowance) {
  for (const int bad : {1, 500, 1'500, kRowsOfAFeed}) {
    std::string text;
    for (int i = 1; i <= kRowsOfAFeed; ++i)
      text += i == bad ? "{\"record\":\"service\",\"id\":0}\n" : service(i) + "\n";
    const FeedOutcome outcome = read_all(text);
    EXPECT_EQ(outcome.records.size(), static_cast<std::size_t>(bad - 1));
    EXPECT_TRUE(outcome.error.starts_with("feed:" + std::to_string(bad) + ":")) << outcome.error;
  }
}

TEST(RowBatches, OfADescriptorThatCannotBeReadSayWhy) {
  const auto outcome = read_feed(
      "/", {Dialect::kNdjson, 0}, [](FeedRecord&&) {}, [](const FeedProblem&) {});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(outcome.error().message, "/: Is a directory");
}

}  // namespace
}  // namespace beian::cache
