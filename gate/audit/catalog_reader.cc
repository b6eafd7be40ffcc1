#include "gate/audit/catalog_reader.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "cache/base/limits.h"
#include "gate/audit/decoders.h"

namespace beian::audit {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::size_t find(std::string_view text, char c, std::size_t from) noexcept {
  const void* const at = std::memchr(text.data() + from, c, text.size() - from);
  return at == nullptr ? text.size()
                       : static_cast<std::size_t>(static_cast<const char*>(at) - text.data());
}

bool is_blank(std::string_view line) noexcept {
  if (!line.empty() && line.front() > ' ') return false;
  return line.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

// Where a row ends: at its newline, or at the end of `text` if there is none.
struct RowEnd {
  std::size_t at = 0;
  std::size_t first_line = 0;  // where its first line ends
  bool is_open = false;        // `text` ends inside quotes
};

// A quote opens a cell only at the cell's start; elsewhere it is a fault of that row, which must
// not swallow the following rows. Nor must one that was never closed: the quote found for it, lines
// later, opens a cell of another row, so text is behind it. Then the row is its first line.
RowEnd csv_row_end(std::string_view text) noexcept {
  const std::size_t newline = find(text, '\n', 0);
  if (find(text.substr(0, newline), '"', 0) == newline) return {newline, newline, false};
  bool is_cell_begin = true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n') return {i, newline, false};
    if (c == '"' && is_cell_begin) {
      do {
        i = find(text, '"', i + 1);
        if (i == text.size()) return {i, newline, true};
        ++i;
      } while (i < text.size() && text[i] == '"');
      const bool is_closed =
          i == text.size() || std::string_view(",\r\n").find(text[i]) != std::string_view::npos;
      if (!is_closed && i > newline) return {newline, newline, false};
      --i;  // on the closing quote
      is_cell_begin = false;
    } else {
      is_cell_begin = c == ',';
    }
  }
  return {text.size(), newline, false};
}

// Whether the row that ends there exceeds the limit; a CR before its newline does not count.
bool is_too_long(std::string_view text, const RowEnd& end) noexcept {
  const bool has_cr = end.at > 0 && text[end.at - 1] == '\r';
  return end.at - (has_cr ? 1 : 0) > limits::kAuditRowBytesMax;
}

RowEnd row_end(std::string_view text, CatalogFormat format) noexcept {
  if (format == CatalogFormat::kCsv) return csv_row_end(text);
  const std::size_t newline = find(text, '\n', 0);
  return {newline, newline, false};
}

}  // namespace

CatalogReader::CatalogReader(std::unique_ptr<ByteSource> source, CatalogFormat format,
                             Encoding encoding)
    : source_(std::move(source)), format_(format), encoding_(encoding) {}

Result<std::string> CatalogReader::read_header() {
  BEIAN_ASSERT(!is_started_);
  is_started_ = true;
  rest_.resize(limits::kAuditChunkBytes);
  const auto count = source_->read(rest_);
  if (!count) return count.error();
  is_at_end_ = *count < rest_.size();
  rest_.resize(*count);
  std::string_view text(rest_.data(), rest_.size());
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  std::string header;
  while (format_ == CatalogFormat::kCsv) {
    if (text.empty())
      return make_error(ErrorKind::kBadInput, "the catalog is empty: a CSV begins with its header");
    const RowEnd end = csv_row_end(text);
    if (end.is_open || end.at > limits::kAuditRowBytesMax)
      return make_error(ErrorKind::kBadInput,
                        "line 1: the CSV header does not end; is this a CSV file?");
    header = text.substr(0, end.at);
    place_.lines += 1 + static_cast<std::uint64_t>(std::ranges::count(header, '\n'));
    text.remove_prefix(std::min(end.at + 1, text.size()));
    if (!is_blank(header)) break;
  }
  place_.offset = rest_.size() - text.size();
  rest_.erase(rest_.begin(), rest_.end() - static_cast<std::ptrdiff_t>(text.size()));
  if (header.ends_with('\r')) header.pop_back();
  return header;
}

Result<void> CatalogReader::seek(const CatalogPlace& place) {
  BEIAN_ASSERT(is_started_ && place.offset >= place_.offset);
  const std::uint64_t distance = place.offset - place_.offset;
  const std::size_t ready = rest_.size();
  const auto dropped = static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(distance, ready));
  rest_.erase(rest_.begin(), rest_.begin() + dropped);
  if (distance > ready)
    if (auto skipped = source_->skip(distance - ready); !skipped) return skipped.error();
  place_ = place;
  return {};
}

Result<bool> CatalogReader::next(RowChunk* chunk) {
  BEIAN_ASSERT(is_started_);
  chunk->begin = place_;
  chunk->rows.clear();
  if (auto filled = fill(chunk); !filled) return filled.error();
  if (chunk->buffer.empty()) return false;
  if (auto done = split(chunk); !done) return done.error();
  chunk->buffer.resize(chunk->buffer.size() + limits::kBodyPaddingBytes);
  place_.rows += chunk->rows.size();
  chunk->end = place_;
  chunk->bytes_taken = source_->bytes_taken();
  return true;
}

// Fills the chunk's buffer: first with what the last chunk left over, then from the source.
Result<void> CatalogReader::fill(RowChunk* chunk) {
  std::vector<char>& buffer = chunk->buffer;
  buffer.reserve(limits::kAuditChunkBytes + limits::kBodyPaddingBytes);
  buffer.resize(limits::kAuditChunkBytes);
  std::size_t size = std::min(rest_.size(), buffer.size());
  std::copy_n(rest_.begin(), size, buffer.begin());
  rest_.erase(rest_.begin(), rest_.begin() + static_cast<std::ptrdiff_t>(size));
  if (!is_at_end_ && size < buffer.size()) {
    const auto count = source_->read(std::span(buffer).subspan(size));
    if (!count) return count.error();
    size += *count;
    is_at_end_ = size < buffer.size();
  }
  buffer.resize(size);
  return {};
}

// Finds the rows in the chunk's buffer; an incomplete row goes back to rest_.
Result<void> CatalogReader::split(RowChunk* chunk) {
  const std::string_view text(chunk->buffer.data(), chunk->buffer.size());
  const bool is_last = is_at_end_ && rest_.empty();
  const std::uint64_t lines_before = place_.lines;
  std::size_t begin = 0;
  const auto add = [&](std::size_t bytes, RowFault fault) {
    const std::string_view row = text.substr(begin, bytes);
    if (fault == RowFault::kNone && is_blank(row)) return;
    if (fault == RowFault::kNone && encoding_ == Encoding::kGb18030 &&
        find(row, kNoGb18030, 0) < row.size())
      fault = RowFault::kNotGb18030;
    const std::size_t kept = bytes - (row.ends_with('\r') ? 1 : 0);
    chunk->rows.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(kept),
                           static_cast<std::uint32_t>(place_.lines - lines_before), fault});
  };
  while (begin < text.size()) {
    const std::string_view left = text.substr(begin);
    const RowEnd end = row_end(left, format_);
    const bool is_whole = end.at < left.size() || (is_last && !end.is_open);
    if (is_whole && !is_too_long(left, end)) {
      add(end.at, RowFault::kNone);
      place_.lines += 1;
      if (end.at != end.first_line)
        place_.lines +=
            static_cast<std::uint64_t>(std::ranges::count(left.substr(0, end.at), '\n'));
      begin += std::min(end.at + 1, left.size());
      continue;
    }
    if (!is_whole && !is_last && left.size() <= limits::kAuditRowBytesMax + 1) break;
    // The row is too long, or a quote is never closed: only its first line is given up.
    add(0, end.first_line == end.at && !end.is_open ? RowFault::kTooLong : RowFault::kOpenQuote);
    place_.lines += 1;
    if (end.first_line < left.size() || is_last) {
      begin += std::min(end.first_line + 1, left.size());
      continue;
    }
    chunk->buffer.resize(begin);
    place_.offset += text.size();
    return drop_line();
  }
  place_.offset += begin;
  rest_.insert(rest_.begin(), text.begin() + static_cast<std::ptrdiff_t>(begin), text.end());
  chunk->buffer.resize(begin);
  return {};
}

// Discards the rest of a line that fills the rest of a chunk.
Result<void> CatalogReader::drop_line() {
  for (;;) {
    if (rest_.empty()) {
      rest_.resize(limits::kAuditHeadBytes);
      const auto count = source_->read(rest_);
      if (!count) return count.error();
      is_at_end_ = *count < rest_.size();
      rest_.resize(*count);
    }
    const std::size_t newline = find({rest_.data(), rest_.size()}, '\n', 0);
    const std::size_t dropped = std::min(newline + 1, rest_.size());
    const bool is_found = newline < rest_.size();
    place_.offset += dropped;
    rest_.erase(rest_.begin(), rest_.begin() + static_cast<std::ptrdiff_t>(dropped));
    if (is_found || (rest_.empty() && is_at_end_)) return {};
  }
}

}  // namespace beian::audit
