#include "cache/base/time.h"

#include <charconv>

#include "cache/base/print_time.h"
#include "cache/base/two_digits.h"

namespace beian {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr hours kBeijing{8};

constexpr int kFirstYear = 1900;
// Instants from the last day of 1899 to the end of 9999, both in UTC. In China the first day of
// 1900 begins in 1899 UTC, and what is printed in UTC has to be readable again. A later year would
// take five digits.
constexpr Instant kFirstInstant{Day{std::chrono::year{kFirstYear - 1} / 12 / 31}};
constexpr Instant kInstantEnd{Day{std::chrono::year{10'000} / 1 / 1}};

// Reads exactly `digits` decimal digits and steps over them; -1 when there are fewer.
int take_number(std::string_view* text, std::size_t digits) noexcept {
  if (text->size() < digits) return -1;
  int value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    const char c = (*text)[i];
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  text->remove_prefix(digits);
  return value;
}

bool take(std::string_view* text, std::string_view allowed) noexcept {
  if (text->empty() || allowed.find(text->front()) == std::string_view::npos) return false;
  text->remove_prefix(1);
  return true;
}

std::optional<Day> take_day(std::string_view* text, int first_year) noexcept {
  const int year = take_number(text, 4);
  if (year < first_year || !take(text, "-")) return std::nullopt;
  const int month = take_number(text, 2);
  if (month < 1 || !take(text, "-")) return std::nullopt;
  const int day = take_number(text, 2);
  if (day < 1) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return std::nullopt;
  return Day{date};
}

// The zone of an RFC 3339 time as its offset from UTC; nullopt when it is malformed.
std::optional<minutes> take_zone(std::string_view* text) noexcept {
  if (take(text, "Zz")) return minutes{0};
  if (text->empty()) return std::nullopt;
  const int sign = text->front() == '-' ? -1 : 1;
  if (!take(text, "+-")) return std::nullopt;
  const int hour = take_number(text, 2);
  if (hour < 0 || hour > 23 || !take(text, ":")) return std::nullopt;
  const int minute = take_number(text, 2);
  if (minute < 0 || minute > 59) return std::nullopt;
  return minutes{sign * (hour * 60 + minute)};
}

}  // namespace

std::optional<Day> parse_day(std::string_view text) noexcept {
  const auto day = take_day(&text, kFirstYear);
  return day && text.empty() ? day : std::nullopt;
}

std::optional<Instant> parse_instant(std::string_view text) noexcept {
  const auto day = take_day(&text, kFirstYear - 1);
  if (!day || text.empty()) return std::nullopt;
  const bool is_registry_style = text.front() == ' ';
  if (!take(&text, "Tt ")) return std::nullopt;
  const int hour = take_number(&text, 2);
  if (hour < 0 || hour > 23 || !take(&text, ":")) return std::nullopt;
  const int minute = take_number(&text, 2);
  if (minute < 0 || minute > 59 || !take(&text, ":")) return std::nullopt;
  const int second = take_number(&text, 2);
  if (second < 0 || second > 60) return std::nullopt;
  if (take(&text, ".")) {
    if (take_number(&text, 1) < 0) return std::nullopt;
    while (take_number(&text, 1) >= 0) {
    }
  }
  const Instant local = *day + hours{hour} + minutes{minute} + seconds{second};
  const auto zone =
      is_registry_style && text.empty() ? std::optional<minutes>(kBeijing) : take_zone(&text);
  if (!zone || !text.empty()) return std::nullopt;
  const Instant time = local - *zone;
  if (time < kFirstInstant || time >= kInstantEnd) return std::nullopt;
  return time;
}

char* print_day(Day day, char* out) noexcept {
  const std::chrono::year_month_day date{day};
  const int year = static_cast<int>(date.year());
  if (year < 0 || year > 9999) {
    out = std::to_chars(out, out + kInstantBytesMax, year).ptr;  // no date of ours
  } else {
    out = print_two_digits(static_cast<unsigned>(year) / 100, out);
    out = print_two_digits(static_cast<unsigned>(year) % 100, out);
  }
  *out++ = '-';
  out = print_two_digits(static_cast<unsigned>(date.month()), out);
  *out++ = '-';
  return print_two_digits(static_cast<unsigned>(date.day()), out);
}

char* print_instant(Instant time, char* out) noexcept {
  const Day day = std::chrono::floor<std::chrono::days>(time);
  const auto second = static_cast<unsigned>(seconds(time - day).count());  // of the day
  out = print_day(day, out);
  *out++ = 'T';
  out = print_two_digits(second / 3600, out);
  *out++ = ':';
  out = print_two_digits(second / 60 % 60, out);
  *out++ = ':';
  out = print_two_digits(second % 60, out);
  *out++ = 'Z';
  return out;
}

std::string format_day(Day day) {
  char text[kInstantBytesMax];
  return {text, print_day(day, text)};
}

std::string format_instant(Instant time) {
  char text[kInstantBytesMax];
  return {text, print_instant(time, text)};
}

Day day_in_china(Instant time) noexcept {
  return std::chrono::floor<std::chrono::days>(time + kBeijing);
}

}  // namespace beian
