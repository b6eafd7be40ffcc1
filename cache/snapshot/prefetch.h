// Prefetches memory before it is needed. A hint; the address need not be valid.
#pragma once

#include <cstddef>

namespace beian::cache {

inline constexpr std::size_t kFetchRows = 8;  // how far ahead loops over rows do it

// Without the empty statement gcc 12 takes a function that does nothing else for one without effect
// and drops the calls to it.
inline void prefetch(const void* address) noexcept {
  __builtin_prefetch(address);
  asm volatile("" : : "r"(address));
}

}  // namespace beian::cache
