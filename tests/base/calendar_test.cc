// Working days by the State Council's announcements. Goal: the shipped data say what was announced,
// and 20 working days are counted as a person with a wall calendar would count them.
#include "cache/base/calendar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace beian {
namespace {

using ::testing::HasSubstr;

Day day(std::string_view text) {
  return parse_day(text).value();
}

struct DayRow {
  const char* day;
  bool is_working;
  const char* why;
};
std::ostream& operator<<(std::ostream& out, const DayRow& row) {
  return out << row.day;
}

class AnnouncedDay : public ::testing::TestWithParam<DayRow> {};

TEST_P(AnnouncedDay, IsWorkedOrOff) {
  EXPECT_EQ(Calendar::built_in().is_working_day(day(GetParam().day)), GetParam().is_working)
      << GetParam().why;
}

INSTANTIATE_TEST_SUITE_P(
    BuiltIn, AnnouncedDay,
    ::testing::Values(
        // spring festival 2024: 10 to 17 February, 4 and 18 February worked
        DayRow{"2024-02-03", false, "an ordinary Saturday"},
        DayRow{"2024-02-04", true, "a Sunday that is worked"},
        DayRow{"2024-02-09", true, "new year's eve was not announced as off in 2024"},
        DayRow{"2024-02-10", false, "first day"}, DayRow{"2024-02-12", false, "a Monday inside"},
        DayRow{"2024-02-16", false, "the last weekday inside"},
        DayRow{"2024-02-17", false, "last day, a Saturday"},
        DayRow{"2024-02-18", true, "a Sunday that is worked"},
        DayRow{"2024-02-19", true, "the first ordinary day after"},
        // the other years, at the edges
        DayRow{"2022-12-31", false, "a Saturday, announced with 2023"},
        DayRow{"2023-01-02", false, "new year 2023 reaches into Monday"},
        DayRow{"2023-01-03", true, "the day after"}, DayRow{"2023-01-29", true, "Sunday worked"},
        DayRow{"2023-04-05", false, "a Wednesday"}, DayRow{"2023-10-06", false, "last of eight"},
        DayRow{"2023-10-07", true, "Saturday worked"}, DayRow{"2023-10-08", true, "Sunday worked"},
        DayRow{"2024-10-12", true, "Saturday worked"},
        DayRow{"2025-01-28", false, "new year's eve"}, DayRow{"2025-02-04", false, "last day"},
        DayRow{"2025-02-08", true, "Saturday worked"},
        DayRow{"2025-10-08", false, "eight days with mid-autumn"},
        DayRow{"2026-01-04", true, "Sunday worked"}, DayRow{"2026-02-23", false, "ninth day"},
        DayRow{"2026-02-24", true, "the day after"}, DayRow{"2026-09-25", false, "mid-autumn"},
        DayRow{"2026-10-10", true, "Saturday worked"}, DayRow{"2026-11-23", true, "a Monday"}));

// How many weekdays each announcement takes off and how many weekend days it makes working days,
// counted by hand. Cross-check: the difference is the number of public holidays that the law
// grants, 11 days until 2024 and 13 from 2025 on.
struct YearRow {
  int year;
  int weekdays_off;
  int weekend_days_worked;
};

class AnnouncedYear : public ::testing::TestWithParam<YearRow> {};

TEST_P(AnnouncedYear, TakesAndGivesAsManyDaysAsAnnounced) {
  const Calendar weekends_only;
  YearRow counted{GetParam().year, 0, 0};
  const Day first{std::chrono::year{counted.year} / 1 / 1};
  const Day last{std::chrono::year{counted.year} / 12 / 31};
  for (Day d = first; d <= last; d += std::chrono::days{1}) {
    const bool is_worked = Calendar::built_in().is_working_day(d);
    if (weekends_only.is_working_day(d) && !is_worked) ++counted.weekdays_off;
    if (!weekends_only.is_working_day(d) && is_worked) ++counted.weekend_days_worked;
    EXPECT_EQ(Calendar::built_in().is_known(d), d < day("2026-12-29")) << format_day(d);
  }
  EXPECT_EQ(counted.weekdays_off, GetParam().weekdays_off);
  EXPECT_EQ(counted.weekend_days_worked, GetParam().weekend_days_worked);
}

INSTANTIATE_TEST_SUITE_P(BuiltIn, AnnouncedYear,
                         ::testing::Values(YearRow{2023, 18, 7}, YearRow{2024, 19, 8},
                                           YearRow{2025, 18, 5}, YearRow{2026, 19, 6}));

struct DueRow {
  const char* start;
  int count;
  const char* due;
  bool is_known;
  const char* why;
};
std::ostream& operator<<(std::ostream& out, const DueRow& row) {
  return out << row.start << " + " << row.count;
}

class DueDate : public ::testing::TestWithParam<DueRow> {};

TEST_P(DueDate, CountsFromTheDayAfter) {
  const auto due = Calendar::built_in().add_working_days(day(GetParam().start), GetParam().count);
  EXPECT_EQ(format_day(due.day), GetParam().due) << GetParam().why;
  EXPECT_EQ(due.is_known, GetParam().is_known) << GetParam().why;
}

INSTANTIATE_TEST_SUITE_P(
    BuiltIn, DueDate,
    ::testing::Values(
        DueRow{"2024-03-01", 1, "2024-03-04", true, "Friday to Monday"},
        DueRow{"2024-03-04", 20, "2024-04-01", true, "four plain weeks"},
        DueRow{"2024-02-08", 2, "2024-02-18", true, "the 9th, then the worked Sunday"},
        DueRow{"2024-01-26", 20, "2024-02-28", true,
               "29 January on: 5, worked Sunday 4 February: 6, 5th on: 11, worked Sunday 18th: 12, "
               "19th on: 17, 26th to 28th: 20"},
        DueRow{"2023-09-28", 20, "2023-11-01", true,
               "7 and 8 October: 2, 9th on: 7, 16th on: 12, 23rd on: 17, 30th to 1 November: 20"},
        DueRow{"2025-12-03", 20, "2025-12-31", true, "no new year's holiday in December 2025"},
        DueRow{"2026-11-30", 20, "2026-12-28", true, "the last known day"},
        DueRow{"2026-12-01", 20, "2026-12-29", false, "the holidays of 2027 may begin here"},
        DueRow{"2026-12-03", 20, "2026-12-31", false, "the last day of the data"},
        DueRow{"2026-12-04", 20, "2027-01-01", false, "1 January 2027 by weekends only"}));

TEST(Calendar, WithoutDataKnowsWeekendsAndSaysSo) {
  const Calendar calendar;
  EXPECT_FALSE(calendar.is_known(day("2024-02-12")));
  EXPECT_TRUE(calendar.is_working_day(day("2024-02-12")));
  EXPECT_FALSE(calendar.is_working_day(day("2024-02-18")));
  const auto due = calendar.add_working_days(day("2024-02-09"), 5);
  EXPECT_EQ(format_day(due.day), "2024-02-16");
  EXPECT_FALSE(due.is_known);
}

TEST(Calendar, YearsOutsideTheDataAreUnknown) {
  EXPECT_FALSE(Calendar::built_in().is_known(day("2022-12-31")));
  EXPECT_TRUE(Calendar::built_in().is_known(day("2023-01-01")));
  EXPECT_FALSE(Calendar::built_in().is_known(day("2028-01-01")));
}

// As in 2018, whose 29 December was worked and whose 31 December was off: announced with 2019.
TEST(Calendar, TheLastDaysOfAYearAreKnownOnceTheNextYearIsAnnounced) {
  const std::string december = R"([[year]]
year = 2018
announcement = "x"
off = []
worked = []
)";
  const std::string january = R"([[year]]
year = 2019
announcement = "y"
off = [ { name = "a", from = 2018-12-30, until = 2019-01-01 } ]
worked = [2018-12-29]
)";
  const auto before = Calendar::parse(december, "h");
  ASSERT_TRUE(before);
  EXPECT_TRUE(before->is_known(day("2018-12-28")));
  EXPECT_FALSE(before->is_known(day("2018-12-29")));
  EXPECT_FALSE(before->is_known(day("2018-12-31")));
  const auto after = Calendar::parse(december + january, "h");
  ASSERT_TRUE(after);
  EXPECT_TRUE(after->is_known(day("2018-12-29")));
  EXPECT_TRUE(after->is_working_day(day("2018-12-29")));
  EXPECT_TRUE(after->is_known(day("2018-12-31")));
  EXPECT_FALSE(after->is_working_day(day("2018-12-31")));
}

// Method: one text with a mistake in every key; each must be reported with its line.
TEST(Calendar, NamesLineAndKeyOfEverySlip) {
  const auto parsed = Calendar::parse(R"([[year]]
year = 2024
announcement = "x"
of = []
off = [ { name = "a", from = 2024-02-10, until = 2024-02-09 } ]
worked = [2024-02-05]

[[year]]
year = 2024
announcement = 7
off = [ { name = "b", from = "2024-01-01", until = 2024-01-01 } ]
worked = [2023-06-04]
)",
                                      "h.toml");
  ASSERT_FALSE(parsed.has_value());
  EXPECT_EQ(parsed.error().kind, ErrorKind::kBadInput);
  const std::string message = parsed.error().message;
  EXPECT_THAT(message, HasSubstr("h.toml:4: year.of: unknown key; did you mean off?"));
  EXPECT_THAT(message, HasSubstr("h.toml:5: year.off: until lies before from"));
  EXPECT_THAT(message, HasSubstr("h.toml:6: year.worked: neither a Saturday nor a Sunday"));
  EXPECT_THAT(message, HasSubstr("h.toml:8: year.year: this year is there already"));
  EXPECT_THAT(message, HasSubstr("h.toml:10: year.announcement: a text in quotes is wanted"));
  EXPECT_THAT(message, HasSubstr("h.toml:11: year.off.from: a date without quotes is wanted"));
  EXPECT_THAT(message, HasSubstr("h.toml:12: year.worked: the day is not of this year"));
}

struct SlipRow {
  const char* text;
  const char* want;
};

TEST(Calendar, NothingIsLeftOutInSilence) {
#define SPAN(dates) "[[year]]\nyear=2024\nannouncement='x'\nworked=[]\noff=[" dates "]\n"
  constexpr SlipRow kSlips[] = {
      {"", "year: "},
      {"year = [1]", "year: [[year]] is wanted"},
      {"[[year]]\nannouncement='x'\noff=[]\nworked=[]", "year.year: missing"},
      {"[[year]]\nyear=2024\nannouncement='x'\nworked=[]", "year.off: missing"},
      {"[[year]]\nyear=2024\nannouncement='x'\noff=[]", "year.worked: missing"},
      {"[[year]]\nyear=1899\nannouncement='x'\noff=[]\nworked=[]", "no year between 1900 and 9999"},
      {"[[year]]\nyear=10000\nannouncement='x'\noff=[]\nworked=[]", "no year between 1900 and"},
      {"[[year]]\nyear=2024\nannouncement='x'\noff=[]\nworked=['x']", "year.worked: "},
      {SPAN("1"), "year.off: { name = "},
      {SPAN("{name='a',from=2024-05-01}"), "year.off.until: missing"},
      {SPAN("{name='a',from=2024-05-01,until=2024-06-01}"), "more than 30 days behind it"},
      {SPAN("{name='a',from=2023-11-30,until=2023-12-01}"), "the days are not of this year"},
      {SPAN("{name='a',from=2024-12-31,until=2025-01-01}"), "the days are not of this year"},
  };
  for (const SlipRow& row : kSlips) {
    const auto parsed = Calendar::parse(row.text, "h.toml");
    ASSERT_FALSE(parsed.has_value()) << row.text;
    EXPECT_THAT(parsed.error().message, HasSubstr(row.want)) << row.text;
  }
  EXPECT_TRUE(Calendar::parse(SPAN("{name='a',from=2023-12-30,until=2024-01-01}"), "h.toml"))
      << "a holiday may begin in the December before";
  EXPECT_TRUE(Calendar::parse(SPAN("{name='a',from=2024-05-01,until=2024-05-31}"), "h.toml"));
#undef SPAN
}

TEST(Calendar, TextThatIsNotTomlIsRefusedWithItsLine) {
  const auto parsed = Calendar::parse("[[year]]\nyear = = 3\n", "h.toml");
  ASSERT_FALSE(parsed.has_value());
  EXPECT_THAT(parsed.error().message, HasSubstr("h.toml:2: "));
}

}  // namespace
}  // namespace beian
