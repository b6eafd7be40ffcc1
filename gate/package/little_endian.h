// Reads little-endian words from untrusted bytes. Callers check the bounds; these functions do not.
#pragma once

#include <cstdint>
#include <cstring>

#include "cache/base/bytes.h"

namespace beian::package {

template <class Word>
Word word_at(ByteView bytes, std::size_t at) noexcept {
  Word word;
  std::memcpy(&word, bytes.data() + at, sizeof word);
  return word;
}

// REQUIRES: at + 1, 2, 4 or 8 <= bytes.size().
inline std::uint8_t u8_at(ByteView bytes, std::size_t at) noexcept {
  return bytes[at];
}
inline std::uint16_t u16_at(ByteView bytes, std::size_t at) noexcept {
  return word_at<std::uint16_t>(bytes, at);
}
inline std::uint32_t u32_at(ByteView bytes, std::size_t at) noexcept {
  return word_at<std::uint32_t>(bytes, at);
}
inline std::uint64_t u64_at(ByteView bytes, std::size_t at) noexcept {
  return word_at<std::uint64_t>(bytes, at);
}

}  // namespace beian::package
