// Days and instants into memory that is there: for answers, which hold up to five of them. By hand:
// printf costs each a thousand instructions.
//
// Pure; any thread.
#pragma once

#include <cstddef>

#include "cache/base/time.h"

namespace beian {

// What format_day() and format_instant() give, written to `out`, which has room for
// kInstantBytesMax; each returns the end.
inline constexpr std::size_t kInstantBytesMax = 24;
char* print_day(Day day, char* out) noexcept;
char* print_instant(Instant time, char* out) noexcept;

}  // namespace beian
