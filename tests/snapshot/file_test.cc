// Snapshots as files: the same input gives the same bytes, written completely or not at all; and
// the bytes of version 1 stay as they are.
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <thread>

#include "cache/base/aside.h"
#include "cache/base/file.h"
#include "tests/snapshot/support.h"
#include "tests/support/paths.h"
#include "tests/support/process.h"

namespace beian::cache::test {
namespace {

SnapshotWriter* fill(SnapshotWriter* writer, const Registry& registry) {
  for (const SubjectRecord& record : registry.subjects) writer->add(record);
  for (const ServiceRecord& record : registry.services) writer->add(record);
  return writer;
}

TEST(SnapshotFile, HoldsTheBytesThatMemoryHolds) {
  const beian::test::TemporaryFolder folder;
  const std::string path = folder.path("registry.snap");
  const Registry registry = random_registry(31, 2'000);
  SnapshotWriter writer;
  const auto written = std::move(*fill(&writer, registry)).to_file(path, seal());
  ASSERT_TRUE(written) << written.error().message;
  const auto bytes = read_file(path, 64 << 20);
  ASSERT_TRUE(bytes);
  EXPECT_TRUE(*bytes == build(registry));
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0644U);
  const auto opened = Snapshot::open(path);
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ((*opened)->info().file_bytes, bytes->size());
  EXPECT_EQ(written->subjects, (*opened)->info().subjects);
  EXPECT_EQ(written->services, (*opened)->info().services);
}

TEST(SnapshotFile, WhoIsAbandonedDoesNotVerifyToTheEnd) {
  const beian::test::TemporaryFolder folder;
  const std::string path = folder.path("registry.snap");
  SnapshotWriter writer;
  ASSERT_TRUE(std::move(*fill(&writer, random_registry(31, 2'000))).to_file(path, seal()));
  Result<std::shared_ptr<const Snapshot>> opened = nullptr;
  const std::atomic<bool> yes{true};
  std::thread([&] {
    Abandoned::by(&yes);
    opened = Snapshot::open(path);
  }).join();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind, ErrorKind::kUnavailable);
}

TEST(SnapshotFile, AFailedBuildLeavesTheOldFileAndNothingElse) {
  const beian::test::TemporaryFolder folder;
  const std::string path = folder.path("registry.snap");
  ASSERT_TRUE(write_file_atomically(path, as_bytes("old")));
  Registry registry = hand_made();
  registry.services[1].subject_id = 404;
  SnapshotWriter writer;
  const auto written = std::move(*fill(&writer, registry)).to_file(path, seal());
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, ErrorKind::kBadInput);
  EXPECT_EQ(*read_file(path, 100), "old");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path("")), {}), 1);
}

TEST(SnapshotFile, AFolderThatIsNotThereIsUnavailable) {
  SnapshotWriter writer;
  const auto written = std::move(writer).to_file("/nonexistent/registry.snap", seal());
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, ErrorKind::kUnavailable);
}

TEST(SnapshotFile, AnOpenSnapshotOutlivesItsReplacement) {
  const beian::test::TemporaryFolder folder;
  const std::string path = folder.path("registry.snap");
  ASSERT_TRUE(write_file_atomically(path, as_bytes(build(hand_made()))));
  const auto opened = Snapshot::open(path);
  ASSERT_TRUE(opened);
  ASSERT_TRUE(write_file_atomically(path, as_bytes(build(random_registry(32, 50)))));
  EXPECT_EQ((*opened)->by_service_id(4'134'047)->names()[0], "示例应用");
}

// The golden file defines version 1. When this fails, the format has changed: raise kVersion,
// extend FORMAT.md, keep this file, and add one for the new version. BEIAN_WRITE_GOLDEN=1 writes
// it.
TEST(SnapshotFile, VersionOneIsTheGoldenFile) {
  const std::string path = beian::test::source_path("fixtures/snapshots/version_1.snap");
  const std::string bytes = build(hand_made());
  if (std::getenv("BEIAN_WRITE_GOLDEN") != nullptr) {
    ASSERT_TRUE(write_file_atomically(path, as_bytes(bytes)));
  }
  const auto golden = read_file(path, 1 << 20);
  ASSERT_TRUE(golden) << golden.error().message;
  EXPECT_TRUE(*golden == bytes);
  const auto opened = Snapshot::open(path);
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ((*opened)->by_package("android", "cn.example.app").size(), 2U);
}

}  // namespace
}  // namespace beian::cache::test
