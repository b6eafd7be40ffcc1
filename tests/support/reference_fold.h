// The folding half of the naive twin: what cache/filing/fold.h does, with strings and categories.
// It has its own tables and its own decoder; only Unicode's data is shared, through utf8proc.
#pragma once

#include <utf8proc.h>

#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace beian::test {

struct ReferenceChar {
  char32_t c = 0;
  std::size_t offset = 0;
  bool changed = false;
  bool gap_before = false;
  bool blank_before = false;
};

// Decodes one character at `at`; nullopt when the bytes there are not UTF-8.
inline std::optional<std::pair<char32_t, std::size_t>> reference_decode(std::string_view text,
                                                                        std::size_t at) {
  if (static_cast<unsigned char>(text[at]) < 0x80) return std::pair{char32_t(text[at]), 1UL};
  // Try every length, encode the result, and compare: nothing to get wrong.
  for (std::size_t length = 1; length <= 4 && at + length <= text.size(); ++length) {
    const std::string_view bytes = text.substr(at, length);
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    char32_t c = length == 1 ? byte(0) : byte(0) & ((1U << (7 - length)) - 1);
    for (std::size_t i = 1; i < length; ++i) c = c << 6 | (byte(i) & 0x3FU);
    if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) continue;
    utf8proc_uint8_t encoded[4];
    const auto size = utf8proc_encode_char(static_cast<utf8proc_int32_t>(c), encoded);
    if (std::string_view(reinterpret_cast<char*>(encoded), static_cast<std::size_t>(size)) == bytes)
      return std::pair{c, length};
  }
  return std::nullopt;
}

inline bool reference_is_blank(char32_t c) {
  const auto category = utf8proc_category(static_cast<utf8proc_int32_t>(c));
  return category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL ||
         category == UTF8PROC_CATEGORY_ZP || (c >= 9 && c <= 13) || c == 0x85 || c == 0x2800;
}

inline bool reference_is_invisible(char32_t c) {
  if (std::u32string_view(U"\u00AD\u034F\u061C\u115F\u1160\u3164\uFEFF\uFFA0").find(c) !=
      std::u32string_view::npos)
    return true;
  const char32_t block = c >> 4;
  return (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) || block == 0x206 ||
         (c >= 0x180B && c <= 0x180F) || block == 0xFE0 || (c >= 0xE0000 && c <= 0xE007F) ||
         (c >= 0xE0100 && c <= 0xE01EF);
}

// Maps one character to one character.
inline char32_t reference_substitute(char32_t c) {
  if (c < 0x80) return c >= U'a' && c <= U'z' ? c - 32 : c;
  static const std::u32string kDashes =
      U"\u02D7\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u2500\u2501\u2E3A\u2E3B\u30FC";
  static const std::u32string kDots = U"\u00B7\u2022\u2027\u2219\u22C5\u30FB";
  // Pairs: as written, then as meant.
  static const std::u32string kVariants =
      U"亰京俻备備备傳传動动務务協协單单圖图國国寜宁寧宁應应晉晋業业權权滬沪營营瓊琼碼码節节粵粤經"
      U"经絡络編编網网"
      U"聯联聽听蔵藏號号術术蘇苏視视訊讯許许証证詢询證证議议貴贵資资贑赣贛赣軟软遼辽閩闽陜陕陝陕隱"
      U"隐隴陇雲云電电"
      U"靑青魯鲁黒黑與与華华";
  if (kDashes.find(c) != std::u32string::npos) return U'-';
  if (kDots.find(c) != std::u32string::npos) return U'.';
  if (c == 0x2236) return U':';
  if (c == U'\u2ED8') return U'青';
  if (c == U'\u2EA0') return U'民';
  for (std::size_t i = 0; i < kVariants.size(); i += 2)
    if (kVariants[i] == c) return kVariants[i + 1];
  return c;
}

// NFKC of one character, as a string; the character itself where folding would be a guess
// (superscript, subscript and circled digits, fractions) or would give more than four characters.
inline std::u32string reference_nfkc(char32_t c) {
  if (c < 0x80 || (c >= 0x4E00 && c <= 0x9FFF)) return {c};  // unchanged by NFKC
  const auto type = utf8proc_get_property(static_cast<utf8proc_int32_t>(c))->decomp_type;
  if (type == UTF8PROC_DECOMP_TYPE_SUPER || type == UTF8PROC_DECOMP_TYPE_SUB ||
      type == UTF8PROC_DECOMP_TYPE_CIRCLE || type == UTF8PROC_DECOMP_TYPE_FRACTION)
    return {c};
  utf8proc_uint8_t encoded[5] = {};
  utf8proc_encode_char(static_cast<utf8proc_int32_t>(c), encoded);
  utf8proc_uint8_t* normal = utf8proc_NFKC(encoded);
  std::u32string result;
  const std::string_view bytes(reinterpret_cast<char*>(normal));
  for (std::size_t i = 0; i < bytes.size();) {
    const auto decoded = reference_decode(bytes, i);
    result += decoded->first;
    i += decoded->second;
  }
  std::free(normal);
  return result.empty() || result.size() > 4 ? std::u32string{c} : result;
}

// The folded characters, followed by one of value 0 that marks the end. `*fault` is set to where
// the text stops being UTF-8, or to its size.
inline std::vector<ReferenceChar> reference_fold(std::string_view text, std::size_t* fault) {
  std::vector<ReferenceChar> out;
  ReferenceChar pending;
  bool behind_dash = false;  // directly after one, with not even a removed character between
  std::size_t at = 0;
  while (at < text.size()) {
    const auto decoded = reference_decode(text, at);
    if (!decoded) break;
    const char32_t c = decoded->first;
    const std::u32string normal = reference_nfkc(c);
    const bool is_blank = reference_is_blank(c);
    for (const char32_t part : is_blank || reference_is_invisible(c) ? std::u32string{c} : normal) {
      if (reference_is_blank(part) || reference_is_invisible(part)) {
        pending.gap_before = true;
        pending.blank_before |= reference_is_blank(part);
        behind_dash = false;
        continue;
      }
      if (reference_substitute(part) == U'-' && behind_dash) {
        pending.gap_before = true;
        continue;
      }
      behind_dash = reference_substitute(part) == U'-';
      pending.c = reference_substitute(part);
      pending.offset = at;
      pending.changed = pending.c != c;
      out.push_back(pending);
      pending = {};
    }
    at += decoded->second;
  }
  *fault = at;
  pending.offset = text.size();
  out.push_back(pending);
  return out;
}

}  // namespace beian::test
