// What a malformed text still shows of a filing number: a province, somewhere after it the digits
// of a main, and a serial after those. The fault lies in what surrounds them: a misspelt or lost
// token, a name before the number, text or a second number after it.
//
// For suggestions only, like readings.h. Pure; any thread; no allocation.
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "cache/filing/fold.h"
#include "cache/filing/number.h"

namespace beian {

class Fragments {
 public:
  explicit Fragments(const FoldedText& text) noexcept;

  // The numbers in the order of the text; their `kind` is not read. The form is the likeliest one
  // with that many digits; near_numbers.h has the others.
  std::span<const NumberParts> list() const noexcept { return {list_.data(), count_}; }

 private:
  // Numbers read from one text, at most; people who have two write both.
  static constexpr std::size_t kNumbersMax = 4;

  std::array<NumberParts, kNumbersMax> list_;
  std::size_t count_ = 0;
};

}  // namespace beian
