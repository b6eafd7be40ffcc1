// Reads a file or a text line by line, in constant memory.
//
// Knows nothing of dialects. One thread. The view of a line is valid until the next call; at least
// kPaddingBytes readable bytes follow it, as simdjson requires.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace beian::cache {

class LineReader {
 public:
  static constexpr std::size_t kPaddingBytes = 64;

  enum class Outcome : std::uint8_t {
    kLine,     // a line without its \n; a \r before that is kept
    kTooLong,  // more than limits::kFeedLineBytesMax: skipped whole, *line is empty
    kEnd,      // no more lines
    kFailed,   // the descriptor could not be read; errno says why
  };

  // Reads from an open descriptor, which it does not own.
  explicit LineReader(int descriptor);
  // Reads from text in memory, which must live as long as the reader.
  explicit LineReader(std::string_view text);

  // Skips a byte order mark at the very beginning; anywhere else it is part of the line. The last
  // \n may be missing.
  Outcome next(std::string_view* line);

  std::uint64_t line_number() const noexcept { return line_number_; }  // of the last line, from 1

 private:
  bool fill();  // moves the rest to the front, reads on; false: the descriptor failed
  void skip_byte_order_mark();

  int descriptor_ = -1;
  std::string_view text_;  // not yet copied, when there is no descriptor
  std::string buffer_;
  std::size_t begin_ = 0;  // of the bytes not yet returned
  std::size_t end_ = 0;
  std::uint64_t line_number_ = 0;
  bool is_at_end_ = false;  // the source has no more bytes
  bool is_started_ = false;
};

// `line` without one carriage return at its end.
std::string_view without_carriage_return(std::string_view line) noexcept;
// True when `line` holds nothing but blanks.
bool is_blank(std::string_view line) noexcept;

}  // namespace beian::cache
