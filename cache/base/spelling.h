// Finds the word that somebody probably meant, to name the nearest known key beside an unknown one.
//
// Pure; any thread.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace beian {

// The fewest edits (insert, delete, replace, swap neighbours) that turn one word into the other,
// ignoring case. REQUIRES: both at most kSpelledBytesMax. O(length^2).
inline constexpr std::size_t kSpelledBytesMax = 64;
std::size_t edits_between(std::string_view a, std::string_view b) noexcept;

// The word of `known` with the fewest edits from `word`; among equals the one with the longer
// common beginning, then the first. Empty when even that one is too far away for a typing mistake:
// more edits than a third of the longer word's bytes, where one is always allowed. Words longer
// than kSpelledBytesMax are never near. O(|known| * length^2).
std::string_view nearest_word(std::string_view word,
                              std::span<const std::string_view> known) noexcept;

}  // namespace beian
