// The copy on disk when some of its bytes are not what was written: what is cut off, what is
// reported, and what the gate falls back to.
#include "cache/snapshot/local_copy.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>

#include <sys/resource.h>
#include <unistd.h>

#include "cache/base/file.h"
#include "cache/snapshot/compact.h"
#include "cache/snapshot/delta.h"
#include "tests/snapshot/local_copy_fixture.h"

namespace beian::cache::test {
namespace {

TEST_F(LocalCopyTest, ATornTailIsCut) {
  RegistryPtr registry;
  std::size_t before;
  std::string log;
  {
    LocalCopy copy = attached();
    registry = install(&copy, 10, "m");
    append(&copy, &registry);
    before = fs::file_size(file("registry.deltas"));
    append(&copy, &registry);
    log = *read_file(file("registry.deltas"), 1 << 20);
  }
  for (std::size_t size = before; size <= log.size();
       size += size + 9 < log.size() && size > before + 20 ? 9 : 1) {
    ASSERT_TRUE(write_file_atomically(file("registry.deltas"),
                                      as_bytes(std::string_view(log).substr(0, size))));
    const auto contents = found();
    ASSERT_TRUE(contents) << size << ": " << contents.error().message;
    EXPECT_EQ(contents->registry->serial(), size == log.size() ? 12U : 11U);
    EXPECT_EQ(contents->torn_bytes, size == log.size() ? 0 : size - before);
    EXPECT_EQ(fs::file_size(file("registry.deltas")), size == log.size() ? size : before);
  }
  // Zeros: what a file system may leave of a write that it never carried out.
  ASSERT_TRUE(write_file_atomically(file("registry.deltas"),
                                    as_bytes(log.substr(0, before) + std::string(900, '\0'))));
  const auto contents = found();
  ASSERT_TRUE(contents) << contents.error().message;
  EXPECT_EQ(contents->registry->serial(), 11U);
}

TEST_F(LocalCopyTest, ABadRecordBeforeGoodOnesIsDamage) {
  RegistryPtr registry;
  std::size_t first;
  std::size_t second;
  {
    LocalCopy copy = attached();
    registry = install(&copy, 10, "m");
    first = fs::file_size(file("registry.deltas"));
    append(&copy, &registry);
    second = fs::file_size(file("registry.deltas"));
    append(&copy, &registry);
  }
  const std::string log = *read_file(file("registry.deltas"), 1 << 20);
  for (std::size_t at = 0; at < second; at += at < first + 16 ? 3 : 23) {
    std::string damaged = log;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    ASSERT_TRUE(write_file_atomically(file("registry.deltas"), as_bytes(damaged)));
    const auto contents = found();
    ASSERT_FALSE(contents) << at;
    EXPECT_EQ(contents.error().kind, ErrorKind::kDamaged);
    const std::string where = at < first ? "byte 0" : "byte " + std::to_string(first);
    EXPECT_NE(contents.error().message.find("registry.deltas: damaged at " + where),
              std::string::npos)
        << contents.error().message;
  }
}

TEST_F(LocalCopyTest, DamageAnywhereElseIsReportedWithFileAndOffset) {
  {
    LocalCopy copy = attached();
    install(&copy, 10, "manifest");
  }
  for (const char* name : {"registry.snap", "registry.manifest"}) {
    const std::string bytes = *read_file(file(name), 1 << 20);
    for (std::size_t at = 0; at < bytes.size(); at += bytes.size() / 12) {
      std::string damaged = bytes;
      damaged[at] = static_cast<char>(damaged[at] ^ 1);
      ASSERT_TRUE(write_file_atomically(file(name), as_bytes(damaged)));
      const auto contents = found();
      ASSERT_FALSE(contents) << name << " " << at;
      EXPECT_NE(contents.error().message.find(name), std::string::npos);
      EXPECT_NE(contents.error().message.find("at byte "), std::string::npos)
          << contents.error().message;
    }
    ASSERT_TRUE(write_file_atomically(file(name), as_bytes(bytes)));
  }
  // An install repairs it.
  ASSERT_TRUE(write_file_atomically(file("registry.snap"), as_bytes("no snapshot at all")));
  LocalCopy copy = attached();
  ASSERT_FALSE(copy.open(kAnybody));
  install(&copy, 11, "again");
  const auto contents = copy.open(kAnybody);
  ASSERT_TRUE(contents) << contents.error().message;
  EXPECT_EQ(contents->registry->serial(), 11U);
}

// Goal: in a copy that is damaged anywhere, the newest intact state is found, and the copy goes on
// from there. Method: serial 10 and two batches, then serial 20 and three; a byte in each file is
// flipped.
TEST_F(LocalCopyTest, WhatIsDamagedFallsBackToWhatIsWhole) {
  std::map<std::string, std::string> files;
  std::size_t first_batch;  // where its frame begins; likewise for the next
  std::size_t second_batch;
  {
    LocalCopy copy = attached();
    RegistryPtr registry = install(&copy, 10, "first");
    append(&copy, &registry);
    append(&copy, &registry);
    registry = install(&copy, 20, "second");
    first_batch = fs::file_size(file("registry.deltas"));
    append(&copy, &registry);
    second_batch = fs::file_size(file("registry.deltas"));
    append(&copy, &registry);
    append(&copy, &registry);
  }
  for (const auto& entry : fs::directory_iterator(folder_))
    files[entry.path().filename()] = *read_file(entry.path(), 1 << 20);
  struct Flip {
    const char* name;
    std::size_t at;
  };
  const struct {
    std::vector<Flip> flips;
    std::uint64_t want;  // serial; 0: nothing is intact
    const char* manifest;
  } rows[] = {
      {{{"registry.snap", 3'000}}, 12, "first"},
      {{{"registry.manifest", 60}}, 12, "first"},
      {{{"registry.deltas", second_batch + 30}}, 21, "second"},
      {{{"registry.deltas", first_batch + 1}}, 20, "second"},
      {{{"registry.deltas", 3}}, 20, "second"},
      {{{"registry.snap", 3'000}, {"registry.deltas.previous", first_batch + 30}}, 10, "first"},
      {{{"registry.snap", 3'000}, {"registry.deltas.previous", 3}}, 10, "first"},
      {{{"registry.snap", 3'000}, {"registry.snap.previous", 3'000}}, 0, "registry.snap.previous"},
      {{{"registry.snap", 9}, {"registry.manifest.previous", 60}}, 0, "registry.manifest.previous"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.flips[0].name + std::string(" ") + std::to_string(row.flips[0].at));
    fs::remove_all(folder_);
    fs::create_directory(folder_);
    for (const auto& [name, bytes] : files)
      ASSERT_TRUE(write_file_atomically(file(name.c_str()), as_bytes(bytes)));
    for (const Flip& flip : row.flips) {
      std::string damaged = files.at(flip.name);
      damaged.at(flip.at) = static_cast<char>(damaged.at(flip.at) ^ 1);
      ASSERT_TRUE(write_file_atomically(file(flip.name), as_bytes(damaged)));
    }
    {
      LocalCopy copy = attached();
      ASSERT_FALSE(copy.open(kAnybody));
      const auto contents = copy.fall_back(kAnybody);
      ASSERT_EQ(contents.has_value(), row.want != 0);
      if (row.want == 0) {
        EXPECT_NE(contents.error().message.find(row.manifest), std::string::npos)
            << contents.error().message;
        continue;
      }
      EXPECT_EQ(contents->registry->serial(), row.want);
      EXPECT_EQ(contents->manifest, row.manifest);
      EXPECT_EQ(copy.serial(), row.want);
      RegistryPtr registry = contents->registry;
      append(&copy, &registry);
    }
    const auto contents = found();
    ASSERT_TRUE(contents) << contents.error().message;
    EXPECT_EQ(contents->registry->serial(), row.want + 1);
  }
}

// A missing file is damage: nothing brings it back.
TEST_F(LocalCopyTest, AFileThatIsGoneFallsBackToo) {
  for (const char* name : {"registry.snap", "registry.manifest"}) {
    SCOPED_TRACE(name);
    fs::remove_all(folder_);
    LocalCopy copy = attached();
    RegistryPtr registry = install(&copy, 10, "first");
    append(&copy, &registry);
    install(&copy, 20, "second");
    fs::remove(file(name));
    const auto contents = copy.open(kAnybody);
    ASSERT_FALSE(contents);
    EXPECT_EQ(contents.error().kind, ErrorKind::kDamaged);
    EXPECT_EQ(copy.fall_back(kAnybody)->registry->serial(), 11U);
  }
}

// Method: the process has as many descriptors open as it may, so that nothing can be read.
TEST_F(LocalCopyTest, WhatCannotBeReadNowIsLeftAlone) {
  {
    LocalCopy copy = attached();
    RegistryPtr registry = install(&copy, 10, "first");
    append(&copy, &registry);
    registry = install(&copy, 20, "second");
    append(&copy, &registry);
  }
  {
    LocalCopy copy = attached();
    const int next = ::dup(0);
    ::close(next);
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
    for (rlim_t more = 0; more < 3; ++more) {
      SCOPED_TRACE(more);
      const rlimit few{static_cast<rlim_t>(next) + more, before.rlim_max};
      ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
      const auto opened = copy.open(kAnybody);
      const auto fallen = opened ? opened : copy.fall_back(kAnybody);
      ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
      if (more == 0) {
        EXPECT_FALSE(opened);
      }
      if (!opened) {
        EXPECT_EQ(opened.error().kind, ErrorKind::kUnavailable);
      }
      if (!fallen) {
        EXPECT_EQ(fallen.error().kind, ErrorKind::kUnavailable);
      }
      if (fallen) {
        EXPECT_EQ(fallen->registry->serial(), 21U);
      }
    }
  }
  const auto contents = found();
  ASSERT_TRUE(contents) << contents.error().message;
  EXPECT_EQ(contents->registry->serial(), 21U);
}

// Method: the folder as it is after each step of falling back, put together by hand.
TEST_F(LocalCopyTest, ACrashWhileFallingBackIsMadeGood) {
  {
    LocalCopy copy = attached();
    RegistryPtr registry = install(&copy, 10, "first");
    append(&copy, &registry);
    install(&copy, 20, "second");
  }
  ASSERT_TRUE(write_file_atomically(file("registry.snap"), as_bytes("no snapshot at all")));
  const auto back_to_eleven = [&] {
    LocalCopy copy = attached();
    ASSERT_FALSE(copy.open(kAnybody));
    const auto contents = copy.fall_back(kAnybody);
    ASSERT_TRUE(contents) << contents.error().message;
    EXPECT_EQ(contents->registry->serial(), 11U);
  };
  const fs::path kept = folder_.string() + ".kept";
  fs::remove_all(kept);
  fs::copy(folder_, kept);
  const std::pair<const char*, const char*> steps[] = {
      {"registry.deltas.previous", "registry.deltas"}, {"registry.snap.previous", "registry.snap"}};
  for (std::size_t done = 0; done <= std::size(steps); ++done) {
    SCOPED_TRACE(done);
    fs::remove_all(folder_);
    fs::copy(kept, folder_);
    for (std::size_t i = 0; i < done; ++i) fs::rename(file(steps[i].first), file(steps[i].second));
    back_to_eleven();
    EXPECT_EQ(found()->registry->serial(), 11U);
  }
  fs::remove_all(kept);
}

}  // namespace
}  // namespace beian::cache::test
