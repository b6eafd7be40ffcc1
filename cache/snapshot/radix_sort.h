// Sorts by a number, by distribution instead of comparison: linear, and for millions of rows about
// five times faster than std::sort.
//
// Pure; any thread. Memory: a second copy of the items while it runs.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <utility>
#include <vector>

#include "cache/snapshot/huge_pages.h"

namespace beian::cache {

// For numbers that are hashes: this many of their highest bits tell nearly all of them apart.
inline int bits_of_hashes(std::size_t count) noexcept {
  return static_cast<int>(std::bit_width(count)) + 8;
}

// Sorts by `less`, which must compare `number(item)`, a u64, before anything else. Equal items keep
// their order. Items are distributed by the `bits_max` highest of the differing bits only; those
// that are equal in these are sorted by comparison.
template <class T, class Number, class Less>
void radix_sort(std::vector<T>* items, Number number, Less less, int bits_max = 64) {
  constexpr int kDigitBits = 11;  // 2,048 places to write to: as many pages as a TLB knows
  constexpr std::size_t kFew = 4'096;
  const std::size_t size = items->size();
  if (std::is_sorted(items->begin(), items->end(), less)) return;
  if (size < kFew) {
    std::stable_sort(items->begin(), items->end(), less);
    return;
  }
  std::uint64_t differing = 0;
  for (const T& item : *items) differing |= number(item) ^ number(items->front());
  const int bits = static_cast<int>(std::bit_width(differing));
  const int passes = (std::min(bits, bits_max) + kDigitBits - 1) / kDigitBits;
  const int lowest = std::max(bits - passes * kDigitBits, 0);

  std::vector<T> other = big_vector<T>(size);
  for (int pass = 0; pass < passes; ++pass) {
    const int shift = lowest + pass * kDigitBits;
    const auto digit = [&](const T& item) {
      return static_cast<std::size_t>(number(item) >> shift) & ((1U << kDigitBits) - 1);
    };
    std::array<std::size_t, std::size_t{1} << kDigitBits> places{};
    for (const T& item : *items) ++places[digit(item)];
    if (places[digit(items->front())] == size) continue;  // all the same
    std::size_t before = 0;
    for (std::size_t& place : places) before += std::exchange(place, before);
    for (const T& item : *items) other[places[digit(item)]++] = item;
    items->swap(other);
  }
  for (std::size_t i = 0; i < size;) {
    std::size_t end = i + 1;
    while (end < size && number((*items)[end]) >> lowest == number((*items)[i]) >> lowest) ++end;
    const auto begin = items->begin();
    if (end - i > 1)
      std::stable_sort(begin + static_cast<std::ptrdiff_t>(i),
                       begin + static_cast<std::ptrdiff_t>(end), less);
    i = end;
  }
}

}  // namespace beian::cache
