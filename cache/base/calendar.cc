#include "cache/base/calendar.h"

#include <algorithm>
#include <array>

#include "cache/base/toml_reader.h"

namespace beian {

namespace embedded {
std::string_view holidays_toml() noexcept;
}

namespace {

using std::chrono::days;

constexpr std::array<std::string_view, 6> kYearKeys = {"year", "announcement", "published",
                                                       "sure", "off",          "worked"};
constexpr std::array<std::string_view, 3> kSpanKeys = {"name", "from", "until"};
constexpr days kSpanDaysMax{31};  // the longest holiday so far was nine days; beyond: a mistake
// Observed: of the announcements for 2007 to 2026, those for 2007, 2008, 2012, 2019 and 2023 also
// say which days of the December before are off or worked; the earliest is the 29th.
constexpr std::chrono::day kNewYearFrom{29};

int year_of(Day day) noexcept {
  return static_cast<int>(std::chrono::year_month_day{day}.year());
}

bool is_weekend(Day day) noexcept {
  const std::chrono::weekday weekday{day};
  return weekday == std::chrono::Saturday || weekday == std::chrono::Sunday;
}

// The announcement for a year may begin with the last days of the December before.
bool belongs_to(Day day, std::int64_t year) noexcept {
  const std::chrono::year_month_day date{day};
  return year_of(day) == year ||
         (year_of(day) == year - 1 && date.month() == std::chrono::December);
}

void read_span(const toml::node& node, std::int64_t year, TomlReader* reader,
               std::vector<Day>* holidays) {
  const toml::table* span = node.as_table();
  if (span == nullptr) {
    reader->fail(node, "year.off", "{ name = \"…\", from = …, until = … } is wanted");
    return;
  }
  reader->check_keys(*span, "year.off", kSpanKeys);
  reader->text(*span, "year.off", "name", Presence::kRequired);
  const auto from = reader->day(*span, "year.off", "from", Presence::kRequired);
  const auto until = reader->day(*span, "year.off", "until", Presence::kRequired);
  if (!from || !until) return;
  if (*until < *from || *until - *from >= kSpanDaysMax) {
    reader->fail(node, "year.off", "until lies before from, or more than 30 days behind it");
    return;
  }
  if (!belongs_to(*from, year) || !belongs_to(*until, year)) {
    reader->fail(node, "year.off", "the days are not of this year");
    return;
  }
  for (Day day = *from; day <= *until; day += days{1})
    if (!is_weekend(day)) holidays->push_back(day);
}

void read_worked(const toml::array& worked, std::int64_t year, TomlReader* reader,
                 std::vector<Day>* workdays) {
  for (const toml::node& node : worked) {
    const auto day = reader->as_day(node, "year.worked");
    if (!day) continue;
    if (!belongs_to(*day, year))
      reader->fail(node, "year.worked", "the day is not of this year");
    else if (!is_weekend(*day))
      reader->fail(node, "year.worked", "neither a Saturday nor a Sunday");
    else
      workdays->push_back(*day);
  }
}

}  // namespace

Result<Calendar> Calendar::parse(std::string_view toml, std::string_view name) {
  TomlReader reader(name);
  const auto document = reader.parse(toml);
  if (!document) return reader.error();

  Calendar calendar;
  constexpr std::array<std::string_view, 1> kTopKeys = {"year"};
  reader.check_keys(*document, "", kTopKeys);
  const toml::array* years = reader.array(*document, "", "year", Presence::kRequired);
  for (std::size_t i = 0; years != nullptr && i < years->size(); ++i) {
    const toml::table* entry = (*years)[i].as_table();
    if (entry == nullptr) {
      reader.fail((*years)[i], "year", "[[year]] is wanted");
      continue;
    }
    reader.check_keys(*entry, "year", kYearKeys);
    reader.text(*entry, "year", "announcement", Presence::kRequired);
    reader.text(*entry, "year", "sure", Presence::kOptional);
    reader.day(*entry, "year", "published", Presence::kOptional);
    const auto year = reader.integer(*entry, "year", "year", Presence::kRequired);
    const toml::array* off = reader.array(*entry, "year", "off", Presence::kRequired);
    const toml::array* worked = reader.array(*entry, "year", "worked", Presence::kRequired);
    if (!year || off == nullptr || worked == nullptr) continue;
    if (*year < 1900 || *year > 9999) {
      reader.fail(*entry, "year.year", "no year between 1900 and 9999");
      continue;
    }
    if (std::find(calendar.years_.begin(), calendar.years_.end(), *year) != calendar.years_.end())
      reader.fail(*entry, "year.year", "this year is there already");
    calendar.years_.push_back(static_cast<int>(*year));
    for (const toml::node& node : *off) read_span(node, *year, &reader, &calendar.holidays_);
    read_worked(*worked, *year, &reader, &calendar.workdays_);
  }
  if (!reader.ok()) return reader.error();

  std::sort(calendar.years_.begin(), calendar.years_.end());
  std::sort(calendar.holidays_.begin(), calendar.holidays_.end());
  std::sort(calendar.workdays_.begin(), calendar.workdays_.end());
  return calendar;
}

const Calendar& Calendar::built_in() {
  static const Calendar calendar = [] {
    auto parsed = parse(embedded::holidays_toml(), "conf/holidays.toml");
    BEIAN_ASSERT(parsed.has_value());
    return *std::move(parsed);
  }();
  return calendar;
}

bool Calendar::is_working_day(Day day) const noexcept {
  const auto& exceptions = is_weekend(day) ? workdays_ : holidays_;
  const bool is_listed = std::binary_search(exceptions.begin(), exceptions.end(), day);
  return is_weekend(day) == is_listed;
}

bool Calendar::is_known(Day day) const noexcept {
  const std::chrono::year_month_day date{day};
  const bool is_for_next_year = date.month() == std::chrono::December && date.day() >= kNewYearFrom;
  const auto has = [&](int year) { return std::binary_search(years_.begin(), years_.end(), year); };
  return has(year_of(day)) && (!is_for_next_year || has(year_of(day) + 1));
}

Calendar::Due Calendar::add_working_days(Day start, int count) const noexcept {
  BEIAN_ASSERT(count >= 1 && count <= 1000);
  Due due{start, true};
  while (count > 0) {
    due.day += days{1};
    due.is_known = due.is_known && is_known(due.day);
    if (is_working_day(due.day)) --count;
  }
  return due;
}

}  // namespace beian
