// fixtures/catalog.ndjson against the fixtures' registry: every row gets the answer that it says it
// should get.
#include <map>

#include "tests/integration/label_batches.h"
#include "tests/support/paths.h"

namespace beian::test {
namespace {

std::vector<std::string> catalog_rows() {
  const auto text =
      read_file(beian::test::source_path("fixtures/catalog.ndjson"), 64 * 1024 * 1024);
  EXPECT_TRUE(text.has_value());
  std::vector<std::string> rows;
  for (std::size_t begin = 0; begin < text->size();) {
    const std::size_t end = std::min(text->find('\n', begin), text->size());
    rows.push_back(text->substr(begin, end - begin));
    begin = end + 1;
  }
  return rows;
}

TEST(CatalogLabels, EveryRowOfTheStoryGetsItsAnswer) {
  LabelComparer comparer(http::test::fixture_state());
  for (const std::string& row : catalog_rows()) comparer.add(row);
  const Comparison& result = comparer.finish();
  EXPECT_GE(result.rows, 80U);
  EXPECT_EQ(result.differing, 0U) << result.first;
}

// A catalog whose rows all expect the same would test nothing.
TEST(CatalogLabels, StoryHasEveryDecision) {
  std::map<std::string, int> decisions;
  simdjson::dom::parser parser;
  for (const std::string& row : catalog_rows())
    ++decisions[std::string(std::string_view(parser.parse(row)["expect"]["decision"]))];
  for (const char* decision : {"allow", "deny", "review"})
    EXPECT_GT(decisions[decision], 5) << decision;
}

TEST(CatalogLabels, DifferenceIsTold) {
  LabelComparer comparer(http::test::fixture_state());
  comparer.add(R"({"operation":"distribute","expect":{"decision":"allow","codes":[]}})");
  EXPECT_EQ(comparer.finish().differing, 1U);
}

}  // namespace
}  // namespace beian::test
