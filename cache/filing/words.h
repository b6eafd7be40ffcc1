// Words and punctuation around filing numbers on pages and in forms, and the marks of other
// registers. Works on folded texts only. Pure; any thread.
#pragma once

#include "cache/filing/fold.h"
#include "cache/filing/parse.h"

namespace beian {

// Length in symbols of what may stand before a number at `i`: the longest label word (备案号,
// ICP证, 网站, …), one punctuation mark or bullet, © with its years, a public-security number, or
// the code of a public office's site; 0 when there is none of these.
std::size_t label_length(const FoldedText& text, std::size_t i) noexcept;

// The same for what may stand behind one: 版权所有, 备案查询, …, or a remark in brackets, but no
// bullet, and a hyphen only before a public-security number.
std::size_t trailer_length(const FoldedText& text, std::size_t i) noexcept;

// Which other register's number the text holds. kNone also when it holds the mark of a filing
// (ICP备, ICP证, ICP before digits, a class of licence) at or behind `begin`, where the labels end:
// which of the two was meant is not ours to guess. A mark among the labels does not count
// (ICP备案号：京公网安备…), unless the labels are followed by digits.
OtherRegister other_register(const FoldedText& text, std::size_t begin) noexcept;

constexpr bool is_digit(char32_t c) noexcept {
  return c >= U'0' && c <= U'9';
}
constexpr bool is_letter(char32_t c) noexcept {
  return c >= U'A' && c <= U'Z';
}

}  // namespace beian
