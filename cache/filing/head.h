// How a filing number begins, in the spellings that pages print: a province, ICP备 or ICP证, the
// classes of a licence. Works on folded texts only. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>

#include "cache/filing/fold.h"
#include "cache/filing/province_characters.h"
#include "cache/filing/provinces.h"

namespace beian {

struct Token {
  std::uint8_t length = 0;  // in symbols; 0: there is none
  bool is_filing = false;   // ICP备, not ICP证
  bool is_misspelt = false;
  bool is_spelt_out = false;  // ICP许可证
};

// The rest of token_at().
Token unusual_token_at(const FoldedText& text, std::size_t i) noexcept;
// The ICP备 or ICP证 at `i`. Its letters may be misspelt (IPC备, 1CP证), but without 备 or 证 the
// form of the number would be a guess. 许可证 is what 证 is short for, and 背 sounds like 备.
inline Token token_at(const FoldedText& text, std::size_t i) noexcept {
  const char32_t first = text.at(i);
  if (first != U'I' && first != U'C' && first != U'1' && first != U'|') return {};
  if (first == U'I' && text.at(i + 1) == U'C' && text.at(i + 2) == U'P') {
    const char32_t form = text.at(i + 3);
    if (form == U'备' || form == U'证') return {4, form == U'备'};
  }
  return unusual_token_at(text, i);
}

struct ProvinceHead {
  std::uint8_t province = kNoProvince;
  std::uint8_t length = 0;  // in symbols; 0: there is none
  bool is_alias = false;    // stands for another character: 泸 for 沪, 北京 for 京
  bool is_twice = false;    // 京京ICP备
};

// (晋)ICP备: the province in brackets, before a token.
bool is_bracketed_head(const FoldedText& text, std::size_t i) noexcept;

// The rest of province_at().
ProvinceHead aliased_province_at(const FoldedText& text, std::size_t i) noexcept;
// The province at `i`. An alias counts only before what makes a number: 泸 before a token or a
// licence's class, a name before ICP备.
inline ProvinceHead province_at(const FoldedText& text, std::size_t i) noexcept {
  const std::uint8_t province = province_of(text.at(i));
  if (province != kNoProvince && text.at(i + 1) < 0x80) return {province, 1};  // the usual one
  return aliased_province_at(text, i);
}

// A1, A2, B1, B2
bool is_known_class(const FoldedText& text, std::size_t i) noexcept;
// 辽B-2-4-20080039: B2 with its item in the catalogue of services, as some provinces once printed
// it.
bool is_itemised_class(const FoldedText& text, std::size_t i) noexcept;
// One of these classes, followed by what continues a licence.
bool has_class(const FoldedText& text, std::size_t i) noexcept;

// Between classes, where a dot should be.
constexpr bool is_class_comma(char32_t c) noexcept {
  return c == U'、' || c == U',';
}

// The character that the same province files with: 川 files as 蜀.
constexpr std::uint8_t filing_province(std::uint8_t province) noexcept {
  const std::uint8_t other = namesake_of(province);
  return other < kProvinceCount && kProvinces[other].is_on_filings ? other : province;
}

}  // namespace beian
