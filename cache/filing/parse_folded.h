// The slow path of parse_number(): the grammar, with repairs, over folded symbols. Pure; any
// thread.
#pragma once

#include "cache/filing/fold.h"
#include "cache/filing/parse.h"

namespace beian {

// REQUIRES: the text is not canonical (parse_canonical() has refused it) and not empty.
ParsedNumber parse_folded(const FoldedText& text) noexcept;

}  // namespace beian
