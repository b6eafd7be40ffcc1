// Goal: what holds for every answer, whatever the registry and the request. Method: the random
// dense worlds of random_world.h, and for each request a second one that differs in one known way.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <set>

#include "cache/filing/parse.h"
#include "gate/decision/evaluate.h"
#include "gate/decision/suggest.h"
#include "gate/wire/decision_json.h"
#include "gate/wire/request_json.h"
#include "tests/support/builders.h"
#include "tests/support/count_allocations.h"
#include "tests/support/paths.h"
#include "tests/support/random_world.h"
#include "tests/support/reference_answer.h"

namespace beian {
namespace {

using test::Answer;
using test::Dice;
using test::World;

#ifdef BEIAN_SANITIZED
constexpr std::uint64_t kPropertyWorlds = 4;
#else
constexpr std::uint64_t kPropertyWorlds = 60;
#endif
constexpr std::size_t kPropertyServices = 120;
constexpr std::size_t kPropertyRequests = 1'000;

const Policy& defaults() {
  static const Policy kDefaults = Policy::defaults();
  return kDefaults;
}

void decide(const CheckRequest& request, const cache::Generation& generation, const Policy& policy,
            Decision* decision) {
  evaluate(request, generation, policy, Calendar::built_in(), test::world_now(), decision);
}

// Everything the gate can say about a decision, suggestions included.
std::string full_text(const CheckRequest& request, const cache::Generation& generation,
                      const Decision& decision) {
  const wire::MessageContext context{request, decision, wire::Guidance::built_in(),
                                     wire::Language::kEn};
  wire::RegistryJson registry;
  std::string out;
  wire::append_full(context, suggest(request, decision, generation), "", &registry, &out);
  return out;
}

// Calls `visit(world, generation, dice)` for each of the worlds.
template <class Visit>
void for_each_world(std::uint64_t seed, Visit visit) {
  for (std::uint64_t i = 0; i < kPropertyWorlds && !testing::Test::HasFatalFailure(); ++i) {
    Dice dice(seed * 1'000'000 + i);
    const World world = test::random_world(dice, kPropertyServices);
    visit(world, *test::generation_of(world), dice);
  }
}

// Calls `visit(json, request, dice)` for random requests about the world.
template <class Visit>
void for_each_request(const World& world, Dice& dice, Visit visit) {
  wire::RequestReader reader;
  CheckRequest request;
  for (std::size_t i = 0; i < kPropertyRequests && !testing::Test::HasFatalFailure(); ++i) {
    const std::string json = test::random_request(dice, world);
    wire::Problem problem;
    ASSERT_TRUE(reader.read(json, {}, &request, &problem)) << problem.detail << json;
    visit(json, request, dice);
  }
}

// The findings without their effects, leaving out those with `code`.
std::multiset<std::string> facts(const Answer& answer, std::string_view code = "-") {
  std::multiset<std::string> out;
  for (const std::string& finding : answer.findings) {
    const std::string fact = finding.substr(finding.find(' ') + 1);
    if (!fact.starts_with(code)) out.insert(fact);
  }
  return out;
}

// A platform of the filing that matches the request's platform and package.
std::optional<cache::PlatformView> fitting_platform(const AppIdentity& app,
                                                    const cache::ServiceView& filing) {
  for (std::size_t i = 0; i < filing.platform_count(); ++i) {
    const cache::PlatformView platform = filing.platform(i);
    if (!app.platform.empty() && platform.os() != app.platform) continue;
    if (!app.package.empty() && platform.package() != app.package) continue;
    return platform;
  }
  return std::nullopt;
}

// Gives the request one more field with the filing's value; false when there is none to give.
bool add_matching_field(Dice& dice, const cache::ServiceView& filing, bool is_key_kept,
                        AppIdentity* app) {
  const auto platform = fitting_platform(*app, filing);
  switch (dice.below(4)) {
    case 0:
      if (!app->name.empty() || filing.names().empty()) return false;
      app->name = filing.names()[0];
      return true;
    case 1:
      if (!app->platform.empty() || !platform) return false;
      app->platform = platform->os();
      return true;
    case 2:
      if (is_key_kept || !app->package.empty() || !platform || !platform->package()) return false;
      app->package = *platform->package();
      return true;
    default:
      if (!app->fingerprints.empty() || !platform || platform->fingerprints().empty()) return false;
      const std::string_view digest = platform->fingerprints()[0];
      Fingerprint& fingerprint = app->fingerprints.emplace_back();
      fingerprint.size = static_cast<std::uint8_t>(digest.size());
      std::copy(digest.begin(), digest.end(), fingerprint.bytes.begin());
      return true;
  }
}

// For a claimed number, or a look-up whose key stays the same: a package given besides a
// certificate makes it another look-up, which may well be ambiguous.
TEST(Property, OneMoreMatchingFieldNeverLowersAssurance) {
  std::uint64_t compared = 0;
  for_each_world(11, [&](const World& world, const cache::Generation& generation, Dice& dice0) {
    Decision before, after;
    for_each_request(world, dice0, [&](const std::string& json, CheckRequest& request, Dice& dice) {
      decide(request, generation, defaults(), &before);
      if (!before.filing) return;
      if (!before.is_number_claimed && request.app.package.empty()) return;
      if (!add_matching_field(dice, *before.filing, !before.is_number_claimed, &request.app))
        return;
      decide(request, generation, defaults(), &after);
      ASSERT_GE(after.assurance, before.assurance)
          << json << "\n  before: " << to_text(test::answer_of(before))
          << "\n  after: " << to_text(test::answer_of(after));
      ++compared;
    });
  });
  EXPECT_GT(compared, kPropertyWorlds * 100);
}

// The world without one record; nullopt when that record shares its number with another. Which of
// two such records is meant depends on what is present, and the remaining one still is.
std::optional<World> without_one(Dice& dice, World world) {
  const auto has_twin = [](const auto& records, std::size_t at) {
    return std::count_if(records.begin(), records.end(), [&](const auto& record) {
             return record.number.key() == records[at].number.key();
           }) > 1;
  };
  // A service listed under a subject with another number belongs to two subjects, and removing
  // either changes it.
  for (ServiceRecord& service : world.services)
    for (const SubjectRecord& subject : world.subjects)
      if (service.subject_id == subject.id && service.number.subject() != subject.number.subject())
        return std::nullopt;
  if (!world.subjects.empty() && dice.percent(20)) {
    const std::size_t at = dice.below(world.subjects.size());
    if (has_twin(world.subjects, at)) return std::nullopt;
    for (ServiceRecord& service : world.services)
      if (service.subject_id == world.subjects[at].id) service.subject_id.reset();
    world.subjects.erase(world.subjects.begin() + static_cast<std::ptrdiff_t>(at));
    return world;
  }
  const std::size_t at = dice.below(world.services.size());
  if (has_twin(world.services, at)) return std::nullopt;
  // The same goes for a service whose subject is recorded twice: without the service, the number
  // belongs to the first of the two.
  for (std::size_t i = 0; i < world.subjects.size(); ++i)
    if (world.subjects[i].id == world.services[at].subject_id && has_twin(world.subjects, i))
      return std::nullopt;
  world.services.erase(world.services.begin() + static_cast<std::ptrdiff_t>(at));
  return world;
}

TEST(Property, RemovingARecordNeverMakesADenyOfAnExpiredOrIncompleteRegistry) {
  const auto policies = PolicySet::load_file(beian::test::source_path("conf/policy.toml"));
  ASSERT_TRUE(policies.has_value());
  std::uint64_t compared = 0;
  for (std::uint64_t seed = 0; seed < kPropertyWorlds * 4; ++seed) {
    Dice dice(21'000'000 + seed);
    World world = test::random_world(dice, 40);
    for (ServiceRecord& service : world.services)
      for (const SubjectRecord& subject : world.subjects)
        if (service.subject_id == subject.id &&
            service.number.subject() != subject.number.subject())
          service.subject_id.reset();
    if (dice.percent(50))
      world.is_sealed = false;
    else
      world.as_of = test::world_now() - std::chrono::hours{72};
    const auto smaller = without_one(dice, world);
    if (!smaller) continue;
    const auto generation = test::generation_of(world);
    const auto without = test::generation_of(*smaller);
    Decision before, after;
    for_each_request(world, dice, [&](const std::string& json, CheckRequest& request, Dice&) {
      for (const std::string_view profile : {"", "factory"}) {
        decide(request, *generation, policies->profile(profile), &before);
        decide(request, *without, policies->profile(profile), &after);
        ASSERT_TRUE(after.effect != Effect::kDeny || before.effect == Effect::kDeny)
            << json << "\n  with it: " << to_text(test::answer_of(before))
            << "\n  without: " << to_text(test::answer_of(after));
      }
      ++compared;
    });
  }
  EXPECT_GT(compared, kPropertyWorlds * 100);
}

TEST(Property, TypographyOfANumberChangesNothingButTheNoteOnRepairs) {
  for_each_world(31, [&](const World& world, const cache::Generation& generation, Dice& dice0) {
    Decision decision;
    for_each_request(world, dice0, [&](const std::string&, CheckRequest& request, Dice& dice) {
      const FilingNumber number = dice.one_of(world.services).number;
      const std::string canonical_text = canonical(number);
      const std::string retyped_text = test::retyped(dice, number);
      request.filing_number = canonical_text;
      decide(request, generation, defaults(), &decision);
      const Answer plain = test::answer_of(decision);
      request.filing_number = retyped_text;
      decide(request, generation, defaults(), &decision);
      Answer retyped = test::answer_of(decision);
      EXPECT_EQ(decision.has(Code::kNumberRepaired), parse_number(retyped_text).repairs != 0);
      std::erase_if(retyped.findings, [](const std::string& finding) {
        return finding.starts_with("note NUMBER_REPAIRED");
      });
      ASSERT_TRUE(retyped == plain) << retyped_text << to_text(retyped) << to_text(plain);
    });
  });
}

Policy random_policy(Dice& dice) {
  std::vector<PolicySetting> settings;
  for (int i = 0; i < 20; ++i) {
    PolicySetting& setting = settings.emplace_back();
    setting.code = static_cast<Code>(dice.below(kCodeCount));
    for (auto& effect : setting.effects)
      if (dice.percent(70)) effect = static_cast<Effect>(dice.below(5));
    if (dice.percent(20)) setting.mode = static_cast<PolicyMode>(dice.below(3));
    if (dice.percent(20)) setting.from = *parse_day("2024-01-01");
  }
  return Policy::compile(settings, static_cast<PolicyMode>(dice.below(3)), nullptr);
}

TEST(Property, PolicyChangesEffectsAndNeverFindings) {
  std::uint64_t changed = 0;
  for_each_world(41, [&](const World& world, const cache::Generation& generation, Dice& dice0) {
    const Policy policy = random_policy(dice0);
    Decision decision;
    for_each_request(world, dice0, [&](const std::string& json, CheckRequest& request, Dice&) {
      decide(request, generation, defaults(), &decision);
      const Answer usual = test::answer_of(decision);
      decide(request, generation, policy, &decision);
      const Answer other = test::answer_of(decision);
      ASSERT_EQ(facts(usual), facts(other)) << json;
      ASSERT_EQ(usual.assurance + usual.compared + usual.filing,
                other.assurance + other.compared + other.filing);
      changed += usual.decision != other.decision ? 1 : 0;
    });
  });
  EXPECT_GT(changed, 0U);
}

TEST(Property, TheSameQuestionHasTheSameAnswerInAReusedDecision) {
  for_each_world(51, [&](const World& world, const cache::Generation& generation, Dice& dice0) {
    Decision reused;
    for_each_request(world, dice0, [&](const std::string& json, CheckRequest& request, Dice&) {
      Decision fresh;
      decide(request, generation, defaults(), &fresh);
      decide(request, generation, defaults(), &reused);
      ASSERT_EQ(full_text(request, generation, fresh), full_text(request, generation, reused))
          << json;
    });
  });
}

TEST(Property, SuggestionsChangeNoDecisionAndNameFewLiveFilingsOfTheKindOnce) {
  std::uint64_t suggested = 0;
  for_each_world(61, [&](const World& world, const cache::Generation& generation, Dice& dice0) {
    Decision decision;
    for_each_request(world, dice0, [&](const std::string& json, CheckRequest& request, Dice&) {
      decide(request, generation, defaults(), &decision);
      const Answer before = test::answer_of(decision);
      const std::vector<Suggestion> list = suggest(request, decision, generation);
      ASSERT_TRUE(test::answer_of(decision) == before) << json;
      ASSERT_LE(list.size(), kSuggestionsMax);
      std::set<std::uint64_t> ids;
      for (const Suggestion& suggestion : list) {
        EXPECT_TRUE(ids.insert(suggestion.filing.id()).second) << json;
        EXPECT_EQ(suggestion.filing.number().kind(), request.app.kind) << json;
        EXPECT_NE(suggestion.filing.status(), Status::kCancelled) << json;
        EXPECT_NE(suggestion.filing.status(), Status::kRevoked) << json;
      }
      suggested += list.size();
    });
  });
  EXPECT_GT(suggested, 0U);
}

TEST(Property, TheUsualPathAllocatesNothing) {
  test::Checker checker(test::registry_of(R"(
{"record":"subject","id":1,"number":"京ICP备2023000001号","sponsor":"北京示例科技有限公司","status":"filed"}
{"record":"service","id":2,"subject_id":1,"number":"京ICP备2023000001号-2A","names":["示例应用"],"status":"filed","platforms":[{"os":"android","package":"cn.example.app","fingerprints":["9f86d081884c7d659a2feaa0c55ad015"],"public_keys":["00c0ffee01020304050607080910111213"]}]}
)"));
  constexpr std::string_view kApp =
      "'app':{'name':'示例应用','platform':'android','package':'cn.example.app',"
      "'fingerprint':'9f86d081884c7d659a2feaa0c55ad015',"
      "'public_key':'00c0ffee01020304050607080910111213'}";
  const std::string claimed =
      test::request_of("'filing_number':'京ICP备2023000001号-2A'," + std::string(kApp));
  const std::string retyped =
      test::request_of("'filing_number':'京ＩＣＰ备 2023000001号－2a'," + std::string(kApp));
  const std::string unclaimed = test::request_of(kApp);
  const std::string unfiled =
      test::request_of("'filing_number':'京ICP备2023000001号-9A'," + std::string(kApp));
  for (const std::string& json : {claimed, retyped, unclaimed, unfiled}) {
    checker.check(json);
    Decision decision;
    const Policy policy = Policy::defaults();
    const std::uint64_t before = test::allocations();
    evaluate(checker.request(), checker.generation(), policy, Calendar::built_in(),
             test::world_now(), &decision);
    EXPECT_EQ(test::allocations() - before, 0U) << json;
  }
}

}  // namespace
}  // namespace beian
