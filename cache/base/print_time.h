// Prints days and instants into memory of the caller: an answer holds up to five of them, and
// printf costs a thousand instructions each.
//
// Pure; any thread.
#pragma once

#include <cstddef>

#include "cache/base/time.h"

namespace beian {

// Writes what format_day() and format_instant() return to `out`, which has room for
// kInstantBytesMax; returns the end.
inline constexpr std::size_t kInstantBytesMax = 24;
char* print_day(Day day, char* out) noexcept;
char* print_instant(Instant time, char* out) noexcept;

}  // namespace beian
