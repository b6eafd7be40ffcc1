// Words and punctuation around filing numbers on pages and in forms. Works on folded texts only.
// Pure; any thread.
#pragma once

#include <cstddef>

#include "cache/filing/fold.h"

namespace beian {

// Length in symbols of what may stand before a number at `i`: the longest label word (备案号,
// ICP证, 网站, …), one punctuation mark or bullet, © or Copyright with its years, a public-security
// number, or the code of a public office's site; 0 when there is none of these.
std::size_t label_length(const FoldedText& text, std::size_t i) noexcept;

// The same for what may stand behind one: 版权所有, 备案查询, …, or a remark in brackets, but no
// bullet, and a hyphen only before a public-security number.
std::size_t trailer_length(const FoldedText& text, std::size_t i) noexcept;

}  // namespace beian
