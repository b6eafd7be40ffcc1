// Reads a segment line by line, each with the offset where it begins.
//
// One thread. A line's view is valid until the next call of next().
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "cache/base/result.h"
#include "gate/log/disk.h"

namespace beian::log {

class LineSource {
 public:
  explicit LineSource(std::unique_ptr<DiskReader> reader) : reader_(std::move(reader)) {}

  struct Line {
    std::string_view text;  // without its line end
    std::uint64_t offset = 0;
    bool is_ended = false;  // a line end follows; false only for the last line or if is_cut
    bool is_cut = false;    // longer than kRecordBytesMax; the rest comes as further lines
  };
  // Returns nullopt at the end. Errors: those of the reader. An error ends the text; the next call
  // returns what was read of the last line.
  [[nodiscard]] Result<std::optional<Line>> next();

  // Bytes handed out so far, line ends included.
  std::uint64_t offset() const noexcept { return offset_; }

 private:
  [[nodiscard]] Result<void> fill();

  const std::unique_ptr<DiskReader> reader_;
  std::string buffer_;
  std::size_t begin_ = 0;    // of what was not handed out yet
  std::size_t scanned_ = 0;  // no line end before it
  std::uint64_t offset_ = 0;
  bool is_at_end_ = false;
};

}  // namespace beian::log
