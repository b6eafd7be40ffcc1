// A real folder whose flushes can be stalled or made to fail while threads run. Otherwise flushes
// take no time: no test cuts the power, and on a disk that is busy with others they might take
// seconds, while callers wait no longer than kBlockDeadline. Tests only.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "gate/log/disk.h"

namespace beian::log::test {

// Shared by the test and the disk.
struct DiskHooks {
  std::atomic<bool> is_failing{false};  // sync and reserve fail
  std::atomic<bool> is_full{false};     // reserve fails
  std::atomic<bool> keeps_all{false};   // truncate fails
  std::atomic<std::uint64_t> syncs{0};

  void stall(bool on) {
    const std::scoped_lock lock(mutex);
    is_stalled = on;
    changed.notify_all();
  }
  void pass() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return !is_stalled; });
  }

  std::mutex mutex;
  std::condition_variable changed;
  bool is_stalled = false;
};

class HookedDisk final : public Disk {
 public:
  HookedDisk(std::unique_ptr<Disk> disk, DiskHooks* hooks)
      : disk_(std::move(disk)), hooks_(*hooks) {}

  Result<std::vector<File>> list() override { return disk_->list(); }
  Result<std::unique_ptr<DiskFile>> create(const std::string& name) override {
    return hooked(disk_->create(name));
  }
  Result<std::unique_ptr<DiskFile>> open(const std::string& name) override {
    return hooked(disk_->open(name));
  }
  Result<std::unique_ptr<DiskReader>> read(const std::string& name) override {
    return disk_->read(name);
  }
  Result<void> rename(const std::string& from, const std::string& to) override {
    return disk_->rename(from, to);
  }
  Result<void> remove(const std::string& name) override { return disk_->remove(name); }
  Result<void> sync_folder() override { return {}; }

 private:
  class File final : public DiskFile {
   public:
    File(std::unique_ptr<DiskFile> file, DiskHooks* hooks)
        : file_(std::move(file)), hooks_(*hooks) {}
    Result<std::size_t> write_some(ByteView bytes) override { return file_->write_some(bytes); }
    Result<void> reserve(std::uint64_t offset, std::uint64_t bytes) override {
      if (hooks_.is_failing || hooks_.is_full)
        return make_error(ErrorKind::kUnavailable, "reserve: No space left on device");
      return file_->reserve(offset, bytes);
    }
    Result<void> sync() override {
      hooks_.pass();
      ++hooks_.syncs;
      if (hooks_.is_failing) return make_error(ErrorKind::kUnavailable, "sync: Input/output error");
      return {};
    }
    Result<void> truncate(std::uint64_t bytes) override {
      if (hooks_.keeps_all)
        return make_error(ErrorKind::kUnavailable, "truncate: Input/output error");
      return file_->truncate(bytes);
    }

   private:
    const std::unique_ptr<DiskFile> file_;
    DiskHooks& hooks_;
  };

  Result<std::unique_ptr<DiskFile>> hooked(Result<std::unique_ptr<DiskFile>> file) {
    if (!file) return file;
    return std::unique_ptr<DiskFile>(std::make_unique<File>(std::move(*file), &hooks_));
  }

  const std::unique_ptr<Disk> disk_;
  DiskHooks& hooks_;
};

}  // namespace beian::log::test
