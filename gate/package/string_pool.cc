#include "gate/package/string_pool.h"

#include <algorithm>

#include "gate/package/limits.h"

namespace beian::package {
namespace {

constexpr std::size_t kPoolHeaderBytes = 28;
constexpr std::uint32_t kUtf8Flag = 1 << 8;
constexpr char32_t kReplacement = 0xFFFD;

Error bad_pool(std::string_view where, const std::string& what) {
  return make_error(ErrorKind::kBadInput, printable(where) + ": its string pool " + what);
}

void append_utf8(char32_t c, std::string* out) {
  const auto byte = [&](char32_t bits) { *out += static_cast<char>(bits); };
  if (c < 0x80) {
    byte(c);
  } else if (c < 0x800) {
    byte(0xC0 | (c >> 6));
    byte(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    byte(0xE0 | (c >> 12));
    byte(0x80 | ((c >> 6) & 0x3F));
    byte(0x80 | (c & 0x3F));
  } else {
    byte(0xF0 | (c >> 18));
    byte(0x80 | ((c >> 12) & 0x3F));
    byte(0x80 | ((c >> 6) & 0x3F));
    byte(0x80 | (c & 0x3F));
  }
}

constexpr bool is_high(char32_t unit) noexcept {
  return (unit & 0xFC00) == 0xD800;
}
constexpr bool is_low(char32_t unit) noexcept {
  return (unit & 0xFC00) == 0xDC00;
}

constexpr char32_t joined(char32_t high, char32_t low) noexcept {
  return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
}

// What was decoded at some place: a UTF-16 unit, or a character beyond U+FFFF.
struct Decoded {
  char32_t unit;
  std::size_t bytes;
};

// Decodes UTF-8 as Android does (ART's GetUtf16FromUtf8): the first byte gives the length;
// continuation bytes are not checked, nor is the shortest form required. A surrogate is one unit.
Decoded decode_at(std::string_view text, std::size_t at) noexcept {
  const auto byte = [&](std::size_t i) {
    return char32_t{static_cast<std::uint8_t>(text[at + i])};
  };
  const char32_t first = byte(0);
  if (first < 0x80) return {first, 1};
  const std::size_t size = (first & 0x20) == 0 ? 2 : (first & 0x10) == 0 ? 3 : 4;
  if (size > text.size() - at) return {kReplacement, 1};
  char32_t unit = first & (size == 2 ? 0x1F : 0x0F);
  for (std::size_t i = 1; i < size; ++i) unit = unit << 6 | (byte(i) & 0x3F);
  const bool is_character = size < 4 || (unit >= 0x10000 && unit <= 0x10FFFF);
  return {is_character ? unit : kReplacement, size};
}

// The length of `text` without a character that was cut off at its end.
std::size_t whole_characters(std::string_view text) noexcept {
  std::size_t size = text.size();
  while (size > 0 && text.size() - size < 4 && (text[size - 1] & 0xC0) == 0x80) --size;
  return size > 0 && is_utf8(text.substr(size - 1)) ? text.size() : size - 1;
}

}  // namespace

std::string cut_text(std::string text) {
  if (text.size() <= limits::kPoolTextBytesMax) return text;
  text.resize(limits::kPoolTextBytesMax);
  text.resize(whole_characters(text));
  return text;
}

std::string utf8_of_utf16(ByteView units) {
  std::string out;
  out.reserve(units.size());
  for (std::size_t at = 0; at + 2 <= units.size(); at += 2) {
    const char32_t unit = u16_at(units, at);
    const char32_t next = at + 4 <= units.size() ? u16_at(units, at + 2) : 0;
    if (is_high(unit) && is_low(next)) {
      append_utf8(joined(unit, next), &out);
      at += 2;
    } else {
      append_utf8(is_high(unit) || is_low(unit) ? kReplacement : unit, &out);
    }
  }
  return out;
}

std::string utf8_of_modified(std::string_view text) {
  if (is_utf8(text)) return std::string(text);
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const Decoded one = decode_at(text, at);
    at += one.bytes;
    const Decoded next = at < text.size() ? decode_at(text, at) : Decoded{0, 0};
    if (is_high(one.unit) && is_low(next.unit)) {
      append_utf8(joined(one.unit, next.unit), &out);
      at += next.bytes;
    } else {
      append_utf8(is_high(one.unit) || is_low(one.unit) ? kReplacement : one.unit, &out);
    }
  }
  return out;
}

Result<StringPool> StringPool::open(const Chunk& chunk, std::string_view where,
                                    Oddities* oddities) {
  const ByteView bytes = chunk.bytes;
  if (chunk.header_bytes < kPoolHeaderBytes)
    return bad_pool(where, "has a header that is too short");
  if (chunk.header_bytes != kPoolHeaderBytes)
    add_oddity(oddities, "pool_header", where, "a string pool whose header is longer than it is");
  StringPool pool;
  pool.count_ = u32_at(bytes, 8);
  pool.is_wide_ = (u32_at(bytes, 16) & kUtf8Flag) == 0;
  if (pool.count_ == 0) return pool;
  const std::uint32_t styles = u32_at(bytes, 12);
  const std::size_t begin = u32_at(bytes, 20);
  const std::size_t end = styles == 0 ? bytes.size() : u32_at(bytes, 24);
  const std::size_t room = (bytes.size() - chunk.header_bytes) / 4;
  if (pool.count_ > room)
    return bad_pool(where, "counts " + std::to_string(pool.count_) + " strings; it has room for " +
                               std::to_string(room));
  const std::size_t unit = pool.is_wide_ ? 2 : 1;
  if (begin >= bytes.size() - 2 || end > bytes.size() || end <= begin || end - begin < unit)
    return bad_pool(where, "has texts that do not lie within it");
  pool.offsets_ = bytes.subspan(chunk.header_bytes, std::size_t{pool.count_} * 4);
  pool.strings_ = bytes.subspan(begin, (end - begin) / unit * unit);
  const ByteView last = pool.strings_.last(unit);
  if (std::ranges::any_of(last, [](std::uint8_t byte) { return byte != 0; }))
    return bad_pool(where, "does not end in a zero");
  if (begin < chunk.header_bytes + pool.offsets_.size())
    add_oddity(oddities, "pool_overlap", where, "a string pool whose offsets reach into its texts");
  return pool;
}

std::optional<std::string> StringPool::text(std::uint32_t index) const {
  const auto bytes = bytes_of(index);
  if (!bytes) return std::nullopt;
  const ByteView kept = bytes->first(std::min(bytes->size(), limits::kPoolTextBytesMax));
  if (is_wide_) return cut_text(utf8_of_utf16(kept));
  return cut_text(utf8_of_modified(as_text(kept).substr(0, as_text(kept).find('\0'))));
}

bool StringPool::is(std::uint32_t index, std::string_view ascii) const noexcept {
  const auto bytes = bytes_of(index);
  if (!bytes || bytes->size() != ascii.size() * (is_wide_ ? 2 : 1)) return false;
  if (!is_wide_) return as_text(*bytes) == ascii;
  for (std::size_t i = 0; i < ascii.size(); ++i)
    if (u16_at(*bytes, i * 2) != static_cast<std::uint8_t>(ascii[i])) return false;
  return true;
}

bool StringPool::reads_as(std::uint32_t index, std::string_view ascii) const noexcept {
  if (is_wide_) return is(index, ascii);
  const auto bytes = bytes_of(index);
  if (!bytes) return false;
  const std::string_view text = as_text(*bytes);
  std::size_t at = 0;
  for (const char c : ascii) {
    if (at == text.size()) return false;
    const Decoded one = decode_at(text, at);
    if (one.unit != static_cast<std::uint8_t>(c)) return false;
    at += one.bytes;
  }
  return at == text.size() || text[at] == '\0';
}

std::optional<ByteView> StringPool::bytes_of(std::uint32_t index) const noexcept {
  if (index >= count_) return std::nullopt;
  const std::size_t at = u32_at(offsets_, std::size_t{index} * 4);
  return is_wide_ ? wide_bytes(at) : narrow_bytes(at);
}

// Length in UTF-16 units, length in UTF-8 bytes (each one byte, or two if the high bit is set),
// text, zero.
std::optional<ByteView> StringPool::narrow_bytes(std::size_t at) const noexcept {
  if (at >= strings_.size() - 1) return std::nullopt;
  std::size_t bytes = 0;
  for (int i = 0; i < 2; ++i) {
    if (at + 2 > strings_.size()) return std::nullopt;
    bytes = u8_at(strings_, at++);
    if ((bytes & 0x80) != 0) bytes = ((bytes & 0x7F) << 8) | u8_at(strings_, at++);
  }
  // The writer truncated lengths of more than 15 bits: the zero shows where the text ends.
  for (std::size_t end = bytes; end < strings_.size() && at < strings_.size() - end;
       end += std::size_t{1} << 15)
    if (strings_[at + end] == 0) return strings_.subspan(at, end);
  return std::nullopt;
}

// Length in units (one word, or two if the high bit is set), text, a zero unit.
std::optional<ByteView> StringPool::wide_bytes(std::size_t at) const noexcept {
  at &= ~std::size_t{1};
  const std::size_t size = strings_.size();
  if (at + 4 > size) return std::nullopt;
  std::size_t units = u16_at(strings_, at);
  at += 2;
  if ((units & 0x8000) != 0) {
    units = ((units & 0x7FFF) << 16) | u16_at(strings_, at);
    at += 2;
  }
  const std::size_t bytes = units * 2;
  if (bytes + 2 > size || at > size - bytes - 2 || u16_at(strings_, at + bytes) != 0)
    return std::nullopt;
  return strings_.subspan(at, bytes);
}

}  // namespace beian::package
