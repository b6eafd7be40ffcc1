#include "cache/base/bytes.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

#include "cache/base/result.h"

namespace beian {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kBase64Digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// hex_digit() of every byte, for decoding pairs of digits.
constexpr std::array<std::int8_t, 256> kHexValues = [] {
  std::array<std::int8_t, 256> values{};
  for (int byte = 0; byte < 256; ++byte)
    values[static_cast<std::size_t>(byte)] =
        static_cast<std::int8_t>(hex_digit(static_cast<char>(byte)));
  return values;
}();

int hex_value(char c) noexcept {
  return kHexValues[static_cast<std::uint8_t>(c)];
}

// Length of the UTF-8 sequence at `text`, or 0 when it is malformed. Sets `*code_point`.
std::size_t decode_utf8(std::string_view text, char32_t* code_point) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) return *code_point = lead, 1;
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return 0;
  char32_t value = lead & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
    value = (value << 6) | (byte(i) & 0x3FU);
  }
  constexpr std::array<char32_t, 5> kSmallest = {0, 0, 0x80, 0x800, 0x10000};
  if (value < kSmallest[length] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
    return 0;
  return *code_point = value, length;
}

bool is_dangerous(char32_t c) noexcept {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029 || c == 0x061C ||
         (c >= 0x200E && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

}  // namespace

char* print_hex(ByteView bytes, char* out) noexcept {
  for (const std::uint8_t byte : bytes) {
    *out++ = kHexDigits[byte >> 4];
    *out++ = kHexDigits[byte & 15];
  }
  return out;
}

std::string to_hex(ByteView bytes) {
  std::string out(bytes.size() * 2, '\0');
  print_hex(bytes, out.data());
  return out;
}

std::ptrdiff_t from_hex(std::string_view text, std::span<std::uint8_t> out) noexcept {
  // The fast path: most digests come without separators.
  std::size_t pairs = 0;
  for (const std::size_t most = std::min(text.size() / 2, out.size()); pairs < most; ++pairs) {
    const int high = hex_value(text[pairs * 2]);
    const int low = hex_value(text[pairs * 2 + 1]);
    if ((high | low) < 0) break;
    out[pairs] = static_cast<std::uint8_t>(high << 4 | low);
  }
  std::size_t digits = pairs * 2;
  for (const char c : text.substr(digits)) {
    if (c == ':' || c == ' ' || (c >= '\t' && c <= '\r')) continue;
    const int digit = hex_value(c);
    if (digit < 0 || digits / 2 >= out.size()) return -1;
    std::uint8_t& byte = out[digits / 2];
    byte = static_cast<std::uint8_t>(digits % 2 == 0 ? digit << 4 : byte | digit);
    ++digits;
  }
  return digits % 2 == 0 ? static_cast<std::ptrdiff_t>(digits / 2) : -1;
}

bool from_base64(std::string_view text, std::vector<std::uint8_t>* out) {
  out->clear();
  std::uint32_t bits = 0;
  int pending = 0;
  std::size_t symbols = 0;
  std::size_t padding = 0;
  for (const char c : text) {
    if (c == ' ' || c == '\n' || c == '\r' || c == '\t') continue;
    ++symbols;
    if (c == '=') {
      ++padding;
      continue;
    }
    const std::size_t value = kBase64Digits.find(c);
    if (value == std::string_view::npos || padding > 0) return false;
    bits = (bits << 6) | static_cast<std::uint32_t>(value);
    pending += 6;
    if (pending >= 8) {
      pending -= 8;
      out->push_back(static_cast<std::uint8_t>(bits >> pending));
      bits &= (1U << pending) - 1;
    }
  }
  return symbols % 4 == 0 && padding <= 2 && bits == 0;
}

std::string to_base64(ByteView bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t bits = 0;
    for (std::size_t j = 0; j < 3; ++j) bits = (bits << 8) | (j < count ? bytes[i + j] : 0U);
    for (std::size_t j = 0; j < 4; ++j)
      out += j <= count ? kBase64Digits[(bits >> (18 - 6 * j)) & 63] : '=';
  }
  return out;
}

bool is_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    char32_t code_point;
    const std::size_t length = decode_utf8(text, &code_point);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string printable(std::string_view text, std::size_t bytes_max) {
  std::string out;
  while (!text.empty()) {
    if (out.size() >= bytes_max) return out + "…";
    char32_t code_point;
    const std::size_t length = decode_utf8(text, &code_point);
    if (length == 0 || is_dangerous(code_point)) {
      std::array<char, 16> escaped;
      if (length == 0)
        std::snprintf(escaped.data(), escaped.size(), "\\x%02X",
                      static_cast<unsigned char>(text[0]));
      else
        std::snprintf(escaped.data(), escaped.size(), "\\u{%X}", static_cast<unsigned>(code_point));
      out += escaped.data();
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

void assertion_failed(const char* condition, const char* file, int line) noexcept {
  std::fprintf(stderr, "beian-gate: a bug: %s does not hold at %s:%d\n", condition, file, line);
  std::abort();
}

}  // namespace beian
