#include "cache/base/file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

namespace beian {
namespace {

class FileTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "beian-file-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return folder_ + "/" + name; }
  std::size_t entries() const {
    const std::filesystem::directory_iterator files(folder_);
    return static_cast<std::size_t>(std::distance(begin(files), end(files)));
  }

  std::string folder_;
};

TEST_F(FileTest, AWrittenFileReadsBackAndLeavesNothingBeside) {
  ASSERT_TRUE(write_file_atomically(path("a"), as_bytes("one")));
  ASSERT_TRUE(write_file_atomically(path("a"), as_bytes("two"), 0600));
  EXPECT_EQ(*read_file(path("a"), 100), "two");
  struct stat status {};
  ASSERT_EQ(::stat(path("a").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  EXPECT_EQ(entries(), 1U);
}

TEST_F(FileTest, WithoutCommitTheOldFileStays) {
  ASSERT_TRUE(write_file_atomically(path("a"), as_bytes("old")));
  {
    auto file = AtomicFile::create(path("a"));
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->write(as_bytes("half")));
  }
  EXPECT_EQ(*read_file(path("a"), 100), "old");
  EXPECT_EQ(entries(), 1U);
}

// So nothing is left of a program that is killed.
TEST_F(FileTest, UntilCommitThereIsNothingToLeaveBehind) {
  const int probe = ::open(folder_.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
  if (probe < 0) GTEST_SKIP() << "this file system has no files without a name";
  ::close(probe);
  auto file = AtomicFile::create(path("a"), 0640);
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->write(as_bytes("new")));
  EXPECT_EQ(entries(), 0U);
  ASSERT_TRUE(file->commit());
  EXPECT_EQ(*read_file(path("a"), 100), "new");
  EXPECT_EQ(entries(), 1U);
}

// Otherwise root could replace /dev/null by a file.
TEST_F(FileTest, OnlyAFileOrALinkToOneIsReplaced) {
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  std::filesystem::create_symlink("pipe", path("to-pipe"));
  std::filesystem::create_symlink("/proc/self/fd/1", path("stdout"));
  std::filesystem::create_symlink("nothing", path("to-nothing"));
  for (const char* name : {"pipe", "to-pipe", "stdout", "."}) {
    const auto file = AtomicFile::create(path(name));
    ASSERT_FALSE(file) << name;
    EXPECT_EQ(file.error().message, "cannot write " + path(name) + ": not a regular file");
  }
  EXPECT_TRUE(write_file_atomically(path("to-nothing"), as_bytes("x")));
  EXPECT_TRUE(std::filesystem::is_regular_file(path("to-nothing")));
}

TEST_F(FileTest, APipeIsNotMappedAndNotWaitedFor) {
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  EXPECT_FALSE(MappedFile::open(path("pipe")));
}

TEST_F(FileTest, ErrorsNameThePath) {
  const auto missing = read_file(path("none"), 100);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::kUnavailable);
  EXPECT_NE(missing.error().message.find(path("none")), std::string::npos);
  EXPECT_FALSE(write_file_atomically(path("none/b"), as_bytes("x")));
  ASSERT_TRUE(write_file_atomically(path("big"), as_bytes("0123456789")));
  EXPECT_EQ(read_file(path("big"), 9).error().kind, ErrorKind::kBadInput);
}

TEST_F(FileTest, AMapKeepsTheFileThatItOpened) {
  ASSERT_TRUE(write_file_atomically(path("a"), as_bytes("first")));
  auto mapped = MappedFile::open(path("a"));
  ASSERT_TRUE(mapped);
  ASSERT_TRUE(write_file_atomically(path("a"), as_bytes("second")));
  EXPECT_EQ(as_text(mapped->bytes()), "first");
  EXPECT_FALSE(MappedFile::open(folder_)) << "a folder is no file";
  ASSERT_TRUE(write_file_atomically(path("empty"), {}));
  EXPECT_TRUE(MappedFile::open(path("empty"))->bytes().empty());
}

TEST_F(FileTest, AMapHoldsOneDescriptorHoweverItIsMoved) {
  const auto open_files = [] {
    const std::filesystem::directory_iterator files("/proc/self/fd");
    return std::distance(begin(files), end(files));
  };
  const auto before = open_files();
  for (const char* name : {"a", "b", "replaced", "empty"})
    ASSERT_TRUE(
        write_file_atomically(path(name), as_bytes(std::string_view(name) == "empty" ? "" : "x")));
  {
    MappedFile one = *MappedFile::open(path("a"));
    MappedFile other = *MappedFile::open(path("b"));
    one = std::move(other);
    EXPECT_EQ(open_files(), before + 2);
    const auto replaced = MappedFile::open(path("replaced"));
    ASSERT_TRUE(write_file_atomically(path("replaced"), as_bytes("y")));
    const auto empty = MappedFile::open(path("empty"));
    EXPECT_FALSE(MappedFile::open(folder_));
    EXPECT_EQ(open_files(), before + 4);
  }
  EXPECT_EQ(open_files(), before);
}

}  // namespace
}  // namespace beian
