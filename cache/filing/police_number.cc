// Tests: fixtures/filing_numbers.tsv row by row; tests/filing/twin_test.cc against a naive parser.
#include "cache/filing/police_number.h"

#include <string_view>

namespace beian {
namespace {

constexpr bool is_ideograph(char32_t c) noexcept {
  return c >= 0x4E00 && c <= 0x9FFF;
}

// Longest observed: 14, 北京市公安局海淀分局备案编号.
constexpr std::size_t kNamePartMax = 16;

struct NameMarks {
  bool is_police = false;  // 公安, 公网, 网警, …
  bool is_filing = false;  // 备, which 京公网安 leaves out
};

void find_marks(const FoldedText& text, std::size_t i, NameMarks* marks) noexcept {
  for (const std::u32string_view word :
       {U"公安", U"公网", U"公备", U"网安", U"网警", U"网监", U"分局"})
    marks->is_police |= text.has(i, word);
  marks->is_filing |= text.at(i) == U'备' || text.has(i, U"公网安");
}

}  // namespace

std::size_t police_number_length(const FoldedText& text, std::size_t i) noexcept {
  if (!is_ideograph(text.at(i)) || !is_ideograph(text.at(i + 1))) return 0;
  std::size_t at = i;
  NameMarks marks;
  for (int part = 0; part < 2; ++part) {  // 公安备案号：京公网安备
    const std::size_t begin = at;
    for (; at < begin + kNamePartMax && is_ideograph(text.at(at)); ++at)
      find_marks(text, at, &marks);
    if (at == begin || text.at(at) != U':') break;
    ++at;
  }
  const std::size_t digits = at;
  while (is_digit(text.at(at))) ++at;
  if (!marks.is_police || !marks.is_filing || at - digits < 10 || at - digits > 14) return 0;
  return (text.at(at) == U'号' ? at + 1 : at) - i;
}

bool is_police_filing(const FoldedText& text, std::size_t i) noexcept {
  if (!text.has(i, U"公安")) return false;
  std::size_t at = i + 2;
  while (is_ideograph(text.at(at)) && text.at(at) != U'备') ++at;
  return text.at(at) == U'备';
}

}  // namespace beian
