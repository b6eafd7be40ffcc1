// What counts as a change of the registry file, and as of when.
#include "gate/cli/file_watch.h"

#include <gtest/gtest.h>

#include "tests/support/process.h"

namespace beian::cli {
namespace {

TEST(FileWatch, EachChangeIsToldOnce) {
  const test::TemporaryFolder folder;
  FileWatch watch(folder.path("a"));
  EXPECT_FALSE(watch.has_changed());
  folder.write("a", "1");
  EXPECT_TRUE(watch.has_changed());
  EXPECT_FALSE(watch.has_changed());
  folder.write("a", "22");
  EXPECT_TRUE(watch.has_changed());
}

// Loading takes seconds: a file replaced meanwhile is not the one that was loaded.
TEST(FileWatch, AnotherFileIsWatchedAsOfBeforeItWasLoaded) {
  const test::TemporaryFolder folder;
  FileWatch watch(folder.write("a", "1"));
  FileWatch other(folder.write("b", "1"));
  folder.write("b", "22");
  watch.follow(std::move(other));
  EXPECT_EQ(watch.path(), folder.path("b"));
  EXPECT_TRUE(watch.has_changed());
}

TEST(FileWatch, TheSameFileIsNoChange) {
  const test::TemporaryFolder folder;
  FileWatch watch(folder.write("a", "1"));
  folder.write("a", "22");
  watch.follow(FileWatch(folder.path("a")));
  EXPECT_TRUE(watch.has_changed()) << "which was not loaded";
}

}  // namespace
}  // namespace beian::cli
