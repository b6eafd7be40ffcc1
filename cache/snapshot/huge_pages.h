// Memory in pages of 2 MiB, where the kernel grants them: with small pages, looking up texts, ids
// and rows all over gigabytes mostly waits for the TLB. These are only hints to the kernel, whose
// outcome does not matter.
//
// Any thread.
#pragma once

#include <sys/mman.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace beian::cache {

inline constexpr std::size_t kHugePageBytes = 2 << 20;
inline constexpr std::size_t kBigBytes = 4 * kHugePageBytes;  // holds at least three whole pages

// For memory that the caller has mapped or allocated, best before any of it is touched.
inline void prefer_huge_pages(void* memory, std::size_t bytes) noexcept {
  if (bytes < kHugePageBytes) return;
  constexpr std::size_t kPage = 4096;
  const std::size_t before = (kPage - reinterpret_cast<std::uintptr_t>(memory) % kPage) % kPage;
  ::madvise(static_cast<char*>(memory) + before, (bytes - before) / kPage * kPage, MADV_HUGEPAGE);
}

// Reserves room in a vector: many megabytes in huge pages, while smaller vectors are left alone.
template <class T>
void reserve_big(std::vector<T>* vector, std::size_t count) {
  if (vector->capacity() >= count) return;
  vector->reserve(count);
  // When vectors double, what reserve() has already copied is the smaller part.
  const std::size_t bytes = vector->capacity() * sizeof(T);
  if (bytes >= kBigBytes) prefer_huge_pages(vector->data(), bytes);
}

template <class T>
std::vector<T> big_vector(std::size_t count, const T& value = T{}) {
  std::vector<T> vector;
  reserve_big(&vector, count);
  vector.assign(count, value);
  return vector;
}

// Call before adding a few items to a growing vector: doubles it when it is nearly full and big.
template <class T>
void make_room(std::vector<T>* vector) {
  constexpr std::size_t kFew = 256;
  if (vector->capacity() - vector->size() >= kFew) [[likely]]
    return;
  if (vector->capacity() * sizeof(T) * 2 >= kBigBytes) reserve_big(vector, vector->capacity() * 2);
}

}  // namespace beian::cache
