// What a malformed text still shows of a filing number: a province, somewhere behind it the digits
// of a main, and a serial behind those. What stands around them is where the fault is: a token that
// is misspelt or lost, a name before the number, text or a second number behind it.
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

  // In the order of the text; `kind` is not read. The form is the likeliest one with as many
  // digits: near_numbers.h has the others.
  std::span<const NumberParts> list() const noexcept { return {list_.data(), count_}; }

 private:
  // Numbers of one text that are looked at; people write two where they have two.
  static constexpr std::size_t kNumbersMax = 4;

  std::array<NumberParts, kNumbersMax> list_;
  std::size_t count_ = 0;
};

}  // namespace beian
