#include "gate/log/line_source.h"

#include <algorithm>

#include "gate/log/limits.h"

namespace beian::log {

Result<std::optional<LineSource::Line>> LineSource::next() {
  for (;;) {
    const std::size_t end = buffer_.find('\n', scanned_);
    const std::size_t bytes = std::min(end, buffer_.size()) - begin_;
    if (end != std::string::npos || bytes > kRecordBytesMax) {
      const bool is_cut = bytes > kRecordBytesMax;
      const std::size_t used = is_cut ? kRecordBytesMax : bytes + 1;
      const Line line{{buffer_.data() + begin_, std::min(bytes, used)}, offset_, !is_cut, is_cut};
      begin_ = scanned_ = begin_ + used;
      offset_ += used;
      return std::optional<Line>(line);
    }
    scanned_ = buffer_.size();
    if (!is_at_end_) {
      if (const auto filled = fill(); !filled) return filled.error();
      continue;
    }
    if (begin_ == buffer_.size()) return std::optional<Line>();
    const Line line{std::string_view(buffer_).substr(begin_), offset_, false, false};
    offset_ += line.text.size();
    begin_ = buffer_.size();
    return std::optional<Line>(line);
  }
}

Result<void> LineSource::fill() {
  buffer_.erase(0, begin_);
  begin_ = 0;
  const std::size_t before = buffer_.size();
  scanned_ = before;
  buffer_.resize(before + kReadBytes);
  const auto count = reader_->read_some({buffer_.data() + before, kReadBytes});
  buffer_.resize(before + (count ? *count : 0));
  is_at_end_ = !count || *count == 0;
  if (!count) return count.error();
  return {};
}

}  // namespace beian::log
