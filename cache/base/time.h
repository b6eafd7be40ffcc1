// Days and instants as the registry writes them. Nothing here reads a clock: everywhere below main,
// `now` is an argument.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace beian {

// A civil day in China (no zone, no time of day).
using Day = std::chrono::sys_days;

// Seconds since 1970-01-01T00:00:00Z.
using Instant = std::chrono::sys_seconds;

// `YYYY-MM-DD`, years 1900 to 9999, an existing day; anything else is nullopt.
std::optional<Day> parse_day(std::string_view text) noexcept;

// RFC 3339 (`2026-01-02T03:00:00Z`, `…+08:00`, fractions dropped) or the registry's own
// `YYYY-MM-DD HH:MM:SS`, which is Beijing time.
std::optional<Instant> parse_instant(std::string_view text) noexcept;

std::string format_day(Day day);           // 2026-01-02
std::string format_instant(Instant time);  // 2026-01-02T03:00:00Z

// The civil day in China (UTC+8, no daylight saving since 1991) at `time`.
Day day_in_china(Instant time) noexcept;

// Days are stored as days since 1970-01-01. Whether one is known is stored beside it, not in it.
inline std::int32_t day_number(Day day) noexcept {
  return static_cast<std::int32_t>(day.time_since_epoch().count());
}
inline Day day_from_number(std::int32_t number) noexcept {
  return Day{std::chrono::days{number}};
}

}  // namespace beian
