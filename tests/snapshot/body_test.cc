// Where the lists of a body are: the short way gives the same as reading the whole shape.
#include "cache/snapshot/body.h"

#include <gtest/gtest.h>

#include <random>

namespace beian::cache::test {
namespace {

// Method: random bodies whose list counts lie around the one that needs a word of its own; every
// list of each valid body is compared.
TEST(Body, APlaceIsWhereTheShapeHasIt) {
  std::mt19937 random(5);
  std::size_t sound = 0;
  std::size_t with_long_list = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::vector<std::uint32_t> words(200, 7);
    words[0] = 0;
    std::size_t at = 1;
    const bool are_lists_long = random() % 4 == 0;
    for (std::size_t list = 0; list < kBodyListCount; ++list) {
      const auto count =
          static_cast<std::uint32_t>(are_lists_long ? 12 + random() % 6 : random() % 15);
      words[0] |= std::min(count, kLongList) << (4 * list);
      if (count >= kLongList) words[at++] = count;
    }
    // Mostly with all lists known, because an unknown one must be empty.
    const auto flags = static_cast<std::uint16_t>(random() | (random() % 4 == 0 ? 0U : 0x7FU));
    BodyShape shape;
    if (!read_shape(words, flags, &shape)) continue;
    ++sound;
    with_long_list += at > 1;
    for (std::uint8_t list = 0; list < kBodyListCount; ++list) {
      const ListPlace place = place_of(words, flags, static_cast<BodyList>(list));
      ASSERT_EQ(place.start, shape.starts[list]) << words[0] << " list " << int{list};
      ASSERT_EQ(place.count, shape.counts[list]) << words[0] << " list " << int{list};
    }
  }
  EXPECT_GT(sound, 100U);
  EXPECT_GT(with_long_list, 10U);
}

}  // namespace
}  // namespace beian::cache::test
