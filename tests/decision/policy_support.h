// Days and policies from text, for the tests of policies.
#pragma once

#include <gtest/gtest.h>

#include <string_view>

#include "cache/filing/parse.h"
#include "gate/decision/policy.h"

namespace beian::test {

inline Day day(std::string_view text) {
  return parse_day(text).value();
}
inline const Day kToday = day("2026-11-23");

inline PolicySet loaded(std::string_view text) {
  auto set = PolicySet::load(text, "p.toml");
  EXPECT_TRUE(set.has_value()) << (set ? "" : set.error().message);
  return set ? *set : PolicySet();
}

}  // namespace beian::test
