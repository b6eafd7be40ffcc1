// Names after NFKC_Casefold without white space; Unicode's data by utf8proc.
#include <utf8proc.h>

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
    const std::size_t bytes = length > 0 ? static_cast<std::size_t>(length) : 1;
    if (!is_white_space(c)) out += text.substr(0, bytes);
    text.remove_prefix(bytes);
  }
  return out;
}

// NFKC, case folding, default-ignorable characters out. REQUIRES: UTF-8.
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

constexpr std::uint32_t kEnd = 0;  // of a name; no plain character

// Takes the next character of `text` that is not a blank, folded, where Unicode's data is not
// needed to fold it: printable ASCII, and the ideographs U+4E00 to U+9FFF, which NFKC and case
// folding leave alone and which combine with nothing of these. Returns false when it is another
// one.
bool take_plain(std::string_view* text, std::uint32_t* out) noexcept {
  while (!text->empty() && text->front() == ' ') text->remove_prefix(1);
  *out = kEnd;
  if (text->empty()) return true;
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>((*text)[i]); };
  const std::uint8_t lead = byte(0);
  if (lead > ' ' && lead < 0x7F) {
    *out = lead >= 'A' && lead <= 'Z' ? lead + 32U : lead;
    text->remove_prefix(1);
    return true;
  }
  if (lead < 0xE4 || lead > 0xE9 || text->size() < 3 || (lead == 0xE4 && byte(1) < 0xB8) ||
      (byte(1) & 0xC0) != 0x80 || (byte(2) & 0xC0) != 0x80)
    return false;
  *out = std::uint32_t{lead} << 16 | std::uint32_t{byte(1)} << 8 | byte(2);
  text->remove_prefix(3);
  return true;
}

// Whether two names are equal, where that is told without Unicode's data, as it is for most names.
std::optional<bool> plain_names_equal(std::string_view a, std::string_view b) noexcept {
  bool are_equal = true;
  for (;;) {
    std::uint32_t x = kEnd;
    std::uint32_t y = kEnd;
    if (!take_plain(&a, &x) || !take_plain(&b, &y)) return std::nullopt;
    are_equal = are_equal && x == y;
    if (x == kEnd && y == kEnd) return are_equal;
  }
}

}  // namespace

// A name that is not UTF-8 equals only its own bytes.
std::string fold_name(std::string_view name) {
  if (!is_utf8(name)) return std::string(name);
  std::string folded = nfkc_casefold(without_white_space(name));
  std::string bare = without_white_space(folded);
  if (bare.size() == folded.size()) return folded;
  // Some marks normalize to a blank and a combining character, which now joins what is before it.
  return nfkc_casefold(bare);
}

bool names_equal(std::string_view a, std::string_view b) {
  if (a == b) return true;
  if (const auto equal = plain_names_equal(a, b)) return *equal;
  return fold_name(a) == fold_name(b);
}

}  // namespace beian
