// Working days in mainland China: weekends, public holidays and the weekend days worked instead, as
// the State Council announces them each year.
//
// Immutable after loading; any thread.
#pragma once

#include <string_view>
#include <vector>

#include "cache/base/result.h"
#include "cache/base/time.h"

namespace beian {

class Calendar {
 public:
  // A calendar that knows weekends only.
  Calendar() = default;
  // The calendar compiled in from conf/holidays.toml.
  static const Calendar& built_in();
  // Reads TOML text in the format of conf/holidays.toml. Errors: kBadInput with the line.
  [[nodiscard]] static Result<Calendar> parse(std::string_view toml, std::string_view name);

  bool is_working_day(Day day) const noexcept;
  // True when the data have the announcement for the year of `day` and, for the last three days of
  // December, which a new year's holiday may reach, that for the next year too.
  bool is_known(Day day) const noexcept;

  struct Due {
    Day day;
    bool is_known;  // false: some of the days lie beyond the data; only weekends counted there
  };
  // The `count`th working day after `start`, which itself does not count. REQUIRES: count in
  // 1..1000.
  Due add_working_days(Day start, int count) const noexcept;

 private:
  std::vector<Day> holidays_;  // sorted: weekdays off
  std::vector<Day> workdays_;  // sorted: weekend days worked instead
  std::vector<int> years_;     // sorted: years with data
};

}  // namespace beian
