// Where downloads go, with a kept copy and without, and what a disk that fails makes of it.
#include "cache/redis/kept_copy.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "cache/base/file.h"
#include "tests/snapshot/support.h"

namespace beian::cache {
namespace {

// Gates in containers may have the same process id and may share a temporary folder.
TEST(KeptCopy, WithoutAFolderEachDownloadGoesWhereNobodyElseWrites) {
  std::string first;
  {
    KeptCopy one("");
    KeptCopy other("");
    first = one.download_path();
    EXPECT_EQ(one.download_path(), first) << "an interrupted download goes on there";
    EXPECT_NE(other.download_path(), first);
    const auto status = std::filesystem::status(first);
    EXPECT_EQ(status.type(), std::filesystem::file_type::regular) << "it is taken";
    EXPECT_EQ(status.permissions() & std::filesystem::perms::all,
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  }
  EXPECT_FALSE(std::filesystem::exists(first));
}

// A folder for a copy, and registries to keep in it.
class KeptCopyDisk : public ::testing::Test {
 protected:
  KeptCopyDisk()
      : folder_(std::filesystem::path(::testing::TempDir()) /
                ("kept_copy_" + std::to_string(getpid()))) {
    std::filesystem::remove_all(folder_);
  }
  ~KeptCopyDisk() override { std::filesystem::remove_all(folder_); }

  static std::shared_ptr<const Snapshot> download(KeptCopy* copy, std::uint64_t serial) {
    SealOptions options = test::seal();
    options.serial = serial;
    const std::string bytes = test::build(test::hand_made(), options);
    EXPECT_TRUE(write_file_atomically(copy->download_path(), as_bytes(bytes)));
    auto snapshot = Snapshot::open(copy->download_path());
    EXPECT_TRUE(snapshot) << snapshot.error().message;
    return *snapshot;
  }
  static NamedManifest manifest_of(const Snapshot& snapshot) {
    NamedManifest manifest;
    manifest.content.serial = snapshot.info().serial;
    manifest.content.root_hash = snapshot.info().root_hash;
    manifest.content.chain = snapshot.info().root_hash;
    manifest.bytes = encode(manifest.content, nullptr);
    return manifest;
  }

  std::filesystem::path folder_;
};

// The copy is then neither the old one, which the waiting batch follows, nor the new one.
TEST_F(KeptCopyDisk, ABaseThatFailsHalfwayLeavesNoBatchToTryAgain) {
  KeptCopy copy(folder_.string());
  EXPECT_FALSE(copy.open(test::kAnybody));
  const auto old = download(&copy, 10);
  copy.install(manifest_of(*old), *old, {});
  ASSERT_FALSE(copy.error(true)) << copy.error(true)->message;
  copy.append("what the disk does not take");
  ASSERT_TRUE(copy.wants_base());
  ASSERT_EQ(copy.base_serial(), 10U);

  // registry.snap cannot go there.
  const auto in_the_way = folder_ / "registry.snap.previous";
  std::filesystem::create_directories(in_the_way / "full");
  const auto base = download(&copy, 20);
  ASSERT_FALSE(copy.rebase(manifest_of(*base), *base, {}));
  EXPECT_EQ(copy.base_serial(), std::nullopt);
  ASSERT_TRUE(copy.error(true));
  const std::string why = copy.error(true)->message;
  copy.flush();
  EXPECT_EQ(copy.error(true)->message, why) << "the disk's error stays";

  std::filesystem::remove_all(in_the_way);
  const auto again = download(&copy, 20);
  ASSERT_TRUE(copy.rebase(manifest_of(*again), *again, {}));
  EXPECT_EQ(copy.base_serial(), 20U);
  EXPECT_FALSE(copy.error(true));
}

}  // namespace
}  // namespace beian::cache
