// Compares names by NFKC_Casefold without white space; utf8proc has Unicode's data.
#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>

#include "cache/filing/identity.h"

namespace beian {
namespace {

bool is_white_space(utf8proc_int32_t c) noexcept {
  const utf8proc_category_t category = utf8proc_category(c);
  return category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL ||
         category == UTF8PROC_CATEGORY_ZP || (c >= 0x09 && c <= 0x0D) || c == 0x85;
}

// REQUIRES: UTF-8.
std::string without_white_space(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    utf8proc_int32_t c = 0;
    const auto length = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                         static_cast<utf8proc_ssize_t>(text.size()), &c);
    const auto bytes = static_cast<std::size_t>(std::max<utf8proc_ssize_t>(length, 1));
    if (!is_white_space(c)) out += text.substr(0, bytes);
    text.remove_prefix(bytes);
  }
  return out;
}

// NFKC and case folding, without default-ignorable characters. REQUIRES: UTF-8.
std::string nfkc_casefold(std::string_view text) {
  utf8proc_uint8_t* mapped = nullptr;
  const auto options = static_cast<utf8proc_option_t>(
      UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE);
  const auto size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                 static_cast<utf8proc_ssize_t>(text.size()), &mapped, options);
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(mapped, &std::free);
  if (size < 0) return std::string(text);
  return {reinterpret_cast<const char*>(mapped), static_cast<std::size_t>(size)};
}

// True for names that folding leaves as they are, judged from the bytes alone: printable ASCII
// without capitals, and the unified ideographs U+4E00 to U+9FFF; that is nearly every name. False
// when in doubt.
bool is_folded(std::string_view name) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(name[i]); };
  const auto is_continuation = [&](std::size_t i) { return (byte(i) & 0xC0) == 0x80; };
  for (std::size_t i = 0; i < name.size();) {
    const unsigned char first = byte(i);
    if (first < 0x80) {
      if (first <= ' ' || first == 0x7F || (first >= 'A' && first <= 'Z')) return false;
      ++i;
      continue;
    }
    if (first < 0xE4 || first > 0xE9 || name.size() - i < 3) return false;
    if (!is_continuation(i + 1) || !is_continuation(i + 2)) return false;
    if (first == 0xE4 && byte(i + 1) < 0xB8) return false;  // below U+4E00
    i += 3;
  }
  return true;
}

}  // namespace

// A name that is not UTF-8 equals only its own bytes.
std::string fold_name(std::string_view name) {
  if (is_folded(name) || !is_utf8(name)) return std::string(name);
  std::string folded = nfkc_casefold(without_white_space(name));
  std::string bare = without_white_space(folded);
  if (bare.size() == folded.size()) return folded;
  // Some marks normalize to a blank and a combining character; without the blank that character
  // joins what is before it.
  return nfkc_casefold(bare);
}

bool names_equal(std::string_view a, std::string_view b) {
  if (a == b) return true;
  if (is_folded(a) && is_folded(b)) return false;
  return fold_name(a) == fold_name(b);
}

}  // namespace beian
