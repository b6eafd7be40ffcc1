// The file operations that the log is built on. They are few, so that a test can simulate a disk
// that is full, fails, writes half of what it is given or loses power.
//
// A Disk is one folder. Errors are kUnavailable with the system's message. For one thread at a
// time, except that two threads may read, write and remove files of different names.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "cache/base/bytes.h"
#include "cache/base/result.h"

namespace beian::log {

// A file open for appending.
class DiskFile {
 public:
  virtual ~DiskFile() = default;

  // Appends a prefix of `bytes`; returns its length, at least one.
  [[nodiscard]] virtual Result<std::size_t> write_some(ByteView bytes) = 0;
  // Reserves space for `bytes` bytes from `offset` on. Does nothing if the file system cannot.
  [[nodiscard]] virtual Result<void> reserve(std::uint64_t offset, std::uint64_t bytes) = 0;
  // Makes what was written, and the file's length, durable. After an error the file's state is
  // unknown, and sync() must not be called again: the kernel may have dropped unwritten pages.
  [[nodiscard]] virtual Result<void> sync() = 0;
  // Keeps the first `bytes` and frees the space reserved behind them.
  [[nodiscard]] virtual Result<void> truncate(std::uint64_t bytes) = 0;
};

// A file that is read sequentially from its beginning.
class DiskReader {
 public:
  virtual ~DiskReader() = default;

  // Returns how many bytes of `out` were filled; 0 at the end of the file.
  [[nodiscard]] virtual Result<std::size_t> read_some(std::span<char> out) = 0;
};

class Disk {
 public:
  virtual ~Disk() = default;

  struct File {
    std::string name;
    std::uint64_t bytes = 0;
  };
  // Sorted by name.
  [[nodiscard]] virtual Result<std::vector<File>> list() = 0;
  // Creates an empty file. An existing one of that name is removed first, not truncated, so that no
  // cached page of it is left. The name is durable only after sync_folder().
  [[nodiscard]] virtual Result<std::unique_ptr<DiskFile>> create(const std::string& name) = 0;
  // Opens an existing file, to truncate and sync it.
  [[nodiscard]] virtual Result<std::unique_ptr<DiskFile>> open(const std::string& name) = 0;
  [[nodiscard]] virtual Result<std::unique_ptr<DiskReader>> read(const std::string& name) = 0;
  // Replaces a file named `to` if there is one.
  [[nodiscard]] virtual Result<void> rename(const std::string& from, const std::string& to) = 0;
  [[nodiscard]] virtual Result<void> remove(const std::string& name) = 0;
  [[nodiscard]] virtual Result<void> sync_folder() = 0;
};

// Writes all of `bytes`. Errors as write_some(); then a prefix may have been written.
[[nodiscard]] Result<void> write_all(DiskFile* file, ByteView bytes);

// Replaces `name` atomically: writes `name.new`, syncs it, renames it and syncs the folder. On
// error there is a whole file `name`, the old one or, if only the last sync failed, the new one.
[[nodiscard]] Result<void> replace_file(Disk* disk, const std::string& name, ByteView bytes);

// A real folder, for reading only.
std::unique_ptr<Disk> open_folder(const std::string& folder);
// The same for writing: it is created if missing, and locked until the Disk is destroyed. Errors:
// kUnavailable; kConflict when another process holds the lock.
[[nodiscard]] Result<std::unique_ptr<Disk>> own_folder(const std::string& folder);
// Whether some process owns the folder now.
bool is_owned(const std::string& folder);

}  // namespace beian::log
