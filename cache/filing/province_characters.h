// The characters and names of provinces.h as code points, for code that reads folded texts.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "cache/filing/provinces.h"

namespace beian {

// The code point of a character that has three bytes of UTF-8.
constexpr char32_t code_point(std::string_view bytes) noexcept {
  return static_cast<char32_t>((static_cast<unsigned char>(bytes[0]) & 0x0FU) << 12 |
                               (static_cast<unsigned char>(bytes[1]) & 0x3FU) << 6 |
                               (static_cast<unsigned char>(bytes[2]) & 0x3FU));
}

inline constexpr std::array<char32_t, kProvinces.size()> kProvinceCharacters = [] {
  std::array<char32_t, kProvinces.size()> characters{};
  for (std::size_t i = 1; i < characters.size(); ++i)
    characters[i] = code_point(kProvinces[i].character);
  return characters;
}();

// The Chinese names, of three characters at most, filled up with zeros.
inline constexpr std::array<std::array<char32_t, 3>, kProvinces.size()> kProvinceNames = [] {
  std::array<std::array<char32_t, 3>, kProvinces.size()> names{};
  for (std::size_t i = 1; i < names.size(); ++i)
    for (std::size_t at = 0; at < kProvinces[i].zh.size(); at += 3)
      names[i][at / 3] = code_point(kProvinces[i].zh.substr(at));
  return names;
}();

// REQUIRES: 1 <= province < kProvinceCount
constexpr std::u32string_view province_name(std::uint8_t province) noexcept {
  return {kProvinceNames[province].data(), kProvinces[province].zh.size() / 3};
}

// Index of the province, or kNoProvince when `c` is none.
constexpr std::uint8_t province_of(char32_t c) noexcept {
  for (std::uint8_t i = 1; i < kProvinceCount; ++i)
    if (kProvinceCharacters[i] == c) return i;
  return kNoProvince;
}

}  // namespace beian
