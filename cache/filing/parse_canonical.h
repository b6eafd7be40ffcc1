// The fast path of parse_number(): texts spelt exactly as print() spells them.
//
// Reads bytes in place: no copy, no allocation, never past the end. Any other text, however small
// the difference, is left to parse_folded.h. Pure; any thread.
#pragma once

#include <string_view>

#include "cache/filing/number.h"

namespace beian {

// Returns true and sets `*parts` exactly when canonical(pack(*parts)) == text.
bool parse_canonical(std::string_view text, NumberParts* parts) noexcept;

}  // namespace beian
