// Over a catalog of mistakes: no false allow where the whole identity was compared, and the first
// suggestion is the right filing wherever there is one.
#include <gtest/gtest.h>
#include <simdjson.h>

#include <map>

#include "fixtures/synth/catalog.h"
#include "fixtures/synth/feed_writer.h"
#include "gate/decision/suggest.h"
#include "tests/support/builders.h"

namespace beian::test {
namespace {

using synth::Catalog;

#ifdef BEIAN_SANITIZED
constexpr std::uint64_t kRateServices = 4'000;
constexpr std::uint64_t kRateRows = 3'000;
#else
constexpr std::uint64_t kRateServices = 20'000;
constexpr std::uint64_t kRateRows = 50'000;
#endif
constexpr std::uint64_t kRateSeed = 11;

// How often the first suggestion was right for one kind of mistake.
struct Tally {
  int rows = 0;
  int right = 0;
};

class MistakesTest : public testing::Test {
 protected:
  static std::shared_ptr<const cache::Generation> registry() {
    std::string feed;
    synth::write_feed(synth::World(kRateSeed), kRateServices, [&](std::string_view line) {
      feed += line;
      feed += '\n';
    });
    return registry_of(feed);
  }
};

// A row with the right number and other data wrong needs no suggestion: the answer shows the filing
// that it names.
bool names_its_filing(const Decision& decision, std::string_view wanted) {
  return decision.filing && canonical(decision.filing->number()) == wanted &&
         !decision.has(Code::kWrongKind);
}

TEST_F(MistakesTest, NoneIsAllowedAtFullAssuranceAndTheRightFilingIsSuggestedFirst) {
  Checker checker(registry());
  const synth::World world(kRateSeed);
  const Catalog catalog(world, kRateSeed, synth::subjects_for(world, kRateServices),
                        Catalog::Content::kMutations);
  EXPECT_GE(catalog.kinds().size(), 40U);
  simdjson::dom::parser parser;
  std::map<std::string, Tally> tallies;
  Tally all;
  for (std::uint64_t i = 0; i < kRateRows; ++i) {
    const std::string text = catalog.row(i);
    const simdjson::dom::element row = parser.parse(text);
    const std::string_view expected = row["expect"]["decision"];
    const Decision& decision = checker.check(text);
    if (decision.effect == Effect::kAllow && decision.assurance == Assurance::kCertificate) {
      EXPECT_EQ(expected, "allow") << text;
    }
    std::string_view wanted;
    if (row["expect"]["suggestion"].get(wanted) != simdjson::SUCCESS) continue;
    if (decision.effect == Effect::kAllow || names_its_filing(decision, wanted)) continue;
    const auto suggestions = suggest(checker.request(), decision, checker.generation());
    const bool is_right =
        !suggestions.empty() && canonical(suggestions[0].filing.number()) == wanted;
    const std::string id{std::string_view(row["id"])};
    for (Tally* tally : {&tallies[id.substr(0, id.rfind('-'))], &all}) {
      ++tally->rows;
      tally->right += is_right ? 1 : 0;
    }
  }
  std::string report;
  for (const auto& [kind, tally] : tallies)
    if (tally.right < tally.rows)
      report += kind + " " + std::to_string(tally.right) + "/" + std::to_string(tally.rows) + "\n";
  EXPECT_GT(all.rows, 0);
  EXPECT_GE(all.right * 100, all.rows * 95) << all.right << " of " << all.rows << "\n" << report;
  std::printf("first suggestion right: %d of %d rows\n%s", all.right, all.rows, report.c_str());
}

}  // namespace
}  // namespace beian::test
