#include "cache/feed/lines.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "cache/base/limits.h"

namespace beian::cache {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kReadBytes = 1024 * 1024;
constexpr std::size_t kBufferBytes = limits::kFeedLineBytesMax + kReadBytes;

}  // namespace

LineReader::LineReader(int descriptor)
    : descriptor_(descriptor), buffer_(kBufferBytes + kPaddingBytes, '\0') {}

LineReader::LineReader(std::string_view text)
    : text_(text), buffer_(std::min(text.size() + 1, kBufferBytes) + kPaddingBytes, '\0') {}

bool LineReader::fill() {
  std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
  const std::size_t room = buffer_.size() - kPaddingBytes - end_;
  if (descriptor_ < 0) {
    const std::size_t taken = std::min(room, text_.size());
    std::memcpy(buffer_.data() + end_, text_.data(), taken);
    text_.remove_prefix(taken);
    end_ += taken;
    is_at_end_ = text_.empty();
    return true;
  }
  ssize_t taken = 0;
  do {
    taken = ::read(descriptor_, buffer_.data() + end_, std::min(room, kReadBytes));
  } while (taken < 0 && errno == EINTR);
  if (taken < 0) return false;
  end_ += static_cast<std::size_t>(taken);
  is_at_end_ = taken == 0;
  return true;
}

void LineReader::skip_byte_order_mark() {
  if (std::string_view(buffer_.data() + begin_, end_ - begin_).starts_with(kByteOrderMark))
    begin_ += kByteOrderMark.size();
  is_started_ = true;
}

LineReader::Outcome LineReader::next(std::string_view* line) {
  std::size_t searched = 0;  // bytes from begin_ known to hold no newline
  bool is_too_long = false;
  *line = {};
  for (;;) {
    if (!is_started_ && (end_ - begin_ >= kByteOrderMark.size() || is_at_end_))
      skip_byte_order_mark();
    const char* from = buffer_.data() + begin_ + searched;
    const auto* newline =
        is_started_ ? static_cast<const char*>(std::memchr(from, '\n', end_ - begin_ - searched))
                    : nullptr;
    if (newline == nullptr && !is_at_end_) {
      searched = is_started_ ? end_ - begin_ : 0;
      if (searched > limits::kFeedLineBytesMax) {
        is_too_long = true;
        begin_ = end_;
        searched = 0;
      }
      if (!fill()) return Outcome::kFailed;
      continue;
    }
    const char* stop = newline != nullptr ? newline : buffer_.data() + end_;
    const char* start = buffer_.data() + begin_;
    const auto length = static_cast<std::size_t>(stop - start);
    if (newline == nullptr && length == 0 && !is_too_long) return Outcome::kEnd;
    begin_ += length + (newline != nullptr ? 1 : 0);
    ++line_number_;
    if (is_too_long || length > limits::kFeedLineBytesMax) return Outcome::kTooLong;
    *line = {start, length};
    return Outcome::kLine;
  }
}

std::string_view without_carriage_return(std::string_view line) noexcept {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

bool is_blank(std::string_view line) noexcept {
  return line.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

}  // namespace beian::cache
