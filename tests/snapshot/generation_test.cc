// Age and freshness at their edges.
#include "cache/snapshot/generation.h"

#include "tests/snapshot/support.h"

namespace beian::cache::test {
namespace {

using namespace std::chrono_literals;

TEST(GenerationFreshness, ChangesAtTheThresholdItself) {
  const Instant as_of = seal().as_of;
  const Generation generation(open(build(hand_made())), {}, "registry.snap");
  const struct {
    const char* name;
    std::chrono::seconds age;
    Freshness want;
    const char* want_name;
  } rows[] = {
      {"new", 0s, Freshness::kFresh, "fresh"},
      {"a_second_before_stale", 24h - 1s, Freshness::kFresh, "fresh"},
      {"stale", 24h, Freshness::kStale, "stale"},
      {"a_second_before_expired", 72h - 1s, Freshness::kStale, "stale"},
      {"expired", 72h, Freshness::kExpired, "expired"},
      {"years", 24h * 3650, Freshness::kExpired, "expired"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(generation.age(as_of + row.age), row.age);
    EXPECT_EQ(generation.freshness(as_of + row.age), row.want);
    EXPECT_EQ(name_of(row.want), row.want_name);
  }
}

TEST(GenerationFreshness, ARegistryFromTheFutureHasNoAge) {
  const Generation generation(open(build(hand_made())), {}, "registry.snap");
  EXPECT_EQ(generation.age(seal().as_of - 1h), 0s);
  EXPECT_EQ(generation.freshness(seal().as_of - 1h), Freshness::kFresh);
}

TEST(GenerationFreshness, IsStaleAtLeastOnceTheNextUpdateIsOverdue) {
  const Generation generation(open(build(hand_made())), {1'000h, 2'000h}, "registry.snap");
  ASSERT_EQ(generation.info().next_update, seal().as_of + 24h);
  EXPECT_EQ(generation.freshness(seal().as_of + 24h - 1s), Freshness::kFresh);
  EXPECT_EQ(generation.freshness(seal().as_of + 24h), Freshness::kStale);
  EXPECT_EQ(generation.freshness(seal().as_of + 2'000h), Freshness::kExpired);
}

TEST(GenerationFreshness, NeverIsNeverWhateverTheNextUpdateIs) {
  constexpr auto kNever = std::chrono::seconds::max();
  const Generation fresh(open(build(hand_made())), {kNever, kNever}, "a.snap");
  const Generation stale(open(build(hand_made())), {0s, kNever}, "a.snap");
  for (const auto age : {1s, std::chrono::seconds(1'000h)}) {
    EXPECT_EQ(fresh.freshness(seal().as_of + age), Freshness::kFresh);
    EXPECT_EQ(stale.freshness(seal().as_of + age), Freshness::kStale);
  }
}

TEST(GenerationFreshness, ThresholdsAreThoseGiven) {
  const Generation generation(open(build(hand_made())), {60s, 120s}, "redis://registry");
  EXPECT_EQ(generation.freshness(seal().as_of + 59s), Freshness::kFresh);
  EXPECT_EQ(generation.freshness(seal().as_of + 60s), Freshness::kStale);
  EXPECT_EQ(generation.freshness(seal().as_of + 120s), Freshness::kExpired);
  EXPECT_EQ(generation.source(), "redis://registry");
  EXPECT_EQ(generation.serial(), 48'213U);
  EXPECT_TRUE(generation.is_sealed());
}

}  // namespace
}  // namespace beian::cache::test
