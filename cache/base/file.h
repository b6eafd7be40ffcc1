// Files read, replaced and mapped as a whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>

#include "cache/base/bytes.h"
#include "cache/base/result.h"

namespace beian {

// kUnavailable: "cannot open FILE: No such file or directory", by the errno of the call that
// failed.
Error system_error(const std::string& doing, const std::string& path);

// Reads a whole file of at most `bytes_max` bytes. Errors: kUnavailable with the system's message,
// kBadInput when the file is larger.
[[nodiscard]] Result<std::string> read_file(const std::string& path, std::size_t bytes_max);

// Replaces `path` atomically: temporary file in the same folder, write, fsync, rename, fsync of the
// folder. On an error before the rename the old file is unchanged; the temporary file is removed.
[[nodiscard]] Result<void> write_file_atomically(const std::string& path, ByteView bytes,
                                                 unsigned mode = 0644);

// A file that is written piece by piece and appears under its name only on commit(). Until then it
// has no name at all, so nothing is left of it however the program ends; except on a file system
// without such files, where it has that of the file with a dot and six characters more. One thread.
class AtomicFile {
 public:
  AtomicFile(AtomicFile&& other) noexcept;
  AtomicFile& operator=(AtomicFile&&) = delete;
  ~AtomicFile();  // without commit(): removes the temporary file

  [[nodiscard]] static Result<AtomicFile> create(const std::string& path, unsigned mode = 0644);

  [[nodiscard]] Result<void> write(ByteView bytes);  // appends
  [[nodiscard]] Result<void> commit();               // fsync, rename, fsync of the folder
  int descriptor() const { return descriptor_; }

 private:
  AtomicFile(std::string path, std::string temporary, int descriptor);
  [[nodiscard]] Result<void> give_name();

  std::string path_;
  std::string temporary_;  // empty: none
  int descriptor_ = -1;
};

// Identifies one state of a file by what the kernel records of it: writing changes `modified` and
// `changed`, and nobody can set `changed` back.
struct FileIdentity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t bytes = 0;
  timespec modified{};  // its content
  timespec changed{};   // content, name, owner or mode
};

// Errors: kUnavailable.
[[nodiscard]] Result<FileIdentity> identity_of(const std::string& path);

// Whether both are the same file with the same content, perhaps renamed in between.
bool have_same_content(const FileIdentity& a, const FileIdentity& b) noexcept;

// A file mapped read-only. The mapping lives as long as the object; moving the object keeps the
// address. The file stays open, so that the destructor can release one that was replaced meanwhile
// as gently as it unmaps it.
class MappedFile {
 public:
  MappedFile() = default;
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();

  // Errors: kUnavailable when it cannot be opened or mapped. An empty file gives empty bytes.
  [[nodiscard]] static Result<MappedFile> open(const std::string& path);

  ByteView bytes() const { return {data_, size_}; }
  const FileIdentity& identity() const { return identity_; }  // when it was opened

 private:
  int descriptor_ = -1;
  const std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
  FileIdentity identity_;
};

}  // namespace beian
