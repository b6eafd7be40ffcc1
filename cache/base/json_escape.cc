#include "cache/base/json_escape.h"

#include <bit>
#include <cstdint>
#include <cstring>

#include "cache/base/bytes.h"

namespace beian {
namespace {

using Word = std::uint64_t;  // eight bytes of text

constexpr Word in_every_byte(std::uint8_t byte) noexcept {
  return 0x0101010101010101ULL * byte;
}

// The highest bit of the first byte that is not plain: printable ASCII but `"` and `\`. Bits of
// later bytes may be wrong, since a subtraction borrows from them. 0: all eight are plain.
constexpr Word first_odd_byte(Word word) noexcept {
  const auto zeros = [](Word bytes) { return bytes - in_every_byte(1); };
  const Word odd = word | (word - in_every_byte(0x20)) | zeros(word ^ in_every_byte('"')) |
                   zeros(word ^ in_every_byte('\\')) | zeros(word ^ in_every_byte(0x7F));
  return odd & in_every_byte(0x80);
}
static_assert(first_odd_byte(in_every_byte('a')) == 0 && first_odd_byte(in_every_byte(' ')) == 0);

bool is_plain(char c) noexcept {
  return c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
}

// U+3000 to U+CFFF, which nearly every character beyond ASCII here is: three bytes, all leads valid
// with any continuation, and no line separators among them. Of `bytes` the lowest three count.
constexpr bool is_ideograph(std::uint32_t bytes) noexcept {
  return (bytes & 0xC0C0F0) == 0x8080E0 && (bytes & 0x0F) - 3 <= 0xC - 3;
}

// Length of the UTF-8 sequence that begins `text`, 0 when there is none. REQUIRES: not empty.
std::size_t sequence_length(std::string_view text) noexcept {
  const auto lead = static_cast<std::uint8_t>(text[0]);
  const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  return text.size() >= length && is_utf8(text.substr(0, length)) ? length : 0;
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

// One character that is not plain, as JSON; returns how many bytes of `text` it was.
// REQUIRES: not empty.
std::size_t append_odd_character(std::string_view text, std::string* out) {
  const std::size_t length = sequence_length(text);
  const std::string_view sequence = text.substr(0, length);
  if (length == 1)
    append_escaped_ascii(text[0], out);
  else if (length == 0)
    *out += "\uFFFD";
  else if (sequence == "\u2028")
    *out += "\\u2028";
  else if (sequence == "\u2029")
    *out += "\\u2029";
  else
    *out += sequence;
  return length == 0 ? 1 : length;
}

}  // namespace

std::size_t clean_json_bytes(std::string_view text) noexcept {
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  const char* at = begin;
  for (;;) {
    // Chinese alone has nothing for the words below to pass.
    const bool is_ascii = at < end && static_cast<unsigned char>(*at) < 0x80;
    while (is_ascii && end - at >= 8) {
      Word word;
      std::memcpy(&word, at, sizeof word);
      const Word odd = first_odd_byte(word);
      at += odd == 0 ? 8 : std::countr_zero(odd) / 8;
      if (odd != 0) break;
    }
    if (is_ascii && end - at < 8)
      while (at < end && is_plain(*at)) ++at;
    const char* const ideographs = at;
    for (; end - at >= 4; at += 3) {
      std::uint32_t bytes;
      std::memcpy(&bytes, at, sizeof bytes);
      if (!is_ideograph(bytes)) break;
    }
    if (end - at == 3) {
      std::uint32_t bytes = 0;
      std::memcpy(&bytes, at, 3);
      if (is_ideograph(bytes)) at += 3;
    }
    if (at == ideographs) return static_cast<std::size_t>(at - begin);
  }
}

void append_json_text(std::string_view text, std::string* out) {
  for (;;) {
    const std::size_t clean = clean_json_bytes(text);
    out->append(text, 0, clean);
    text.remove_prefix(clean);
    if (text.empty()) return;
    text.remove_prefix(append_odd_character(text, out));
  }
}

}  // namespace beian
