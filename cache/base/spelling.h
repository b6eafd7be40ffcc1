// The word that somebody probably meant: for naming the nearest known key beside an unknown one.
//
// Pure; any thread.
#pragma once

#include <span>
#include <string_view>

namespace beian {

// The word of `known` with the fewest edits (insert, delete, replace, swap of neighbours; case does
// not count) from `word`; of equals the one that begins like it for longer, then the first. Empty
// when even that is too far to be a slip: more than a third of the longer word's bytes, at least
// one edit allowed. Words over 64 bytes are never near. O(|known| * length^2).
std::string_view nearest_word(std::string_view word,
                              std::span<const std::string_view> known) noexcept;

}  // namespace beian
