// End to end: beian-synth's feed -> `beian-gate registry build` -> a mapped snapshot -> its
// catalogs through `POST /v1/checks`. Each label follows from how its row was made, so all of them
// must be met.
#include <unistd.h>

#include <fstream>

#include "fixtures/synth/catalog.h"
#include "fixtures/synth/feed_writer.h"
#include "tests/integration/label_batches.h"
#include "tests/support/paths.h"
#include "tests/support/process.h"

namespace beian::test {
namespace {

using synth::Catalog;

#ifdef BEIAN_SANITIZED
constexpr std::uint64_t kLabelServices = 4'000;
constexpr std::uint64_t kLabelRows = 4'000;
#else
constexpr std::uint64_t kLabelServices = 20'000;
constexpr std::uint64_t kLabelRows = 20'000;
#endif
constexpr std::uint64_t kLabelSeed = 7;

http::GateState built_state(const TemporaryFolder& folder) {
  const std::string feed = folder.path("feed.ndjson");
  std::ofstream out(feed);
  synth::write_feed(synth::World(kLabelSeed), kLabelServices,
                    [&](std::string_view line) { out << line << '\n'; });
  out.close();
  const std::string snapshot = folder.path("registry.snap");
  const Finished built = run({build_path("beian-gate"), "registry", "build", feed, "-o", snapshot,
                              "--as-of", std::string(http::test::kAsOf), "--serial", "5"});
  EXPECT_EQ(built.exit_code, 0) << built.err;
  auto opened = cache::Snapshot::open(snapshot, {});
  EXPECT_TRUE(opened.has_value()) << (opened ? "" : opened.error().message);
  return http::test::state_of(std::make_shared<const cache::Generation>(
      std::move(*opened), cache::FreshnessThresholds{}, snapshot));
}

void expect_all_labels(Catalog::Content content) {
  const TemporaryFolder folder;
  LabelComparer comparer(built_state(folder));
  const synth::World world(kLabelSeed);
  const Catalog catalog(world, kLabelSeed, synth::subjects_for(world, kLabelServices), content);
  for (std::uint64_t row = 0; row < kLabelRows; ++row) comparer.add(catalog.row(row));
  const Comparison& result = comparer.finish();
  EXPECT_EQ(result.rows, kLabelRows);
  EXPECT_EQ(result.differing, 0U) << result.first;
}

TEST(SynthLabels, CatalogAsStoresSeeItMeetsEveryLabel) {
  expect_all_labels(Catalog::Content::kMixed);
}

TEST(SynthLabels, CatalogOfMistakesMeetsEveryLabel) {
  expect_all_labels(Catalog::Content::kMutations);
}

}  // namespace
}  // namespace beian::test
