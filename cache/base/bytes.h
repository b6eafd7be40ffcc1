// Bytes as hexadecimal and base64, little-endian words, and text that is safe to print.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace beian {

using ByteView = std::span<const std::uint8_t>;

static_assert(std::endian::native == std::endian::little,
              "snapshot files are little-endian and read in place");

inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Lower-case hexadecimal, two characters a byte.
std::string to_hex(ByteView bytes);
// Writes the same to `out`, which has room for it; returns the end.
char* print_hex(ByteView bytes, char* out) noexcept;

// Value of a hexadecimal digit of either case, or -1. Inline: certificates and keys arrive as
// hexadecimal, and a function call per digit would be a tenth of a check.
constexpr int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// Decodes hexadecimal of either case, skipping colons and white space between digits. Writes at
// most `out.size()` bytes and returns their number, or -1 when a character is not allowed, the
// number of digits is odd, or the bytes do not fit.
std::ptrdiff_t from_hex(std::string_view text, std::span<std::uint8_t> out) noexcept;

// Standard base64 with padding; white space is skipped when decoding. Returns false when the text
// is not base64.
bool from_base64(std::string_view text, std::vector<std::uint8_t>* out);
std::string to_base64(ByteView bytes);

// True when `text` is well-formed UTF-8 (no overlong form, no surrogate, at most U+10FFFF).
bool is_utf8(std::string_view text) noexcept;

// Makes `text` safe for one line of a terminal or a log: C0, DEL, C1, line separators, bidi
// controls, byte order marks and bytes that are not UTF-8 become \xNN or \u{N}; a long text is cut
// at `bytes_max`, with an ellipsis.
std::string printable(std::string_view text, std::size_t bytes_max = 200);

}  // namespace beian
