// The byte classes of HTTP/1.1 [RFC 9110 §5.6, RFC 9112 §3] in one table, and case-insensitive
// comparison. Independent of the locale.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace beian::http {

enum ByteClass : std::uint8_t {
  kTokenByte = 1,   // method, field name
  kTargetByte = 2,  // request target: visible ASCII without `#` and `\`
  kValueByte = 4,   // field value: visible, space, tab, and bytes >= 0x80
  kHostByte = 8,    // name or IPv4 address in Host
  kHexByte = 16,
};

constexpr std::array<std::uint8_t, 256> make_byte_classes() {
  std::array<std::uint8_t, 256> classes{};
  const auto mark = [&](std::string_view bytes, std::uint8_t as) {
    for (const char c : bytes) classes[static_cast<std::uint8_t>(c)] |= as;
  };
  for (unsigned c = 0x21; c < 0x7F; ++c) classes[c] |= kTargetByte | kValueByte;
  for (unsigned c = 0x80; c < 0x100; ++c) classes[c] |= kValueByte;
  mark(" \t", kValueByte);
  for (const char c : {'#', '\\'}) classes[static_cast<std::uint8_t>(c)] &= ~kTargetByte & 0xFF;
  mark("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", kTokenByte | kHostByte);
  mark("!#$%&'*+-.^_`|~", kTokenByte);
  mark("-._~%!$&'()*+;=", kHostByte);
  mark("0123456789abcdefABCDEF", kHexByte);
  return classes;
}
inline constexpr std::array<std::uint8_t, 256> kByteClasses = make_byte_classes();

constexpr bool is(ByteClass wanted, char c) noexcept {
  return (kByteClasses[static_cast<std::uint8_t>(c)] & wanted) != 0;
}

constexpr bool all_are(ByteClass wanted, std::string_view text) noexcept {
  for (const char c : text) {
    if (!is(wanted, c)) return false;
  }
  return true;
}

// Whether all of `text` may stand in a field's value. Tests eight bytes at a time: if none is DEL
// or below space they are fine; otherwise the table decides.
inline bool is_field_text(std::string_view text) noexcept {
  constexpr std::uint64_t kOnes = 0x0101010101010101, kHighs = 0x8080808080808080;
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, text.data() + at, 8);
    const std::uint64_t from_del = bytes ^ (0x7F * kOnes);
    const std::uint64_t suspects =
        ((bytes - 0x20 * kOnes) & ~bytes) | ((from_del - kOnes) & ~from_del);
    if ((suspects & kHighs) != 0 && !all_are(kValueByte, text.substr(at, 8))) return false;
  }
  return all_are(kValueByte, text.substr(at));
}

constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

constexpr bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  if (a == b) return true;  // the usual case
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

// `text` without the optional white space around it [RFC 9110 §5.6.3].
constexpr std::string_view trimmed(std::string_view text) noexcept {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

}  // namespace beian::http
