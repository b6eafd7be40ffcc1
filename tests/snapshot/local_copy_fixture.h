// A local copy in a temporary folder, for its tests.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <initializer_list>
#include <utility>

#include "cache/base/file.h"
#include "cache/snapshot/delta.h"
#include "cache/snapshot/local_copy.h"
#include "tests/snapshot/delta_model.h"

namespace beian::cache::test {

namespace fs = std::filesystem;
using RegistryPtr = std::shared_ptr<const cache::Registry>;

class LocalCopyTest : public ::testing::Test {
 protected:
  LocalCopyTest() : folder_(fs::path(::testing::TempDir()) / ("copy_" + std::to_string(getpid()))) {
    fs::remove_all(folder_);
  }
  ~LocalCopyTest() override { fs::remove_all(folder_); }

  std::string file(const char* name) const { return (folder_ / name).string(); }

  // From now on the folder has exactly these files; those without content are absent.
  void holds_only(std::initializer_list<std::pair<const char*, const std::string*>> files) {
    fs::remove_all(folder_);
    fs::create_directory(folder_);
    for (const auto& [name, bytes] : files) {
      if (bytes == nullptr) continue;
      EXPECT_TRUE(write_file_atomically(file(name), as_bytes(*bytes)));
    }
  }

  LocalCopy attached() {
    auto copy = LocalCopy::attach(folder_.string());
    EXPECT_TRUE(copy) << copy.error().message;
    return std::move(*copy);
  }

  // What a gate that starts now finds.
  Result<LocalCopy::Contents> found(const Trust& trust = kAnybody) {
    LocalCopy copy = attached();
    return copy.open(trust);
  }

  // Puts a registry of `serial` at the download path and installs it.
  RegistryPtr install(LocalCopy* copy, std::uint64_t serial, const std::string& manifest) {
    const auto snapshot = download(copy, serial);
    const auto installed = copy->install(*snapshot, as_bytes(manifest), snapshot->info().root_hash);
    EXPECT_TRUE(installed) << installed.error().message;
    return cache::Registry::over(snapshot);
  }
  std::shared_ptr<const Snapshot> download(LocalCopy* copy, std::uint64_t serial) {
    SealOptions options = seal();
    options.serial = serial;
    const std::string bytes = build(hand_made(), options);
    EXPECT_TRUE(write_file_atomically(copy->download_path(), as_bytes(bytes)));
    auto snapshot = Snapshot::open(copy->download_path());
    EXPECT_TRUE(snapshot) << snapshot.error().message;
    return *snapshot;
  }

  // Applies a batch with one new service and appends it.
  static std::string batch_on(RegistryPtr* registry) {
    DeltaBatch batch;
    batch.serial = (*registry)->serial() + 1;
    batch.as_of = (*registry)->info().as_of;
    batch.previous = (*registry)->chain();
    ServiceRecord record = hand_made().services[1];
    record.id = 1'000 + batch.serial;
    batch.records.emplace_back(record);
    auto next = cache::apply(*registry, batch);
    EXPECT_TRUE(next) << next.error().message;
    *registry = *next;
    return encode(batch, nullptr);
  }
  static void append(LocalCopy* copy, RegistryPtr* registry) {
    const auto appended = copy->append(as_bytes(batch_on(registry)));
    EXPECT_TRUE(appended) << appended.error().message;
  }

  fs::path folder_;
};

}  // namespace beian::cache::test
