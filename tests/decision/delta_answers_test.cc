// Goal: a check gets the same answer whether the registry came as one snapshot or grew by delta
// batches: decision, findings and details, filing, and suggestions in order. Method: batches change
// random dense worlds (random_world.h), and each result is compared with a snapshot built from the
// final state.
#include <gtest/gtest.h>

#include "cache/snapshot/compact.h"
#include "gate/decision/evaluate.h"
#include "gate/decision/suggest.h"
#include "gate/wire/request_json.h"
#include "tests/snapshot/delta_model.h"
#include "tests/support/random_world.h"
#include "tests/support/reference_answer.h"

namespace beian {
namespace {

#ifdef BEIAN_SANITIZED
constexpr std::uint64_t kDeltaWorlds = 5;
#else
constexpr std::uint64_t kDeltaWorlds = 25;
#endif
constexpr std::size_t kRequestsOfABatch = 150;

std::shared_ptr<const cache::Generation> generation_of(
    std::shared_ptr<const cache::Registry> registry) {
  return std::make_shared<const cache::Generation>(std::move(registry),
                                                   cache::FreshnessThresholds{}, "test");
}

std::string answer(const CheckRequest& request, const cache::Generation& generation) {
  Decision decision;
  evaluate(request, generation, Policy::defaults(), Calendar::built_in(), test::world_now(),
           &decision);
  std::string out = test::to_text(test::answer_of(decision));
  out += " filing " + (decision.filing ? std::to_string(decision.filing->id()) : "none");
  out += " subject " + (decision.subject ? std::to_string(decision.subject->id()) : "none");
  out += " candidates " + std::to_string(decision.candidate_count) + " suggestions";
  for (const Suggestion& suggestion : suggest(request, decision, generation))
    out += " " + std::to_string(suggestion.filing.id()) + "/" +
           std::to_string(static_cast<int>(suggestion.reason));
  return out;
}

TEST(DeltaAnswers, AreThoseOfAFullBuild) {
  wire::RequestReader reader;
  CheckRequest request;
  std::size_t asked = 0;
  for (std::uint64_t seed = 1; seed <= kDeltaWorlds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    test::Dice dice(seed);
    test::World world = test::random_world(dice, 150);
    cache::test::DeltaModel model(static_cast<unsigned>(seed), {world.subjects, world.services});
    if (model.pool().subjects.empty()) continue;
    model.change(150);
    cache::SealOptions seal;
    seal.serial = world.serial;
    seal.as_of = world.as_of;
    seal.is_sealed = world.is_sealed;
    auto registry =
        cache::Registry::over(cache::test::open(cache::test::build(model.records(), seal)));
    for (int batches = 0; batches < 5; ++batches) {
      cache::DeltaBatch batch;
      batch.serial = registry->serial() + 1;
      batch.as_of = world.as_of;
      batch.previous = registry->chain();
      batch.records = model.change(1 + 4 * static_cast<std::size_t>(batches));
      auto next = cache::apply(registry, batch);
      ASSERT_TRUE(next) << next.error().message;
      registry = *next;
      const cache::test::Registry records = model.records();
      const auto grown = generation_of(registry);
      const auto built = generation_of(cache::Registry::over(
          cache::test::open(cache::test::build(records, cache::seal_of(*registry)))));
      world.subjects = records.subjects;
      world.services = records.services;
      if (world.services.empty()) continue;
      for (std::size_t i = 0; i < kRequestsOfABatch; ++i) {
        const std::string json = test::random_request(dice, world);
        wire::Problem problem;
        ASSERT_TRUE(reader.read(json, {}, &request, &problem)) << problem.detail;
        ASSERT_EQ(answer(request, *grown), answer(request, *built)) << json;
        ++asked;
      }
    }
  }
  EXPECT_GT(asked, kDeltaWorlds * 5 * kRequestsOfABatch / 2);
}

}  // namespace
}  // namespace beian
