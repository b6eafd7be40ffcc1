// A temporary file without a name: bytes are appended, then read as a whole; gone when its owner
// goes, however the process ends.
//
// One thread at a time. Writing blocks as the disk does, so not on a worker's thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "cache/base/bytes.h"
#include "cache/base/result.h"
#include "gate/http/file_descriptor.h"

namespace beian::http {

class SpoolFile {
 public:
  // In `folder`, readable by nobody else. kUnavailable with folder and the system's words.
  [[nodiscard]] static Result<SpoolFile> create(const std::string& folder);

  SpoolFile(SpoolFile&& other) noexcept;
  SpoolFile& operator=(SpoolFile&&) = delete;
  ~SpoolFile();

  // kUnavailable with the system's words: the disk is full, or fails.
  [[nodiscard]] Result<void> append(std::string_view bytes);
  std::uint64_t size() const noexcept { return size_; }

  // All that was appended, as long as this lives. Once, and nothing may be appended afterwards.
  // kUnavailable: it cannot be mapped.
  [[nodiscard]] Result<ByteView> map();

 private:
  explicit SpoolFile(FileDescriptor file) : file_(std::move(file)) {}

  FileDescriptor file_;
  std::uint64_t size_ = 0;
  std::span<std::uint8_t> mapped_;
};

}  // namespace beian::http
