// Goal: every state has one name, and each name leads back to its state.
#include "cache/filing/record.h"

#include <gtest/gtest.h>

#include <set>

namespace beian {
namespace {

TEST(Status, NamesLeadBackToTheirStateAndAreUnique) {
  std::set<std::string_view> names;
  for (int i = 0; i < kStatusCount; ++i) {
    const auto status = static_cast<Status>(i);
    EXPECT_EQ(parse_status(name_of(status)), status);
    names.insert(name_of(status));
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(kStatusCount));
}

TEST(Status, NumbersOnDiskKeepTheirNames) {
  EXPECT_EQ(name_of(Status{0}), "unknown");
  EXPECT_EQ(name_of(Status{1}), "filed");
  EXPECT_EQ(name_of(Status{6}), "changing");
  EXPECT_EQ(name_of(Status{10}), "blacklisted");
}

TEST(Status, OtherWordsAreNoState) {
  for (const std::string_view word : {"", "Filed", "filed ", "已备案"})
    EXPECT_FALSE(parse_status(word).has_value()) << word;
}

}  // namespace
}  // namespace beian
