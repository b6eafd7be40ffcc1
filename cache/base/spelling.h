// The word that somebody probably meant: for naming the nearest known key beside an unknown one.
//
// Pure; any thread.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace beian {

// The fewest edits (insert, delete, replace, swap of neighbours; case does not count) that make one
// word the other. REQUIRES: both at most kSpelledBytesMax. O(length^2).
inline constexpr std::size_t kSpelledBytesMax = 64;
std::size_t edits_between(std::string_view a, std::string_view b) noexcept;

// The word of `known` with the fewest edits from `word`; of equals the one that begins like it for
// longer, then the first. Empty when even that is too far to be a slip: more than a third of the
// longer word's bytes, at least one edit allowed. Words over kSpelledBytesMax are never near.
// O(|known| * length^2).
std::string_view nearest_word(std::string_view word,
                              std::span<const std::string_view> known) noexcept;

}  // namespace beian
