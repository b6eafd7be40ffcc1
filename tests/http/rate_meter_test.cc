// The token bucket of a caller, driven by a given clock.
#include "gate/http/rate_meter.h"

#include <gtest/gtest.h>

namespace beian::http::test {
namespace {

RateMeter::Time at(double seconds) {
  return RateMeter::Time(std::chrono::nanoseconds(static_cast<std::int64_t>(seconds * 1e9)));
}

TEST(RateMeter, GivesABurstAndThenTheRate) {
  RateMeter meter(10, 5);
  int allowed = 0;
  for (int i = 0; i < 100; ++i) allowed += meter.take(at(1000)).is_allowed ? 1 : 0;
  EXPECT_EQ(allowed, 5);
  allowed = 0;
  for (int i = 1; i <= 1000; ++i) allowed += meter.take(at(1000 + i * 0.01)).is_allowed ? 1 : 0;
  EXPECT_EQ(allowed, 100);
}

TEST(RateMeter, DebtIsPaidAndHasABottom) {
  RateMeter meter(10, 5);
  meter.charge(at(1000), 25);  // the five available, and two seconds of debt
  EXPECT_FALSE(meter.take(at(1001.9)).is_allowed);
  EXPECT_TRUE(meter.take(at(1002.2)).is_allowed);
  meter.charge(at(2000), 1'000'000'000'000);
  EXPECT_FALSE(meter.take(at(1999.999)).is_allowed) << "by the clock of another worker";
  meter.charge(at(1999.999), 1);
  EXPECT_FALSE(meter.take(at(2059)).is_allowed);
  EXPECT_TRUE(meter.take(at(2061)).is_allowed);
}

TEST(RateMeter, AClockThatIsSetBackCostsNobodyAnHour) {
  RateMeter meter(1, 1);
  EXPECT_TRUE(meter.take(at(10'000)).is_allowed);
  EXPECT_TRUE(meter.take(at(6'400)).is_allowed);
  EXPECT_FALSE(meter.take(at(6'400)).is_allowed);
}

TEST(RateMeter, WithoutARateNothingIsBounded) {
  RateMeter meter(0, 0);
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(meter.take(at(0)).is_allowed);
}

}  // namespace
}  // namespace beian::http::test
