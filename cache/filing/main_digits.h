// How many digits the main of a filing number has, by the number's form. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>

#include "cache/filing/number.h"

namespace beian {

// By form: few, many.
// Observed: ICP证 with 8 and a licence with 6 digits, fixtures/filing_numbers.tsv.
inline constexpr std::uint8_t kMainDigits[3][2] = {{8, 10}, {6, 8}, {6, 8}};

constexpr bool may_have_main_digits(Form form, std::size_t count) noexcept {
  const auto& digits = kMainDigits[static_cast<std::size_t>(form)];
  return count == digits[0] || count == digits[1];
}

}  // namespace beian
