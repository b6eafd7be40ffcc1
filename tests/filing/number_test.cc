// Goal: snapshot files store the key, so its bits are pinned; what is not a key is refused.
#include "cache/filing/number.h"

#include <gtest/gtest.h>

#include <random>

#include "cache/base/limits.h"
#include "cache/filing/parse.h"
#include "cache/filing/provinces.h"

namespace beian {
namespace {

struct PinnedKey {
  const char* text;
  std::uint64_t key;
  Kind kind;
  const char* why;
};

// form << 62 | province << 56 | classes << 52 | long << 51 | main << 17 | serial
constexpr PinnedKey kPinned[] = {
    {"京ICP备12004567号", 1ULL << 56 | 12004567ULL << 17, Kind::kSubject, "form 0, province 1"},
    {"京ICP备2023000001号-1A", 1ULL << 56 | 1ULL << 51 | 2023000001ULL << 17 | 1, Kind::kApp,
     "long"},
    {"新ICP备2024015133号-3", 31ULL << 56 | 1ULL << 51 | 2024015133ULL << 17 | 3, Kind::kWebsite,
     "the last province of filings"},
    {"京ICP证030173号-209A", 1ULL << 62 | 1ULL << 56 | 30173ULL << 17 | 209, Kind::kApp, "form 1"},
    {"粤B2-20090059-1626X",
     2ULL << 62 | 19ULL << 56 | 8ULL << 52 | 1ULL << 51 | 20090059ULL << 17 | 1626,
     Kind::kMiniProgram, "form 2, class B2"},
    {"云A1-140912", 2ULL << 62 | 35ULL << 56 | 1ULL << 52 | 140912ULL << 17, Kind::kSubject,
     "the last province, class A1, short"},
    {"合字A1.A2.B1.B2-20180017-99999K",
     2ULL << 62 | 63ULL << 56 | 15ULL << 52 | 1ULL << 51 | 20180017ULL << 17 | 99999,
     Kind::kQuickApp, "cross-province, all classes, greatest serial"},
    {"A2.B1.B2-20090003", 2ULL << 62 | 14ULL << 52 | 1ULL << 51 | 20090003ULL << 17, Kind::kSubject,
     "no province printed"},
};

TEST(NumberKey, BitsAreAsDocumented) {
  for (const PinnedKey& row : kPinned) {
    const ParsedNumber parsed = parse_number(row.text);
    ASSERT_TRUE(parsed.is_number()) << row.text;
    EXPECT_EQ(static_cast<std::uint64_t>(parsed.number.key()), row.key)
        << row.text << ": " << row.why;
    EXPECT_EQ(parsed.number.kind(), row.kind) << row.text;
    EXPECT_EQ(canonical(FilingNumber::from_key(FilingKey{row.key}, row.kind)), row.text);
  }
}

struct BadKey {
  const char* name;
  std::uint64_t key;
  Kind kind;
};

constexpr std::uint64_t kGood = 1ULL << 56 | 12004567ULL << 17 | 1;
constexpr BadKey kBadKeys[] = {
    {"zero", 0, Kind::kSubject},
    {"form_3", 3ULL << 62 | kGood, Kind::kWebsite},
    {"filing_without_province", 12004567ULL << 17 | 1, Kind::kWebsite},
    {"filing_with_licence_province", 32ULL << 56 | 12004567ULL << 17 | 1, Kind::kWebsite},
    {"province_36", 2ULL << 62 | 36ULL << 56 | 8ULL << 52 | 140912ULL << 17 | 1, Kind::kWebsite},
    {"province_62", 2ULL << 62 | 62ULL << 56 | 8ULL << 52 | 140912ULL << 17 | 1, Kind::kWebsite},
    {"filing_across_provinces", 63ULL << 56 | 12004567ULL << 17 | 1, Kind::kWebsite},
    {"icp_licence_without_province", 1ULL << 62 | 30173ULL << 17, Kind::kSubject},
    {"classes_on_filing", 1ULL << 52 | kGood, Kind::kWebsite},
    {"licence_without_class", 2ULL << 62 | 1ULL << 56 | 140912ULL << 17, Kind::kSubject},
    {"main_of_nine_digits_as_eight", 1ULL << 56 | 100'000'000ULL << 17, Kind::kSubject},
    {"main_of_seven_digits_as_six", 1ULL << 62 | 1ULL << 56 | 1'000'000ULL << 17, Kind::kSubject},
    {"main_of_eleven_digits", 1ULL << 56 | 1ULL << 51 | 10'000'000'000ULL << 17, Kind::kSubject},
    {"serial_too_large", (kGood & ~1ULL) | 100'000, Kind::kWebsite},
    {"serial_without_kind", kGood, Kind::kSubject},
    {"kind_without_serial", kGood & ~1ULL, Kind::kApp},
    {"kind_5", kGood, static_cast<Kind>(5)},
};

TEST(NumberKey, WhatPackCannotProduceIsRefused) {
  ASSERT_NE(FilingNumber::from_key(FilingKey{kGood}, Kind::kWebsite), FilingNumber{});
  for (const BadKey& row : kBadKeys)
    EXPECT_EQ(FilingNumber::from_key(FilingKey{row.key}, row.kind), FilingNumber{}) << row.name;
}

TEST(NumberKey, RandomKeysAreRefusedOrSurviveTextAndBack) {
  std::mt19937_64 random(20230721);
  int accepted = 0;
  for (int i = 0; i < 1'000'000; ++i) {
    std::uint64_t bits = random();
    if (i % 2 == 0) bits &= ~(7ULL << 48) & ~(15ULL << 52);  // otherwise few mains are in range
    const auto kind = static_cast<Kind>(random() % 6);
    const FilingNumber number = FilingNumber::from_key(FilingKey{bits}, kind);
    if (number == FilingNumber{}) continue;
    ++accepted;
    ASSERT_EQ(number.key(), FilingKey{bits});
    ASSERT_EQ(FilingNumber::pack(number.parts()), number);
    const ParsedNumber parsed = parse_number(canonical(number));
    ASSERT_TRUE(parsed.is_number()) << canonical(number);
    ASSERT_EQ(parsed.number, number) << canonical(number);
    ASSERT_FALSE(parsed.folded);
    ASSERT_EQ(parsed.repairs, 0);
  }
  EXPECT_GT(accepted, 1000);
}

TEST(NumberKey, ServicesOfOneSubjectLieBehindIt) {
  const FilingNumber subject = parse_number("京ICP备12004567号").number;
  const FilingNumber next = parse_number("京ICP备12004568号").number;
  EXPECT_LT(subject.key(), subject.with_service(1, Kind::kWebsite).key());
  EXPECT_LT(subject.with_service(limits::kServiceSerialMax, Kind::kApp).key(), next.key());
}

TEST(NumberKey, TheLetterIsNotPartOfTheKey) {
  const FilingNumber app = parse_number("京ICP备12004567号-2A").number;
  const FilingNumber mini_program = parse_number("京ICP备12004567号-2X").number;
  EXPECT_EQ(app.key(), mini_program.key());
  EXPECT_NE(app, mini_program);
}

TEST(NumberKey, LeadingZerosCount) {
  EXPECT_NE(parse_number("川B2-140912").number, parse_number("川B2-00140912").number);
}

TEST(Number, SubjectAndServicesOfANumber) {
  const FilingNumber app = parse_number("粤B2-20090059-1626X").number;
  EXPECT_EQ(canonical(app.subject_number()), "粤B2-20090059");
  EXPECT_TRUE(app.subject_number().is_subject());
  EXPECT_EQ(app.subject_number().subject(), app.subject());
  EXPECT_EQ(canonical(app.with_service(7, Kind::kQuickApp)), "粤B2-20090059-7K");
}

TEST(Number, TheDefaultNumberHasNoText) {
  EXPECT_EQ(canonical(FilingNumber{}), "");
}

TEST(Number, TheLongestTextFits) {
  const std::string longest = "合字A1.A2.B1.B2-20180017-99999A";
  EXPECT_EQ(canonical(parse_number(longest).number), longest);
  EXPECT_LE(longest.size(), kCanonicalBytesMax);
}

}  // namespace
}  // namespace beian
