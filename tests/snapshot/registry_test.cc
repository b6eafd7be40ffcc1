// Goal: a registry with delta batches on top answers exactly like the snapshot built from the final
// feed. Method: random batches on random feeds, through all levels of overlays; after each batch
// every look-up is compared with a full build, and at the end the compacted file's bytes.
#include "cache/snapshot/registry.h"

#include <unistd.h>

#include "cache/base/file.h"
#include "cache/snapshot/compact.h"
#include "tests/snapshot/delta_model.h"

namespace beian::cache::test {
namespace {

using RegistryPtr = std::shared_ptr<const cache::Registry>;

// The next batch on `registry`, an hour later.
DeltaBatch batch_on(const cache::Registry& registry, std::vector<FeedRecord> records) {
  DeltaBatch batch;
  batch.serial = registry.serial() + 1;
  batch.as_of = registry.info().as_of + std::chrono::hours{1};
  if (batch.serial % 2 == 0) batch.next_update = batch.as_of + std::chrono::hours{2};
  batch.previous = registry.chain();
  batch.feed_id = "feed " + std::to_string(batch.serial);
  batch.records = std::move(records);
  return batch;
}

RegistryPtr applied(const RegistryPtr& registry, const DeltaBatch& batch) {
  auto next = cache::apply(registry, batch);
  EXPECT_TRUE(next) << next.error().message;
  return next ? *next : registry;
}

std::string compacted(const cache::Registry& registry) {
  const std::string path = ::testing::TempDir() + "compacted_" + std::to_string(::getpid());
  const auto written = compact(registry, path, seal_of(registry));
  EXPECT_TRUE(written) << written.error().message;
  auto bytes = read_file(path, std::size_t{1} << 30);
  EXPECT_TRUE(bytes);
  ::unlink(path.c_str());
  return bytes ? *bytes : "";
}

struct Course {
  const char* name;
  std::size_t pool;     // services that records are drawn from
  std::size_t initial;  // changes that make up the base
  std::vector<std::size_t> batches;
  unsigned seeds;
};

void PrintTo(const Course& course, std::ostream* out) {
  *out << course.name;
}

class RegistryCourse : public ::testing::TestWithParam<Course> {};

TEST_P(RegistryCourse, AnswersAsAFullBuildDoes) {
  const Course& course = GetParam();
  for (unsigned seed = 1; seed <= course.seeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    DeltaModel model(seed, random_registry(seed, course.pool));
    model.change(course.initial);
    RegistryPtr registry = cache::Registry::over(open(build(model.records())));
    std::uint32_t overlays_max = 0;
    std::string levels;  // overlay count after each batch
    for (const std::size_t changes : course.batches) {
      registry = applied(registry, batch_on(*registry, model.change(changes)));
      overlays_max = std::max(overlays_max, registry->info().overlays);
      levels += " " + std::to_string(registry->info().overlays);
      const auto twin = open(build(model.records(), seal_of(*registry)));
      ASSERT_EQ(difference(*registry, *twin, model), "") << "at serial " << registry->serial();
    }
    if (course.pool > 1'000) {
      EXPECT_EQ(overlays_max, 3U) << "not all levels of overlays came up:" << levels;
    }
    EXPECT_EQ(compacted(*registry), build(model.records(), seal_of(*registry)));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Sizes, RegistryCourse,
    ::testing::Values(Course{"tiny", 6, 8, std::vector<std::size_t>(30, 2), 20},
                      Course{"from_nothing", 20, 0, std::vector<std::size_t>(20, 3), 8},
                      Course{"small", 100, 150, std::vector<std::size_t>(12, 10), 4},
                      Course{"levels", 12'000, 20'000, {20'000, 700, 1, 2, 150, 1'500, 1}, 1}),
    [](const auto& param_info) { return std::string(param_info.param.name); });

TEST(RegistryApply, ManyBatchesAtOnceAreTheSameAsOneByOne) {
  for (unsigned seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    DeltaModel model(seed, random_registry(seed, 30));
    if (seed % 5 != 0) model.change(40);  // otherwise from nothing
    const RegistryPtr base = cache::Registry::over(open(build(model.records())));
    RegistryPtr registry = base;
    std::vector<DeltaBatch> batches;
    for (int i = 0; i < 20; ++i) {
      batches.push_back(batch_on(*registry, model.change(3)));
      registry = applied(registry, batches.back());
    }
    const auto at_once = cache::apply(base, batches);
    ASSERT_TRUE(at_once) << at_once.error().message;
    EXPECT_EQ((*at_once)->chain(), registry->chain());
    EXPECT_EQ(compacted(**at_once), compacted(*registry));
    EXPECT_EQ(compacted(*registry), build(model.records(), seal_of(*registry)));
  }
}

TEST(RegistryApply, ARegistryWithoutDeltasIsItsSnapshot) {
  DeltaModel model(7, random_registry(7, 200));
  model.change(300);
  const auto snapshot = open(build(model.records()));
  const auto registry = cache::Registry::over(snapshot);
  EXPECT_EQ(difference(*registry, *snapshot, model), "");
  EXPECT_EQ(registry->chain(), snapshot->info().root_hash);
  EXPECT_EQ(registry->info().overlays, 0U);
}

TEST(RegistryApply, TheOldRegistryStaysAsItWas) {
  DeltaModel model(8, random_registry(8, 100));
  model.change(200);
  const RegistryPtr before = cache::Registry::over(open(build(model.records())));
  const auto twin = open(build(model.records()));
  const DeltaModel old = model;
  applied(before, batch_on(*before, model.change(50)));
  EXPECT_EQ(difference(*before, *twin, old), "");
}

}  // namespace
}  // namespace beian::cache::test
