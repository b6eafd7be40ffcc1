// Reads and changes parts of a subject key in place, without unpacking the number: for searches
// that ask for a hundred neighbours of a number. number.cc has the whole layout. Pure; any thread.
#pragma once

#include <cstdint>

#include "cache/filing/number.h"

namespace beian {

// Where the main and the province lie in a subject key.
inline constexpr unsigned kMainBits = 34;
inline constexpr unsigned kProvinceShift = kMainBits + 5;

constexpr std::uint64_t main_of(SubjectKey key) noexcept {
  return static_cast<std::uint64_t>(key) & ((std::uint64_t{1} << kMainBits) - 1);
}
constexpr std::uint8_t province_of(SubjectKey key) noexcept {
  return static_cast<std::uint64_t>(key) >> kProvinceShift & 63;
}
// The key of the subject with another main (of as many digits) or another province. REQUIRES: a
// main, or a province index, that such a number can have.
constexpr SubjectKey with_main(SubjectKey key, std::uint64_t main) noexcept {
  return SubjectKey{(static_cast<std::uint64_t>(key) >> kMainBits << kMainBits) | main};
}
constexpr SubjectKey with_province(SubjectKey key, std::uint8_t province) noexcept {
  constexpr std::uint64_t kMask = std::uint64_t{63} << kProvinceShift;
  return SubjectKey{(static_cast<std::uint64_t>(key) & ~kMask) | std::uint64_t{province}
                                                                     << kProvinceShift};
}

}  // namespace beian
