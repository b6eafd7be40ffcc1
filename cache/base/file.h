// Files whole or not at all.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "cache/base/bytes.h"
#include "cache/base/result.h"

namespace beian {

// Reads a whole file of at most `bytes_max` bytes. Errors: kUnavailable with the system's words,
// kBadInput when it is larger.
[[nodiscard]] Result<std::string> read_file(const std::string& path, std::size_t bytes_max);

// Replaces `path` atomically: temporary file in the same folder, write, fsync, rename, fsync of the
// folder. On error the old file is unchanged and the temporary one is gone.
[[nodiscard]] Result<void> write_file_atomically(const std::string& path, ByteView bytes,
                                                 unsigned mode = 0644);

// A file being written in pieces that appears under its name only by commit(). One thread.
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

  std::string path_;
  std::string temporary_;
  int descriptor_ = -1;
};

// A file mapped read-only. Moves keep the address. The mapping lives as long as the object.
class MappedFile {
 public:
  MappedFile() = default;
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();

  // Errors: kUnavailable when it cannot be opened or mapped. An empty file gives empty bytes.
  [[nodiscard]] static Result<MappedFile> open(const std::string& path);

  ByteView bytes() const { return {data_, size_}; }

 private:
  const std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace beian
