#include "cache/base/json_text.h"

#include <array>
#include <cstdint>
#include <cstring>

#include "cache/base/bytes.h"

namespace beian {
namespace {

// Bytes that are copied without a look: printable ASCII but `"` and `\`.
constexpr std::array<bool, 256> kIsPlain = [] {
  std::array<bool, 256> is_plain{};
  for (std::size_t c = 0x20; c < 0x7F; ++c) is_plain[c] = c != '"' && c != '\\';
  return is_plain;
}();

// True when the eight bytes at `text` are all plain; sees eight at once.
bool are_plain(const char* text) noexcept {
  constexpr std::uint64_t kOnes = 0x0101'0101'0101'0101U;
  constexpr std::uint64_t kHighs = 0x8080'8080'8080'8080U;
  std::uint64_t bytes;
  std::memcpy(&bytes, text, sizeof bytes);
  // The high bit of each byte that is 0, for bytes below 0x80; so bytes beyond are told first.
  const auto zeros = [](std::uint64_t value) { return (value - kOnes) & ~value & kHighs; };
  const std::uint64_t controls = (bytes - kOnes * 0x20) & kHighs;
  return ((bytes | controls | zeros(bytes ^ kOnes * '"') | zeros(bytes ^ kOnes * '\\') |
           zeros(bytes ^ kOnes * 0x7F)) &
          kHighs) == 0;
}

// Length of the UTF-8 sequence that begins `text`, 0 when there is none. REQUIRES: not empty.
std::size_t sequence_length(std::string_view text) noexcept {
  const auto lead = static_cast<std::uint8_t>(text[0]);
  const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  return text.size() >= length && is_utf8(text.substr(0, length)) ? length : 0;
}

// U+3000 to U+CFFF, which nearly every character beyond ASCII here is: three bytes, all leads valid
// with any continuation, and no line separators among them.
bool is_ideograph(std::string_view text) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  return text.size() >= 3 && byte(0) >= 0xE3 && byte(0) <= 0xEC && (byte(1) & 0xC0) == 0x80 &&
         (byte(2) & 0xC0) == 0x80;
}

void append_escaped_ascii(char c, std::string* out) {
  constexpr std::string_view kNamed = "\"\\\b\f\n\r\t";
  constexpr std::string_view kLetters = "\"\\bfnrt";
  if (const std::size_t i = kNamed.find(c); i != std::string_view::npos) {
    *out += '\\';
    *out += kLetters[i];
    return;
  }
  constexpr std::string_view kHex = "0123456789abcdef";
  const auto byte = static_cast<std::uint8_t>(c);
  *out += "\\u00";
  *out += kHex[byte >> 4];
  *out += kHex[byte & 15];
}

}  // namespace

void append_json_string(std::string_view text, std::string* out) {
  *out += '"';
  std::size_t run = 0;  // text[run, i) is clean and not copied yet
  std::size_t i = 0;
  const auto flush = [&] { out->append(text, run, i - run); };
  while (i < text.size()) {
    if (i + 8 <= text.size() && are_plain(text.data() + i)) {
      i += 8;
      continue;
    }
    const auto byte = static_cast<std::uint8_t>(text[i]);
    if (kIsPlain[byte]) {
      ++i;
      continue;
    }
    if (is_ideograph(text.substr(i))) {
      i += 3;
      continue;
    }
    const std::size_t length = sequence_length(text.substr(i));
    const std::string_view sequence = text.substr(i, length);
    if (length > 1 && sequence != "\u2028" && sequence != "\u2029") {
      i += length;
      continue;
    }
    flush();
    if (length == 1)
      append_escaped_ascii(text[i], out);
    else if (length == 0)
      *out += "\uFFFD";
    else
      *out += sequence == "\u2028" ? "\\u2028" : "\\u2029";
    i += length == 0 ? 1 : length;
    run = i;
  }
  flush();
  *out += '"';
}

}  // namespace beian
