// 00 01 … 99, for numbers that every answer prints several times: two digits are one move.
#pragma once

#include <array>
#include <cstddef>
#include <cstring>

namespace beian {

inline constexpr std::array<char, 200> kTwoDigits = [] {
  std::array<char, 200> digits{};
  for (std::size_t i = 0; i < 100; ++i) {
    digits[2 * i] = static_cast<char>('0' + i / 10);
    digits[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return digits;
}();

// Writes both digits to `out` and returns their end. REQUIRES: value < 100.
inline char* print_two_digits(std::size_t value, char* out) noexcept {
  std::memcpy(out, &kTwoDigits[2 * value], 2);
  return out + 2;
}

}  // namespace beian
