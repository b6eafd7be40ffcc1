// Numbers of public security, which footers print beside the filing number:
// 京公网安备11010802011553号. They cannot be mistaken for one, so a text with both has only one
// number for us to read.
//
// Works on folded texts only. Pure; any thread.
#pragma once

#include <cstddef>

#include "cache/filing/fold.h"

namespace beian {

// Length in symbols of the one at `i`, with its name; 0 when there is none. The names that pages
// give it are many: 公安备案号：京公网安备, 郑公备, 穗公网监备案证第, 北京市公安局海淀分局备案编号.
// Any run of ideographs is one if it says police and filing; no filing number can hide in it.
std::size_t police_number_length(const FoldedText& text, std::size_t i) noexcept;

// Whether 公安 is at `i` and 备 behind it in the same run of ideographs, whatever the digits:
// 公安备案, 公安局备案编号, 公安网络备案.
bool is_police_filing(const FoldedText& text, std::size_t i) noexcept;

}  // namespace beian
