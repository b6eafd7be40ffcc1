// The file operations that the log is made of: few, so that a test can play a disk that is full,
// fails, writes half of what it is given or loses power.
//
// A Disk is one folder. Errors are kUnavailable with the system's words. Used by one thread at a
// time, except that files of different names may be read, written and removed by two.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "cache/base/bytes.h"
#include "cache/base/result.h"

namespace beian::log {

// A file that is being appended to.
class DiskFile {
 public:
  virtual ~DiskFile() = default;

  // Writes a beginning of `bytes` behind what was written; returns how many, at least one.
  [[nodiscard]] virtual Result<std::size_t> write_some(ByteView bytes) = 0;
  // Makes sure that `bytes` more can be written behind the first `offset`. Where the file system
  // cannot promise it, does nothing.
  [[nodiscard]] virtual Result<void> reserve(std::uint64_t offset, std::uint64_t bytes) = 0;
  // What was written is on the disk, and its length. After an error nothing is known of it, and it
  // must not be asked again: the kernel may have dropped what it could not write.
  [[nodiscard]] virtual Result<void> sync() = 0;
  // Keeps the first `bytes`, and gives back what was reserved behind them.
  [[nodiscard]] virtual Result<void> truncate(std::uint64_t bytes) = 0;
};

// A file that is read from its beginning.
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
  // Anew: a file of that name is removed first, so that no page of it is left over. Its name is
  // safe only after sync_folder().
  [[nodiscard]] virtual Result<std::unique_ptr<DiskFile>> create(const std::string& name) = 0;
  // To truncate and sync a file that is there.
  [[nodiscard]] virtual Result<std::unique_ptr<DiskFile>> open(const std::string& name) = 0;
  [[nodiscard]] virtual Result<std::unique_ptr<DiskReader>> read(const std::string& name) = 0;
  // Over a file of that name, which is then gone.
  [[nodiscard]] virtual Result<void> rename(const std::string& from, const std::string& to) = 0;
  [[nodiscard]] virtual Result<void> remove(const std::string& name) = 0;
  [[nodiscard]] virtual Result<void> sync_folder() = 0;
};

// Writes all of `bytes`. Errors as write_some(); then a beginning of them may have been written.
[[nodiscard]] Result<void> write_all(DiskFile* file, ByteView bytes);

// Replaces `name`: a file beside it, sync, rename, sync of the folder. On error the old one is
// there.
[[nodiscard]] Result<void> replace_file(Disk* disk, const std::string& name, ByteView bytes);

// Of a real folder. With `is_owner` the folder is made where there is none, and locked until the
// Disk goes: errors kConflict when another process has it. Without, only reading works.
[[nodiscard]] Result<std::unique_ptr<Disk>> open_folder(const std::string& folder, bool is_owner);
// Whether a process has the folder as its owner now.
bool is_owned(const std::string& folder);

}  // namespace beian::log
