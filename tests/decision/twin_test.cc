// Goal: the gate and its naive twin (tests/support/reference_evaluate.h) answer every check alike:
// decision, findings with their effects and details, assurance, what was compared, the filing.
// Method: random dense registries and requests (random_world.h), under every shipped policy; every
// code there is occurs in every shard.
#include <gtest/gtest.h>

#include <map>

#include "gate/decision/evaluate.h"
#include "gate/wire/request_json.h"
#include "tests/support/paths.h"
#include "tests/support/random_world.h"
#include "tests/support/reference_evaluate.h"

namespace beian {
namespace {

#ifdef BEIAN_SANITIZED
constexpr std::uint64_t kWorldsOfAShard = 25;
constexpr std::size_t kRequestsOfAWorld = 400;
#else
constexpr std::uint64_t kWorldsOfAShard = 100;
constexpr std::size_t kRequestsOfAWorld = 2'000;
#endif
// In dense worlds many services share each package and domain; in sparse worlds some names that
// nobody has filed, or has only submitted, lie below names that somebody has filed.
constexpr std::size_t kServicesOfDense = 150;
constexpr std::size_t kServicesOfSparse = 25;

struct Profile {
  std::string_view name;
  const Policy* policy;
};

class Twin : public testing::TestWithParam<std::uint64_t> {};

// One of five shards; each has its own worlds.
TEST_P(Twin, AnswersEveryRequestLikeTheGate) {
  const auto policies = PolicySet::load_file(beian::test::source_path("conf/policy.toml"));
  ASSERT_TRUE(policies.has_value()) << (policies ? "" : policies.error().message);
  const Policy defaults = Policy::defaults();
  const Profile profiles[] = {{"", &defaults},
                              {"", &policies->base()},
                              {"observe", &policies->profile("observe")},
                              {"factory", &policies->profile("factory")}};
  ASSERT_TRUE(policies->has_profile("observe") && policies->has_profile("factory"));

  std::map<Code, std::uint64_t> findings;
  wire::RequestReader reader;
  CheckRequest request;
  Decision decision;
  for (std::uint64_t i = 0; i < kWorldsOfAShard; ++i) {
    test::Dice dice(GetParam() * 1'000'000 + i);
    const test::World world =
        test::random_world(dice, i % 3 == 0 ? kServicesOfSparse : kServicesOfDense);
    const auto generation = test::generation_of(world);
    const test::ReferenceGate twin(world);
    for (std::size_t j = 0; j < kRequestsOfAWorld; ++j) {
      const std::string json = test::random_request(dice, world);
      wire::Problem problem;
      ASSERT_TRUE(reader.read(json, {}, &request, &problem)) << problem.detail << " in " << json;
      const Profile& profile = dice.one_of(profiles);
      evaluate(request, *generation, *profile.policy, Calendar::built_in(), test::world_now(),
               &decision);
      const test::Answer got = test::answer_of(decision);
      const test::Answer want = twin.evaluate(request, profile.name, test::world_now());
      ASSERT_TRUE(got == want) << "world " << i << ", profile " << profile.name << ": " << json
                               << "\n  gate: " << test::to_text(got)
                               << "\n  twin: " << test::to_text(want);
      for (const Finding& finding : decision.findings()) ++findings[finding.code];
    }
  }
  for (int code = 0; code < kCodeCount; ++code)
    EXPECT_GT(findings[static_cast<Code>(code)], 0U) << name_of(static_cast<Code>(code));
}

INSTANTIATE_TEST_SUITE_P(Shard, Twin, testing::Range<std::uint64_t>(1, 6));

}  // namespace
}  // namespace beian
