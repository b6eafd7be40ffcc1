// The copy on disk: what is found again, however the gate ended.
#include "cache/snapshot/local_copy.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>

#include <sys/resource.h>
#include <unistd.h>

#include "cache/base/file.h"
#include "cache/snapshot/compact.h"
#include "cache/snapshot/delta.h"
#include "tests/snapshot/local_copy_fixture.h"

namespace beian::cache::test {
namespace {

TEST_F(LocalCopyTest, AnEmptyFolderHoldsNothing) {
  const auto contents = found();
  ASSERT_TRUE(contents) << contents.error().message;
  EXPECT_EQ(contents->registry, nullptr);
}

TEST_F(LocalCopyTest, WhatWasInstalledAndAppendedIsFoundAgain) {
  RegistryPtr registry;
  {
    LocalCopy copy = attached();
    ASSERT_TRUE(copy.open(kAnybody));
    registry = install(&copy, 10, "manifest of 10");
    for (int i = 0; i < 5; ++i) append(&copy, &registry);
    EXPECT_EQ(copy.serial(), 15U);
  }
  const auto contents = found();
  ASSERT_TRUE(contents) << contents.error().message;
  EXPECT_EQ(contents->manifest, "manifest of 10");
  EXPECT_EQ(contents->registry->serial(), 15U);
  EXPECT_EQ(contents->registry->chain(), registry->chain());
  EXPECT_EQ(contents->registry->info().services, registry->info().services);
  EXPECT_TRUE(contents->registry->by_service_id(1'015));
  EXPECT_EQ(contents->torn_bytes, 0U);
}

TEST_F(LocalCopyTest, ItGoesOnWhereItWas) {
  RegistryPtr registry;
  {
    LocalCopy copy = attached();
    registry = install(&copy, 10, "m");
    append(&copy, &registry);
  }
  {
    LocalCopy copy = attached();
    const auto contents = copy.open(kAnybody);
    ASSERT_TRUE(contents) << contents.error().message;
    append(&copy, &registry);
    RegistryPtr other = registry;
    batch_on(&other);
    const auto gap = copy.append(as_bytes(batch_on(&other)));  // one was never appended
    ASSERT_FALSE(gap);
    EXPECT_EQ(gap.error().kind, ErrorKind::kConflict);
  }
  const auto contents = found();
  ASSERT_TRUE(contents) << contents.error().message;
  EXPECT_EQ(contents->registry->serial(), 12U);
}

TEST_F(LocalCopyTest, TheSnapshotBeforeIsKept) {
  LocalCopy copy = attached();
  install(&copy, 10, "first");
  RegistryPtr second = install(&copy, 20, "second");
  append(&copy, &second);
  const auto previous = Snapshot::open(file("registry.snap.previous"));
  ASSERT_TRUE(previous) << previous.error().message;
  EXPECT_EQ((*previous)->info().serial, 10U);
  const auto contents = copy.open(kAnybody);
  ASSERT_TRUE(contents) << contents.error().message;
  EXPECT_EQ(contents->manifest, "second");
  EXPECT_EQ(contents->registry->serial(), 21U);
}

TEST_F(LocalCopyTest, ACompactedSnapshotKeepsItsChain) {
  LocalCopy copy = attached();
  RegistryPtr registry = install(&copy, 10, "m");
  append(&copy, &registry);
  ASSERT_TRUE(compact(*registry, copy.download_path(), seal_of(*registry)));
  const auto snapshot = Snapshot::open(copy.download_path());
  ASSERT_TRUE(snapshot) << snapshot.error().message;
  ASSERT_TRUE(copy.install(**snapshot, as_bytes("compacted"), registry->chain()));
  append(&copy, &registry);
  const auto contents = copy.open(kAnybody);
  ASSERT_TRUE(contents) << contents.error().message;
  EXPECT_EQ(contents->registry->chain(), registry->chain());
  EXPECT_EQ(contents->registry->serial(), 12U);
}

TEST_F(LocalCopyTest, UntrustedIsRefused) {
  {
    LocalCopy copy = attached();
    RegistryPtr registry = install(&copy, 10, "manifest");
    append(&copy, &registry);
  }
  const SigningKey key = SigningKey::generate();
  const auto contents = found({{key.public_key()}, false});
  ASSERT_FALSE(contents);
  EXPECT_EQ(contents.error().kind, ErrorKind::kUntrusted);
  EXPECT_FALSE(found({}));
}

// Method: the folder as it is after each step of an install, put together by hand.
TEST_F(LocalCopyTest, ACrashBetweenAnyTwoStepsLeavesTheOldStateOrTheNew) {
  std::string old_snap, old_manifest, old_deltas, new_snap, new_manifest, new_deltas;
  {
    LocalCopy copy = attached();
    RegistryPtr registry = install(&copy, 10, "old");
    append(&copy, &registry);
    old_snap = *read_file(file("registry.snap"), 1 << 20);
    old_manifest = *read_file(file("registry.manifest"), 1 << 20);
    old_deltas = *read_file(file("registry.deltas"), 1 << 20);
    install(&copy, 20, "new");
    new_snap = *read_file(file("registry.snap"), 1 << 20);
    new_manifest = *read_file(file("registry.manifest"), 1 << 20);
    new_deltas = *read_file(file("registry.deltas"), 1 << 20);
  }
  const struct {
    const char* name;
    const std::string *snap, *next, *manifest, *deltas;
    std::uint64_t want;
  } rows[] = {
      {"nothing_yet", &old_snap, nullptr, &old_manifest, &old_deltas, 11},
      {"downloaded", &old_snap, &new_snap, &old_manifest, &old_deltas, 11},
      {"manifest_switched", &old_snap, &new_snap, &new_manifest, &old_deltas, 20},
      {"old_snapshot_put_aside", nullptr, &new_snap, &new_manifest, &old_deltas, 20},
      {"new_snapshot_in_place", &new_snap, nullptr, &new_manifest, &old_deltas, 20},
      {"done", &new_snap, nullptr, &new_manifest, &new_deltas, 20},
      {"first_install_downloaded", nullptr, &new_snap, nullptr, nullptr, 0},
      {"first_install_switched", nullptr, &new_snap, &new_manifest, nullptr, 20},
      {"first_install_in_place", &new_snap, nullptr, &new_manifest, nullptr, 20},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    holds_only({{"registry.snap", row.snap},
                {"registry.snap.next", row.next},
                {"registry.manifest", row.manifest},
                {"registry.deltas", row.deltas}});
    for (int start = 0; start < 2; ++start) {  // what open() repairs stays repaired
      const auto contents = found();
      ASSERT_TRUE(contents) << contents.error().message;
      const std::uint64_t serial = contents->registry ? contents->registry->serial() : 0;
      EXPECT_EQ(serial, row.want);
      if (row.want != 0) {
        EXPECT_EQ(contents->manifest, row.want == 20 ? "new" : "old");
      }
    }
  }
}

// A compacted snapshot replaces the one below while batches stay on top. They were on disk before,
// and must be after each step. Method: as above.
TEST_F(LocalCopyTest, ACrashLosesNoBatchThatStaysOnTopOfANewSnapshot) {
  std::string old_snap, old_manifest, old_deltas, new_snap, new_manifest, new_deltas;
  RegistryPtr registry;
  {
    LocalCopy copy = attached();
    registry = install(&copy, 10, "old");
    append(&copy, &registry);
    ASSERT_TRUE(compact(*registry, copy.download_path(), seal_of(*registry)));
    const Sha256 chain = registry->chain();
    std::vector<std::string> batches;
    for (int i = 0; i < 3; ++i) {
      batches.push_back(batch_on(&registry));
      ASSERT_TRUE(copy.append(as_bytes(batches.back())));
    }
    old_snap = *read_file(file("registry.snap"), 1 << 20);
    old_manifest = *read_file(file("registry.manifest"), 1 << 20);
    old_deltas = *read_file(file("registry.deltas"), 1 << 20);
    const auto snapshot = Snapshot::open(copy.download_path());
    ASSERT_TRUE(snapshot);
    const auto gap = copy.install(**snapshot, as_bytes("new"), chain, std::span(batches).last(2));
    ASSERT_FALSE(gap) << "they have to follow";
    const RegistryPtr compacted = cache::Registry::over(*snapshot, chain);
    ASSERT_TRUE(compact(*compacted, copy.download_path(), seal_of(*compacted)));
    const auto again = Snapshot::open(copy.download_path());
    ASSERT_TRUE(again);
    const auto installed = copy.install(**again, as_bytes("new"), chain, batches);
    ASSERT_TRUE(installed) << installed.error().message;
    EXPECT_EQ(copy.base_serial(), 11U);
    EXPECT_EQ(copy.serial(), 14U);
    new_snap = *read_file(file("registry.snap"), 1 << 20);
    new_manifest = *read_file(file("registry.manifest"), 1 << 20);
    new_deltas = *read_file(file("registry.deltas"), 1 << 20);
    append(&copy, &registry);  // the copy can be appended to
  }
  const auto last = found();
  ASSERT_TRUE(last) << last.error().message;
  EXPECT_EQ(last->registry->serial(), 15U);
  const struct {
    const char* name;
    const std::string *snap, *next, *manifest, *deltas, *next_deltas;
  } rows[] = {
      {"downloaded", &old_snap, &new_snap, &old_manifest, &old_deltas, nullptr},
      {"batches_beside_it", &old_snap, &new_snap, &old_manifest, &old_deltas, &new_deltas},
      {"manifest_switched", &old_snap, &new_snap, &new_manifest, &old_deltas, &new_deltas},
      {"old_snapshot_put_aside", nullptr, &new_snap, &new_manifest, &old_deltas, &new_deltas},
      {"old_batches_put_aside", nullptr, &new_snap, &new_manifest, nullptr, &new_deltas},
      {"new_snapshot_in_place", &new_snap, nullptr, &new_manifest, nullptr, &new_deltas},
      {"done", &new_snap, nullptr, &new_manifest, &new_deltas, nullptr},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    holds_only({{"registry.snap", row.snap},
                {"registry.snap.next", row.next},
                {"registry.manifest", row.manifest},
                {"registry.deltas", row.deltas},
                {"registry.deltas.next", row.next_deltas}});
    for (int start = 0; start < 2; ++start) {
      const auto contents = found();
      ASSERT_TRUE(contents) << contents.error().message;
      EXPECT_EQ(contents->registry->serial(), 14U);
      EXPECT_EQ(contents->manifest, row.manifest == &new_manifest ? "new" : "old");
    }
    LocalCopy copy = attached();
    ASSERT_TRUE(copy.open(kAnybody));
    EXPECT_EQ(copy.serial(), 14U) << "and what comes next is added to it";
  }
}

// Runs `work` while no file of this process may grow beyond `bytes`.
template <class Work>
void with_files_of_at_most(rlim_t bytes, Work work) {
  struct rlimit kept {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &kept), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  struct rlimit limit = kept;
  limit.rlim_cur = bytes;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
  work();
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &kept), 0);
  std::signal(SIGXFSZ, handler);
}

TEST_F(LocalCopyTest, AFullDiskIsReportedAndLosesNothing) {
  LocalCopy copy = attached();
  RegistryPtr registry = install(&copy, 10, "m");
  append(&copy, &registry);
  RegistryPtr next = registry;
  const std::string batch = batch_on(&next);
  const std::size_t size = fs::file_size(file("registry.deltas"));
  for (const std::size_t room : {std::size_t{0}, std::size_t{5}, batch.size()}) {
    Result<void> appended;
    with_files_of_at_most(size + room, [&] { appended = copy.append(as_bytes(batch)); });
    ASSERT_FALSE(appended) << room;
    EXPECT_EQ(appended.error().kind, ErrorKind::kUnavailable);
    EXPECT_NE(appended.error().message.find("registry.deltas"), std::string::npos);
    EXPECT_EQ(fs::file_size(file("registry.deltas")), size);
    EXPECT_EQ(copy.serial(), 11U);
  }
  EXPECT_EQ(next->serial(), 12U) << "what is served in memory is not touched";
  // An install that runs out of space leaves the old copy.
  const auto snapshot = download(&copy, 20);
  Result<void> installed;
  with_files_of_at_most(10, [&] {
    installed = copy.install(*snapshot, as_bytes("new"), snapshot->info().root_hash);
  });
  ASSERT_FALSE(installed);
  EXPECT_EQ(installed.error().kind, ErrorKind::kUnavailable);
  ASSERT_TRUE(copy.append(as_bytes(batch))) << "once there is room again";
  const auto contents = copy.open(kAnybody);
  ASSERT_TRUE(contents) << contents.error().message;
  EXPECT_EQ(contents->registry->serial(), 12U);
  EXPECT_EQ(contents->manifest, "m");
}

// Method: no file may become as long as the manifest of the copy being installed.
TEST_F(LocalCopyTest, AFullDiskLeavesTheWayBack) {
  LocalCopy copy = attached();
  install(&copy, 10, "first");
  install(&copy, 20, "second");
  const auto snapshot = download(&copy, 30);
  const std::string manifest(1'000, 'm');
  Result<void> installed;
  with_files_of_at_most(manifest.size(), [&] {
    installed = copy.install(*snapshot, as_bytes(manifest), snapshot->info().root_hash);
  });
  ASSERT_FALSE(installed);
  ASSERT_TRUE(write_file_atomically(file("registry.snap"), as_bytes("no snapshot at all")));
  ASSERT_FALSE(copy.open(kAnybody));
  const auto contents = copy.fall_back(kAnybody);
  ASSERT_TRUE(contents) << contents.error().message;
  EXPECT_EQ(contents->registry->serial(), 10U);
  EXPECT_EQ(contents->manifest, "first");
}

// A downloaded snapshot is served before it is installed. The next download reuses the file at the
// download path, writing over it; so what is being served must not be there any more.
TEST_F(LocalCopyTest, WhatCannotBeInstalledIsNotWhereTheNextDownloadIsWritten) {
  LocalCopy copy = attached();
  install(&copy, 10, "m");
  const struct {
    const char* step;
    std::function<void()> spoil;
  } rows[] = {
      {"no_room_for_the_manifest", [] {}},
      {"no_place_for_the_manifest_before",
       [&] { fs::create_directory(file("registry.manifest.previous")); }},
      {"no_place_for_the_snapshot_before",
       [&] {
         fs::remove_all(file("registry.manifest.previous"));
         fs::remove(file("registry.snap.previous"));
         fs::create_directories(file("registry.snap.previous") + "/taken");
       }},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.step);
    row.spoil();
    const auto served = download(&copy, 20);
    Result<void> installed;
    with_files_of_at_most(row.step == rows[0].step ? 10 : 1 << 20, [&] {
      installed = copy.install(*served, as_bytes("new"), served->info().root_hash);
    });
    ASSERT_FALSE(installed);
    EXPECT_FALSE(fs::exists(copy.download_path()));
  }
}

TEST_F(LocalCopyTest, OneGateHoldsAFolder) {
  const LocalCopy copy = attached();
  const auto second = LocalCopy::attach(folder_.string());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::kConflict);
  EXPECT_NE(second.error().message.find("another gate"), std::string::npos);
}

TEST_F(LocalCopyTest, BeforeAnInstallNothingCanBeAppended) {
  LocalCopy copy = attached();
  RegistryPtr registry = cache::Registry::over(open(build(hand_made())));
  EXPECT_FALSE(copy.append(as_bytes(batch_on(&registry))));
}

}  // namespace
}  // namespace beian::cache::test
