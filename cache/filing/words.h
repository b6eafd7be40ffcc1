// Words and punctuation that stand around filing numbers on pages and in forms, and the marks of
// other registers. Works on folded texts only. Pure; any thread.
#pragma once

#include "cache/filing/fold.h"
#include "cache/filing/parse.h"

namespace beian {

// Length in symbols of the longest label word at `i`, or of one punctuation mark; 0 when there is
// neither. Labels are what may stand before a number: 备案号, ICP证, 网站, …
std::size_t label_length(const FoldedText& text, std::size_t i) noexcept;

// The same for what may stand behind one: 版权所有, 备案查询, …
std::size_t trailer_length(const FoldedText& text, std::size_t i) noexcept;

// Which other register's number the text holds. kNone also when it holds the mark of a filing
// (ICP备, ICP证, a class of licence) at or behind `begin`, where the labels end: which of the two
// was meant is not ours to guess. Labels are no marks (ICP备案号：京公网安备…), unless they name
// digits that follow them.
OtherRegister other_register(const FoldedText& text, std::size_t begin) noexcept;

constexpr bool is_digit(char32_t c) noexcept {
  return c >= U'0' && c <= U'9';
}
constexpr bool is_letter(char32_t c) noexcept {
  return c >= U'A' && c <= U'Z';
}

}  // namespace beian
