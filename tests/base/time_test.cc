#include "cache/base/time.h"

#include <gtest/gtest.h>

namespace beian {
namespace {

TEST(Day, ExistsOrIsNone) {
  EXPECT_EQ(format_day(*parse_day("2024-02-29")), "2024-02-29");
  for (const std::string_view text :
       {"2023-02-29", "2024-13-01", "2024-00-01", "2024-01-00", "2024-1-1", "20240101",
        "2024-01-01 ", "1899-12-31", "", "2024-01-0x", "2024-01.01", "2024.01-01"})
    EXPECT_FALSE(parse_day(text)) << text;
}

TEST(Day, IsWrittenInTenCharacters) {
  for (const std::string_view text : {"1900-01-01", "1999-12-31", "2099-10-09", "9999-12-31"})
    EXPECT_EQ(format_day(*parse_day(text)), text);
}

// No registry has such days, but printing them must not write out of bounds.
TEST(Day, OfAYearWithMoreDigitsIsPrintedAsWell) {
  EXPECT_EQ(format_day(*parse_day("9999-12-31") + std::chrono::days{1}), "10000-01-01");
  EXPECT_EQ(format_day(Day{std::chrono::year{-1} / 12 / 31}), "-1-12-31");
}

TEST(Day, GoesThroughItsNumber) {
  const Day day = *parse_day("2023-09-01");
  EXPECT_EQ(day_from_number(day_number(day)), day);
}

struct InstantRow {
  std::string_view text;
  std::string_view want;  // empty: none
};
constexpr InstantRow kInstants[] = {
    {"2026-01-02T03:00:00Z", "2026-01-02T03:00:00Z"},
    {"2026-01-02T11:00:00+08:00", "2026-01-02T03:00:00Z"},
    {"2026-01-01T22:30:00-04:30", "2026-01-02T03:00:00Z"},
    {"2026-01-02t03:00:00.999z", "2026-01-02T03:00:00Z"},
    {"2023-09-03 15:57:16", "2023-09-03T07:57:16Z"},  // the registry writes Beijing time
    {"2023-09-03 15:57:16Z", "2023-09-03T15:57:16Z"},
    {"2026-01-02T03:00:00", ""},
    {"2026-01-02T24:00:00Z", ""},
    {"2026-01-02T03:60:00Z", ""},
    {"2026-01-02T03:00:00.Z", ""},
    {"2026-01-02T03:00:00+0800", ""},
    {"2026-01-02T23:59:60Z", "2026-01-03T00:00:00Z"},  // a leap second
    {"2026-01-02T23:59:61Z", ""},
    {"2026-01-02X03:00:00Z", ""},
    {"2026-01-02T0x:00:00Z", ""},
    {"2026-01-02T03-00:00Z", ""},
    {"2026-01-02T03:0x:00Z", ""},
    {"2026-01-02T03:00-00Z", ""},
    {"2026-01-02T03:00:0xZ", ""},
    {"2026-01-02T03:00:00Zx", ""},
    {"2026-01-02T03:00:00*08:00", ""},
    {"2026-01-02T03:00:00+x8:00", ""},
    {"2026-01-02T03:00:00+24:00", ""},
    {"2026-01-02T03:00:00+08:x0", ""},
    {"2026-01-02T03:00:00+08:60", ""},
    {"2026-01-02", ""},
    {"2026-02-30T00:00:00Z", ""},
    {"1900-01-01 00:00:00", "1899-12-31T16:00:00Z"},  // what some databases store for "no time"
    {"1899-12-31T16:00:00Z", "1899-12-31T16:00:00Z"},
    {"1899-12-31 00:00:00", ""},
    {"1899-12-30T23:59:59Z", ""},
    {"9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"},
    {"9999-12-31T23:59:60Z", ""},
    {"9999-12-31T16:00:00-08:00", ""},
};

TEST(Instant, IsReadAsRfc3339OrAsTheRegistryWritesIt) {
  for (const InstantRow& row : kInstants) {
    const auto instant = parse_instant(row.text);
    EXPECT_EQ(instant ? format_instant(*instant) : "", row.want) << row.text;
    if (instant) {
      EXPECT_EQ(parse_instant(row.want), instant) << "what is written is read again";
    }
  }
}

TEST(Instant, TheDayInChinaBeginsEightHoursEarlier) {
  EXPECT_EQ(format_day(day_in_china(*parse_instant("2023-08-31T15:59:59Z"))), "2023-08-31");
  EXPECT_EQ(format_day(day_in_china(*parse_instant("2023-08-31T16:00:00Z"))), "2023-09-01");
}

}  // namespace
}  // namespace beian
