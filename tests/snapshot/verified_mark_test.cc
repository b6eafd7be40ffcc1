// What a mark of verification saves, and what invalidates it.
#include "cache/snapshot/verified_mark.h"

#include <chrono>
#include <fstream>
#include <functional>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>

#include "tests/snapshot/local_copy_fixture.h"

namespace beian::cache::test {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kFlipped = 3'000;  // in the body, where only verifying notices

Sha256 root_hash_at(const std::string& path) {
  const auto snapshot = Snapshot::open(path);
  EXPECT_TRUE(snapshot) << snapshot.error().message;
  return (*snapshot)->info().root_hash;
}

// Flips a bit in place, as a failing disk or a careless hand does; flipping twice restores the
// file.
void flip(const std::string& path) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(kFlipped);
  const char byte = static_cast<char>(file.get() ^ 1);
  file.seekp(kFlipped);
  file.put(byte);
}

TEST_F(LocalCopyTest, WhatWasVerifiedSinceTheMachineStartedIsNotVerifiedAgain) {
  Sha256 root;
  {
    LocalCopy copy = attached();
    install(&copy, 10, "m");
    root = root_hash_at(file("registry.snap"));
  }
  const auto is_marked = [&] {
    return is_verified_by(file("registry.verified"), *identity_of(file("registry.snap")), root);
  };
  EXPECT_TRUE(is_marked());  // by the install
  ASSERT_TRUE(found());
  EXPECT_TRUE(is_marked());
  fs::remove(file("registry.verified"));
  ASSERT_TRUE(found());
  EXPECT_TRUE(is_marked());  // by the open
}

// Method: a mark is forged for a damaged file, so that only verifying would notice the damage.
TEST_F(LocalCopyTest, AMarkSparesTheBodyAndNotTheHeader) {
  Sha256 root;
  {
    LocalCopy copy = attached();
    install(&copy, 10, "m");
    root = root_hash_at(file("registry.snap"));
  }
  flip(file("registry.snap"));
  EXPECT_FALSE(found());
  const auto forge = [&] {
    return mark_verified(file("registry.verified"), *identity_of(file("registry.snap")), root);
  };
  ASSERT_TRUE(forge());
  EXPECT_TRUE(found());

  const SigningKey key = SigningKey::generate();
  const auto untrusted = found({{key.public_key()}, false});
  ASSERT_FALSE(untrusted);
  EXPECT_EQ(untrusted.error().kind, ErrorKind::kUntrusted);

  std::fstream(file("registry.snap"), std::ios::in | std::ios::out | std::ios::binary)
      .seekp(24)
      .put('x');  // serial
  ASSERT_TRUE(forge());
  const auto damaged = found();
  ASSERT_FALSE(damaged);
  EXPECT_NE(damaged.error().message.find("the root hash is not that of header"), std::string::npos)
      << damaged.error().message;
}

TEST_F(LocalCopyTest, AFileThatIsNotAsItWasMarkedIsVerified) {
  {
    LocalCopy copy = attached();
    install(&copy, 10, "m");
  }
  const std::string snap = file("registry.snap");
  const struct {
    const char* name;
    std::function<void()> change;
  } rows[] = {
      {"written_in_place", [&] { flip(snap); }},
      {"written_in_place_and_dated_back",
       [&] {
         const FileIdentity before = *identity_of(snap);
         flip(snap);
         const timespec times[] = {before.modified, before.modified};
         ASSERT_EQ(::utimensat(AT_FDCWD, snap.c_str(), times, 0), 0);
       }},
      {"replaced",
       [&] {
         std::string bytes = *read_file(snap, 1 << 20);
         bytes[kFlipped] = static_cast<char>(bytes[kFlipped] ^ 1);
         ASSERT_TRUE(write_file_atomically(snap, as_bytes(bytes)));
       }},
  };
  const std::string good = *read_file(snap, 1 << 20);
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    ASSERT_TRUE(write_file_atomically(snap, as_bytes(good)));
    ASSERT_TRUE(found());               // marks it
    std::this_thread::sleep_for(20ms);  // lets the kernel's file clock tick
    row.change();
    const auto contents = found();
    ASSERT_FALSE(contents);
    EXPECT_EQ(contents.error().kind, ErrorKind::kDamaged);
  }
}

// Every line of a mark counts, and half a mark is no mark.
TEST_F(LocalCopyTest, AnotherMarkIsNone) {
  Sha256 root;
  {
    LocalCopy copy = attached();
    install(&copy, 10, "m");
    root = root_hash_at(file("registry.snap"));
  }
  const FileIdentity identity = *identity_of(file("registry.snap"));
  const std::string path = file("registry.verified");
  const std::string mark = *read_file(path, 4'096);
  ASSERT_EQ(mark, verified_mark_of(identity, root));
  EXPECT_TRUE(is_verified_by(path, identity, root));
  for (std::size_t at = 0; at < mark.size(); ++at) {
    std::string other = mark;
    other[at] = other[at] == '0' ? '1' : '0';
    ASSERT_TRUE(std::ofstream(path) << other);
    EXPECT_FALSE(is_verified_by(path, identity, root)) << at;
    ASSERT_TRUE(std::ofstream(path) << mark.substr(0, at));
    EXPECT_FALSE(is_verified_by(path, identity, root)) << at;
  }
  fs::remove(path);
  EXPECT_FALSE(is_verified_by(path, identity, root));
}

TEST_F(LocalCopyTest, EachFieldOfAFileIsInItsMark) {
  const FileIdentity file{1, 2, 3, {4, 5}, {6, 7}};
  const std::string mark = verified_mark_of(file, {});
  FileIdentity others[] = {file, file, file, file, file, file, file};
  others[0].device = 8;
  others[1].inode = 8;
  others[2].bytes = 8;
  others[3].modified.tv_sec = 8;
  others[4].modified.tv_nsec = 50;
  others[5].changed.tv_sec = 8;
  others[6].changed.tv_nsec = 70;
  for (const FileIdentity& other : others) EXPECT_NE(verified_mark_of(other, {}), mark);
  EXPECT_NE(verified_mark_of(file, {1}), mark);
}

}  // namespace
}  // namespace beian::cache::test
