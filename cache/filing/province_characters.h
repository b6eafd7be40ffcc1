// The characters of provinces.h as code points, for code that reads folded texts.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "cache/filing/provinces.h"

namespace beian {

inline constexpr std::array<char32_t, kProvinces.size()> kProvinceCharacters = [] {
  std::array<char32_t, kProvinces.size()> characters{};
  for (std::size_t i = 1; i < characters.size(); ++i) {
    const std::string_view bytes = kProvinces[i].character;
    characters[i] = static_cast<char32_t>((static_cast<unsigned char>(bytes[0]) & 0x0FU) << 12 |
                                          (static_cast<unsigned char>(bytes[1]) & 0x3FU) << 6 |
                                          (static_cast<unsigned char>(bytes[2]) & 0x3FU));
  }
  return characters;
}();

// Index of the province, or kNoProvince when `c` is none.
constexpr std::uint8_t province_of(char32_t c) noexcept {
  for (std::uint8_t i = 1; i < kProvinceCount; ++i)
    if (kProvinceCharacters[i] == c) return i;
  return kNoProvince;
}

}  // namespace beian
