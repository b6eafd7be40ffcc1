// The marks of registers other than that of filings. Works on folded texts only. Pure; any thread.
#pragma once

#include <cstddef>

#include "cache/filing/fold.h"
#include "cache/filing/parse.h"

namespace beian {

// Which other register's number the text holds. kNone also when it holds the mark of a filing
// (ICP备, ICP证, ICP before digits, a class of licence) at or behind `begin`, where the labels end:
// which of the two was meant is not ours to guess. A mark among the labels does not count
// (ICP备案号：京公网安备…), unless the labels are followed by digits.
OtherRegister other_register(const FoldedText& text, std::size_t begin) noexcept;

}  // namespace beian
