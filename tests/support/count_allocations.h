// How often this thread has called operator new. Linking count_allocations.cc replaces the
// program's global operator new. Tests only.
#pragma once

#include <cstdint>

namespace beian::test {

std::uint64_t allocations() noexcept;

}  // namespace beian::test
