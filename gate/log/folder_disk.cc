// Disk on a real folder.
#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <utility>

#include "cache/base/file.h"
#include "gate/log/disk.h"

namespace beian::log {
namespace {

constexpr const char* kLockName = "lock";

// Owns a file descriptor.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const noexcept { return fd_; }

 private:
  int fd_;
};

class FolderFile final : public DiskFile {
 public:
  FolderFile(Descriptor descriptor, std::string path)
      : descriptor_(std::move(descriptor)), path_(std::move(path)) {}

  Result<std::size_t> write_some(ByteView bytes) override {
    for (;;) {
      const ssize_t count = ::write(descriptor_.get(), bytes.data(), bytes.size());
      if (count > 0) return static_cast<std::size_t>(count);
      if (count == 0) errno = ENOSPC;
      if (errno != EINTR) return system_error("cannot write", path_);
    }
  }

  Result<void> reserve(std::uint64_t offset, std::uint64_t bytes) override {
    for (;;) {
      if (::fallocate(descriptor_.get(), FALLOC_FL_KEEP_SIZE, static_cast<off_t>(offset),
                      static_cast<off_t>(bytes)) == 0 ||
          errno == EOPNOTSUPP || errno == ENOSYS)
        return {};
      if (errno != EINTR) return system_error("cannot reserve space for", path_);
    }
  }

  Result<void> sync() override {
    // Not retried, not even on EINTR: what an error leaves behind is unknown.
    if (::fdatasync(descriptor_.get()) != 0) return system_error("cannot flush", path_);
    return {};
  }

  Result<void> truncate(std::uint64_t bytes) override {
    if (::ftruncate(descriptor_.get(), static_cast<off_t>(bytes)) != 0)
      return system_error("cannot cut", path_);
    return {};
  }

 private:
  Descriptor descriptor_;
  std::string path_;
};

class FolderReader final : public DiskReader {
 public:
  FolderReader(Descriptor descriptor, std::string path)
      : descriptor_(std::move(descriptor)), path_(std::move(path)) {}

  Result<std::size_t> read_some(std::span<char> out) override {
    for (;;) {
      const ssize_t count = ::read(descriptor_.get(), out.data(), out.size());
      if (count >= 0) return static_cast<std::size_t>(count);
      if (errno != EINTR) return system_error("cannot read", path_);
    }
  }

 private:
  Descriptor descriptor_;
  std::string path_;
};

class FolderDisk final : public Disk {
 public:
  FolderDisk(std::string folder, Descriptor lock)
      : folder_(std::move(folder)), lock_(std::move(lock)) {}

  Result<std::vector<File>> list() override {
    const std::unique_ptr<DIR, int (*)(DIR*)> stream(::opendir(folder_.c_str()), &::closedir);
    if (stream == nullptr) return system_error("cannot read the folder", folder_);
    std::vector<File> files;
    for (;;) {
      errno = 0;
      const dirent* const item = ::readdir(stream.get());
      // Not the end of the list: a start would take unlisted files for missing and overwrite them.
      if (item == nullptr && errno != 0) return system_error("cannot read the folder", folder_);
      if (item == nullptr) break;
      struct stat status {};
      const std::string name = item->d_name;
      const bool is_there = ::stat(path(name).c_str(), &status) == 0;
      if (!is_there && errno != ENOENT) return system_error("cannot look at", path(name));
      if (is_there && S_ISREG(status.st_mode))
        files.push_back({name, static_cast<std::uint64_t>(status.st_size)});
    }
    std::ranges::sort(files, {}, &File::name);
    return files;
  }

  Result<std::unique_ptr<DiskFile>> create(const std::string& name) override {
    if (::unlink(path(name).c_str()) != 0 && errno != ENOENT)
      return system_error("cannot remove", path(name));
    return open(name, O_CREAT | O_EXCL);
  }

  Result<std::unique_ptr<DiskFile>> open(const std::string& name) override { return open(name, 0); }

  Result<std::unique_ptr<DiskReader>> read(const std::string& name) override {
    Descriptor descriptor(::open(path(name).c_str(), O_RDONLY | O_CLOEXEC));
    if (descriptor.get() < 0) return system_error("cannot open", path(name));
    return std::unique_ptr<DiskReader>(
        std::make_unique<FolderReader>(std::move(descriptor), path(name)));
  }

  Result<void> rename(const std::string& from, const std::string& to) override {
    if (::rename(path(from).c_str(), path(to).c_str()) != 0)
      return system_error("cannot replace", path(to));
    return {};
  }

  Result<void> remove(const std::string& name) override {
    if (::unlink(path(name).c_str()) != 0 && errno != ENOENT)
      return system_error("cannot remove", path(name));
    return {};
  }

  Result<void> sync_folder() override {
    const Descriptor descriptor(::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (descriptor.get() < 0 || ::fsync(descriptor.get()) != 0)
      return system_error("cannot flush the folder", folder_);
    return {};
  }

 private:
  std::string path(const std::string& name) const { return folder_ + "/" + name; }

  Result<std::unique_ptr<DiskFile>> open(const std::string& name, int flags) {
    // Readable by the group: auditors read; only the gate writes.
    Descriptor descriptor(
        ::open(path(name).c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | flags, 0640));
    if (descriptor.get() < 0) return system_error("cannot open", path(name));
    return std::unique_ptr<DiskFile>(
        std::make_unique<FolderFile>(std::move(descriptor), path(name)));
  }

  const std::string folder_;
  const Descriptor lock_;
};

}  // namespace

std::unique_ptr<Disk> open_folder(const std::string& folder) {
  return std::make_unique<FolderDisk>(folder, Descriptor(-1));
}

Result<std::unique_ptr<Disk>> own_folder(const std::string& folder) {
  if (::mkdir(folder.c_str(), 0750) == 0) {
    // Its entry is in the parent folder. If we may not open that, the kernel flushes it eventually.
    const Descriptor above(::open((folder + "/..").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (above.get() >= 0 && ::fsync(above.get()) != 0)
      return system_error("cannot flush the folder above", folder);
  } else if (errno != EEXIST) {
    return system_error("cannot make the folder", folder);
  }
  const std::string path = folder + "/" + kLockName;
  Descriptor lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640));
  if (lock.get() < 0) return system_error("cannot open", path);
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0)
    return make_error(ErrorKind::kConflict,
                      folder + ": another gate writes its log here; give each its own folder");
  return std::unique_ptr<Disk>(std::make_unique<FolderDisk>(folder, std::move(lock)));
}

bool is_owned(const std::string& folder) {
  const Descriptor lock(::open((folder + "/" + kLockName).c_str(), O_RDONLY | O_CLOEXEC));
  return lock.get() >= 0 && ::flock(lock.get(), LOCK_SH | LOCK_NB) != 0;
}

}  // namespace beian::log
