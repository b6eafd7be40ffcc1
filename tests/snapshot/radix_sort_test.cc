// Sorting by distribution gives the same as sorting by comparison, for numbers of every shape.
#include "cache/snapshot/radix_sort.h"

#include <gtest/gtest.h>

#include <functional>
#include <ostream>
#include <random>
#include <string>
#include <utility>

namespace beian::cache {
namespace {

using Item = std::pair<std::uint64_t, std::uint32_t>;

struct Shape {
  const char* name;
  std::size_t count;
  std::uint64_t mask;   // bits that vary
  std::uint64_t fixed;  // bits that are set in all
  int bits_max;
};
std::ostream& operator<<(std::ostream& out, const Shape& shape) {
  return out << shape.name;
}

class RadixSort : public ::testing::TestWithParam<Shape> {};

TEST_P(RadixSort, IsSortingByComparison) {
  const Shape& shape = GetParam();
  std::mt19937_64 draw(1);
  std::vector<Item> items;
  for (std::uint32_t i = 0; i < shape.count; ++i)
    items.emplace_back((draw() & shape.mask) | shape.fixed, static_cast<std::uint32_t>(draw()));
  std::vector<Item> want = items;
  std::ranges::sort(want);
  radix_sort(
      &items, [](const Item& item) { return item.first; }, std::less<>(), shape.bits_max);
  EXPECT_TRUE(items == want);
}

TEST_P(RadixSort, KeepsTheOrderOfEqualItems) {
  const Shape& shape = GetParam();
  std::mt19937_64 draw(2);
  std::vector<Item> items;  // second member: the original place; not part of the key
  for (std::uint32_t i = 0; i < shape.count; ++i)
    items.emplace_back((draw() & shape.mask & 0xFF0000FF) | shape.fixed, i);
  radix_sort(
      &items, [](const Item& item) { return item.first; },
      [](const Item& a, const Item& b) { return a.first < b.first; }, shape.bits_max);
  EXPECT_TRUE(std::ranges::is_sorted(items));
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, RadixSort,
    ::testing::Values(Shape{"none", 0, 0, 0, 64}, Shape{"one", 1, UINT64_MAX, 0, 64},
                      Shape{"few", 100, UINT64_MAX, 0, 64},
                      Shape{"hashes", 50'000, UINT64_MAX, 0, bits_of_hashes(50'000)},
                      Shape{"all_bits", 50'000, UINT64_MAX, 0, 64},
                      Shape{"all_the_same", 50'000, 0, 0x1234, 64},
                      Shape{"dense", 50'000, 0xFFFF, 1ULL << 40, 64},
                      Shape{"low_bits_undistributed", 50'000, 0x8000'0000'0000'00FF, 0, 8},
                      Shape{"gaps_between_bits", 50'000, 0xF00F'0000'00F0'000F, 1ULL << 20, 64}),
    [](const auto& shape) { return std::string(shape.param.name); });

}  // namespace
}  // namespace beian::cache
