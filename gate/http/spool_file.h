// A temporary file without a name: bytes are appended, then read as a whole. It disappears with
// this object, however the process ends.
//
// One thread at a time. Writing may block on the disk, so not on a worker's thread.
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
  // Creates one in `folder`, readable by nobody else. Errors: kUnavailable with the folder and the
  // system's message.
  [[nodiscard]] static Result<SpoolFile> create(const std::string& folder);

  SpoolFile(SpoolFile&& other) noexcept;
  SpoolFile& operator=(SpoolFile&&) = delete;
  ~SpoolFile();

  // Errors: kUnavailable with the system's message, when the disk is full or fails.
  [[nodiscard]] Result<void> append(std::string_view bytes);
  std::uint64_t size() const noexcept { return size_; }

  // Maps all that was appended; valid as long as this object. Call once; nothing may be appended
  // afterwards. Errors: kUnavailable when it cannot be mapped.
  [[nodiscard]] Result<ByteView> map();

 private:
  explicit SpoolFile(FileDescriptor file) : file_(std::move(file)) {}

  FileDescriptor file_;
  std::uint64_t size_ = 0;
  std::span<std::uint8_t> mapped_;
};

}  // namespace beian::http
