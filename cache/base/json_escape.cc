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

// The lowest bit set is the high bit of the first byte that is not plain (printable ASCII other
// than `"` and `\`); 0 when all eight are plain. Bits of later bytes may be wrong, because the
// subtractions borrow from them.
constexpr Word first_odd_byte(Word word) noexcept {
  const auto zeros = [](Word bytes) { return bytes - in_every_byte(1); };
  const Word odd = word | (word - in_every_byte(0x20)) | zeros(word ^ in_every_byte('"')) |
                   zeros(word ^ in_every_byte('\\')) | zeros(word ^ in_every_byte(0x7F));
  return odd & in_every_byte(0x80);
}
static_assert(first_odd_byte(in_every_byte('a')) == 0 && first_odd_byte(in_every_byte(' ')) == 0);

// REQUIRES: eight readable bytes.
Word word_at(const char* at) noexcept {
  Word word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

// The last three bytes of a text, the first one lowest, gathered without reading past the end.
std::uint32_t last_three(const char* at) noexcept {
  const auto byte = [at](int i) {
    return static_cast<std::uint32_t>(static_cast<std::uint8_t>(at[i]));
  };
  return byte(0) | byte(1) << 8 | byte(2) << 16;
}

bool is_plain(char c) noexcept {
  return c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
}

// U+3000 to U+CFFF, which holds nearly every non-ASCII character that occurs here: three bytes,
// every lead byte valid with any continuation, and no line separators. Only the lowest three bytes
// of `bytes` count.
constexpr bool is_ideograph(std::uint32_t bytes) noexcept {
  return (bytes & 0xC0C0F0) == 0x8080E0 && (bytes & 0x0F) - 3 <= 0xC - 3;
}

// The same for the first two characters in a word. The low half of a lead byte is 3 to 12 when
// adding 13 carries into the bit above and adding 3 does not.
constexpr bool are_two_ideographs(Word bytes) noexcept {
  constexpr Word kLeads = 0x01'000001;
  const Word low = bytes & (kLeads * 0x0F);
  return (bytes & 0xC0C0F0'C0C0F0) == 0x8080E0'8080E0 &&
         ((low + kLeads * 13) & ~(low + kLeads * 3) & (kLeads * 0x10)) == kLeads * 0x10;
}

// Length of the UTF-8 sequence at the beginning of `text`; 0 when it is malformed. REQUIRES: not
// empty.
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

// Appends the first character of `text`, which is not plain, as JSON; returns its length in bytes.
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
    // Where Chinese comes next, the word loop has nothing to skip.
    const bool is_ascii = at < end && static_cast<unsigned char>(*at) < 0x80;
    while (is_ascii && end - at >= 8) {
      const Word odd = first_odd_byte(word_at(at));
      at += odd == 0 ? 8 : std::countr_zero(odd) / 8;
      if (odd != 0) break;
    }
    if (is_ascii && end - at < 8) {
      // The last word ends where the text does, so it may overlap bytes already checked.
      if (text.size() >= 8 && first_odd_byte(word_at(end - 8)) == 0) return text.size();
      while (at < end && is_plain(*at)) ++at;
    }
    const char* const ideographs = at;
    while (end - at >= 8 && are_two_ideographs(word_at(at))) at += 6;
    for (; end - at >= 4; at += 3) {
      std::uint32_t bytes;
      std::memcpy(&bytes, at, sizeof bytes);
      if (!is_ideograph(bytes)) break;
    }
    if (end - at == 3 && is_ideograph(last_three(at))) at += 3;
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
