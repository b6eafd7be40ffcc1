// Tests: fixtures/filing_numbers.tsv row by row; tests/filing/twin_test.cc against a naive parser.
#include "cache/filing/head.h"

#include <string_view>

#include "cache/filing/province_characters.h"

namespace beian {
namespace {

// Observed: each on pages of several sponsors, except CIP and ICO, on those of two.
constexpr std::u32string_view kMisspelt[] = {U"IPC", U"CIP", U"1CP", U"|CP", U"CP", U"ICO"};

// Observed: 许可证 on pages of four sponsors, on one of them as 经营许可证; 背 on those of two.
struct UnusualToken {
  std::u32string_view text;
  Token token;
};
constexpr UnusualToken kUnusualTokens[] = {
    {U"ICP许可证", {.length = 6, .is_spelt_out = true}},
    {U"ICP经营许可证", {.length = 8, .is_spelt_out = true}},
    {U"ICP背", {.length = 4, .is_filing = true, .is_misspelt = true}}};

// Observed: 泸 on pages of nine sponsors, all of Shanghai. No administration is abbreviated so.
constexpr char32_t kLikeHu = U'泸';
constexpr std::uint8_t kHu = province_of(U'沪');

}  // namespace

Token unusual_token_at(const FoldedText& text, std::size_t i) noexcept {
  for (const std::u32string_view letters : kMisspelt) {
    if (!text.has(i, letters)) continue;
    const char32_t form = text.at(i + letters.size());
    if (form == U'备' || form == U'证')
      return {static_cast<std::uint8_t>(letters.size() + 1), form == U'备', true};
  }
  for (const UnusualToken& unusual : kUnusualTokens)
    if (text.has(i, unusual.text)) return unusual.token;
  return {};
}

bool is_bracketed_head(const FoldedText& text, std::size_t i) noexcept {
  return text.at(i) == U'(' && text.at(i + 2) == U')' &&
         province_of(text.at(i + 1)) != kNoProvince && token_at(text, i + 3).length > 0;
}

ProvinceHead aliased_province_at(const FoldedText& text, std::size_t i) noexcept {
  if (is_bracketed_head(text, i)) return {province_of(text.at(i + 1)), 3};
  if (text.at(i) == kLikeHu && (token_at(text, i + 1).length > 0 || has_class(text, i + 1)))
    return {kHu, 1, true};
  for (std::uint8_t named = 1; named < kProvinceCount; ++named) {
    const std::u32string_view name = province_name(named);
    if (kProvinces[named].is_on_filings && text.has(i, name) &&
        token_at(text, i + name.size()).is_filing)
      return {named, static_cast<std::uint8_t>(name.size()), true};
  }
  const std::uint8_t province = province_of(text.at(i));
  if (province == kNoProvince) return {};
  // Observed: on pages of three sponsors.
  if (text.at(i + 1) == text.at(i) && token_at(text, i + 2).length > 0)
    return {.province = province, .length = 2, .is_twice = true};
  return {province, 1};
}

bool is_known_class(const FoldedText& text, std::size_t i) noexcept {
  return (text.at(i) == U'A' || text.at(i) == U'B') &&
         (text.at(i + 1) == U'1' || text.at(i + 1) == U'2');
}

bool is_itemised_class(const FoldedText& text, std::size_t i) noexcept {
  return (text.at(i) == U'A' || text.at(i) == U'B') && text.at(i + 1) == U'-' &&
         (text.at(i + 2) == U'1' || text.at(i + 2) == U'2') && text.at(i + 3) == U'-' &&
         is_digit(text.at(i + 4)) && text.at(i + 5) == U'-';
}

bool has_class(const FoldedText& text, std::size_t i) noexcept {
  if (is_itemised_class(text, i)) return true;
  const char32_t behind = text.at(i + 2);
  return is_known_class(text, i) && (behind == U'-' || behind == U'.' || is_class_comma(behind));
}

}  // namespace beian
