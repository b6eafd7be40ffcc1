// Asking for memory before it is needed. A hint; the address need not be valid.
#pragma once

namespace beian::cache {

// The empty statement keeps gcc 12 from taking a function that does nothing else for one without
// any effect, and leaving its calls out.
inline void prefetch(const void* address) noexcept {
  __builtin_prefetch(address);
  asm volatile("" : : "r"(address));
}

}  // namespace beian::cache
