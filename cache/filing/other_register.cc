// Tests: fixtures/filing_numbers.tsv row by row; tests/filing/twin_test.cc against a naive parser.
#include "cache/filing/other_register.h"

#include <string_view>

#include "cache/filing/head.h"
#include "cache/filing/police_number.h"

namespace beian {
namespace {

struct RegisterMark {
  std::u32string_view word;
  OtherRegister what;
};
// 公网安备 and its misspellings, down to 京公海网安备 (of a district) and 网警备案.
constexpr RegisterMark kRegisterMarks[] = {{U"网安备", OtherRegister::kPublicSecurity},
                                           {U"网监备", OtherRegister::kPublicSecurity},
                                           {U"公网备", OtherRegister::kPublicSecurity},
                                           {U"公网安", OtherRegister::kPublicSecurity},
                                           {U"公网案备", OtherRegister::kPublicSecurity},
                                           {U"公备", OtherRegister::kPublicSecurity},
                                           {U"分局备案", OtherRegister::kPublicSecurity},
                                           {U"网警备案", OtherRegister::kPublicSecurity},
                                           {U"网警支队备案", OtherRegister::kPublicSecurity},
                                           {U"联网备案", OtherRegister::kPublicSecurity},
                                           {U"网文", OtherRegister::kCulture},
                                           {U"文网游", OtherRegister::kCulture},
                                           {U"视听", OtherRegister::kAudiovisual},
                                           {U"广播电视节目", OtherRegister::kAudiovisual},
                                           {U"软著", OtherRegister::kSoftwareCopyright},
                                           {U"教备", OtherRegister::kEducation},
                                           {U"教QS", OtherRegister::kEducation},
                                           {U"教APP备", OtherRegister::kEducation}};

bool is_word_start(const FoldedText& text, std::size_t i) noexcept {
  return i == 0 || (!is_digit(text.at(i - 1)) && !is_letter(text.at(i - 1)));
}

// A letter from `first` to `last`, a digit, then a dot or hyphen: `B2-`, `A2.`.
bool has_any_class(const FoldedText& text, std::size_t i, char32_t first, char32_t last) noexcept {
  return text.at(i) >= first && text.at(i) <= last && is_digit(text.at(i + 1)) &&
         (text.at(i + 2) == U'-' || text.at(i + 2) == U'.') && is_word_start(text, i);
}

// ICP directly before a digit means that 备 or 证 was forgotten.
bool has_filing_mark(const FoldedText& text, std::size_t i) noexcept {
  return has_any_class(text, i, U'A', U'B') || token_at(text, i).length > 0 ||
         (text.has(i, U"ICP") && is_digit(text.at(i + 3)));
}

// 2021SR0654199, 2008SRBJ0833, 2025R11L3781196
bool has_software_number(const FoldedText& text, std::size_t i) noexcept {
  for (std::size_t j = 0; j < 4; ++j)
    if (!is_digit(text.at(i + j))) return false;
  if (text.has(i + 4, U"SR")) return is_digit(text.at(text.has(i + 6, U"BJ") ? i + 8 : i + 6));
  return text.at(i + 4) == U'R' && is_digit(text.at(i + 5)) && is_digit(text.at(i + 6)) &&
         is_letter(text.at(i + 7)) && is_digit(text.at(i + 8));
}

OtherRegister register_at(const FoldedText& text, std::size_t i) noexcept {
  // 互联网备案 is what many call the filing itself.
  if (text.at(i) == U'联' && i > 0 && text.at(i - 1) == U'互') return OtherRegister::kNone;
  for (const RegisterMark& mark : kRegisterMarks)
    if (text.has(i, mark.word)) return mark.what;
  if (is_police_filing(text, i)) return OtherRegister::kPublicSecurity;
  if (has_any_class(text, i, U'D', U'D')) return OtherRegister::kRegistrarLicence;
  if (has_software_number(text, i)) return OtherRegister::kSoftwareCopyright;
  return OtherRegister::kNone;
}

}  // namespace

OtherRegister other_register(const FoldedText& text, std::size_t begin) noexcept {
  if (is_digit(text.at(begin)) && !has_software_number(text, begin)) begin = 0;
  OtherRegister first = OtherRegister::kNone;
  for (std::size_t i = 0; i < text.size; ++i) {
    if (i >= begin && has_filing_mark(text, i)) return OtherRegister::kNone;
    if (first == OtherRegister::kNone) first = register_at(text, i);
  }
  return first;
}

}  // namespace beian
