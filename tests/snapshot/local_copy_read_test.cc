// The copy as read by a process other than the gate that keeps it, which may be writing to it.
#include "tests/snapshot/local_copy_fixture.h"

namespace beian::cache::test {
namespace {

TEST_F(LocalCopyTest, IsReadAtAnySerialWhileAGateKeepsIt) {
  LocalCopy copy = attached();
  RegistryPtr registry = install(&copy, 10, "m");
  std::vector<RegistryPtr> states = {registry};
  for (int i = 0; i < 5; ++i) {
    append(&copy, &registry);
    states.push_back(registry);
  }
  for (const RegistryPtr& state : states) {
    const auto history = LocalCopy::read(folder_.string(), kAnybody, state->serial());
    ASSERT_TRUE(history) << history.error().message;
    EXPECT_EQ(history->before->serial(), state->serial());
    EXPECT_EQ(history->before->chain(), state->chain());
    EXPECT_EQ(history->now->chain(), registry->chain());
  }
  for (const std::uint64_t serial : {9U, 16U}) {
    const auto refused = LocalCopy::read(folder_.string(), kAnybody, serial);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::kUsage);
    EXPECT_NE(refused.error().message.find("goes back to serial 10 and has come to 15"),
              std::string::npos)
        << refused.error().message;
  }
}

TEST_F(LocalCopyTest, ReadingLeavesATornTailToItsOwner) {
  RegistryPtr registry;
  {
    LocalCopy copy = attached();
    registry = install(&copy, 10, "m");
    append(&copy, &registry);
  }
  const std::string whole = *read_file(file("registry.deltas"), 1 << 20);
  const std::string frame = whole.substr(56);  // could follow next; cut at many places
  for (std::size_t kept = 1; kept < frame.size(); kept += 7) {
    ASSERT_TRUE(
        write_file_atomically(file("registry.deltas"), as_bytes(whole + frame.substr(0, kept))));
    const auto history = LocalCopy::read(folder_.string(), kAnybody, 11);
    ASSERT_TRUE(history) << kept << ": " << history.error().message;
    EXPECT_EQ(history->now->serial(), 11U);
    EXPECT_EQ(fs::file_size(file("registry.deltas")), whole.size() + kept);
  }
}

TEST_F(LocalCopyTest, ReadingTellsDamageFromATornTail) {
  {
    LocalCopy copy = attached();
    RegistryPtr registry = install(&copy, 10, "m");
    for (int i = 0; i < 2; ++i) append(&copy, &registry);
  }
  std::string log = *read_file(file("registry.deltas"), 1 << 20);
  log[56 + 20] ^= 1;  // in the first of two batches
  ASSERT_TRUE(write_file_atomically(file("registry.deltas"), as_bytes(log)));
  const auto history = LocalCopy::read(folder_.string(), kAnybody, 10);
  ASSERT_FALSE(history);
  EXPECT_EQ(history.error().kind, ErrorKind::kDamaged) << history.error().message;
}

TEST_F(LocalCopyTest, ReadingSeesTheNewSnapshotBetweenTheStepsOfAnInstall) {
  {
    LocalCopy copy = attached();
    RegistryPtr registry = install(&copy, 10, "m");
    append(&copy, &registry);
    install(&copy, 20, "m");
  }
  // As it is right after the switch: the manifest names the snapshot that still has the download's
  // name.
  fs::rename(file("registry.snap"), file("registry.snap.next"));
  fs::rename(file("registry.snap.previous"), file("registry.snap"));
  const auto history = LocalCopy::read(folder_.string(), kAnybody, 20);
  ASSERT_TRUE(history) << history.error().message;
  EXPECT_EQ(history->now->serial(), 20U);
  EXPECT_TRUE(fs::exists(file("registry.snap.next"))) << "whose it is to move";
}

}  // namespace
}  // namespace beian::cache::test
