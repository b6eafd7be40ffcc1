// Takes the typography out of a text: what remains are the characters that a filing number could
// have been meant to hold, each with the place it came from.
//
// Not a parser: it knows characters, not words. Blanks and invisible characters are dropped; full
// width, compatibility forms, traditional characters, dashes, dots and case are each folded to one
// form. Pure, no allocation, any thread; never reads past `text`.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "cache/base/limits.h"

namespace beian {

struct Symbol {
  char32_t c;
  std::uint16_t offset;  // byte of the text where the character begins
  bool is_changed;       // the text has another character here
  bool is_behind_gap;    // something was removed directly before it
  bool is_behind_blank;  // and that included a blank, not just invisible characters
};

// Most symbols that one character folds to; a character that would yield more stays as it is.
inline constexpr std::size_t kSymbolsPerCharacterMax = 4;

// The symbols of one text, followed by a sentinel whose `c` is 0 and whose offset is the size of
// the text. Only these are ever written: the array is big, and the rest of it stays uninitialized.
struct FoldedText {
  std::size_t size;
  // A character of one byte is one symbol; one of two or more bytes is at most four.
  std::array<Symbol, limits::kNumberTextBytesMax / 2 * kSymbolsPerCharacterMax + 1> symbols;

  FoldedText() noexcept : size(0) {}  // NOLINT: leaves `symbols` unset on purpose

  const Symbol& operator[](std::size_t i) const noexcept { return symbols[i < size ? i : size]; }
  char32_t at(std::size_t i) const noexcept { return i < size ? symbols[i].c : U'\0'; }
  // True when the symbols from `i` on begin with `word`, which is not empty. Usually they do not,
  // and the first symbol decides.
  bool has(std::size_t i, std::u32string_view word) const noexcept {
    return at(i) == word.front() && has_rest(i, word);
  }

 private:
  bool has_rest(std::size_t i, std::u32string_view word) const noexcept;
};

// Digits and letters as folding leaves them: of one width, letters in upper case.
constexpr bool is_digit(char32_t c) noexcept {
  return c >= U'0' && c <= U'9';
}
constexpr bool is_letter(char32_t c) noexcept {
  return c >= U'A' && c <= U'Z';
}

// Folds `text`. Returns the number of bytes that are UTF-8: when they are fewer than `text` has,
// the fault begins there and `*out` is unspecified. REQUIRES: text.size() <= kNumberTextBytesMax.
std::size_t fold(std::string_view text, FoldedText* out) noexcept;

}  // namespace beian
