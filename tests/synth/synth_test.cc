// beian-synth: the same arguments give the same bytes, the feed is valid and has the promised skew,
// and each label is well-formed and agrees with the world.
#include <gtest/gtest.h>
#include <simdjson.h>

#include <map>
#include <set>

#include "cache/feed/feed.h"
#include "cache/filing/parse.h"
#include "fixtures/synth/catalog.h"
#include "fixtures/synth/feed_writer.h"

namespace beian::synth {
namespace {

constexpr std::uint64_t kServices = 30'000;

std::string feed_text(std::uint64_t seed, std::uint64_t services = kServices) {
  std::string text;
  write_feed(World(seed), services, [&](std::string_view line) { text.append(line).append("\n"); });
  return text;
}

struct Parsed {
  std::vector<SubjectRecord> subjects;
  std::vector<ServiceRecord> services;
};

const Parsed& parsed() {
  static const Parsed all = [] {
    Parsed out;
    const auto stats = cache::read_feed_text(
        feed_text(1), "synth", {},
        [&](cache::FeedRecord&& record) {
          if (auto* subject = std::get_if<SubjectRecord>(&record))
            out.subjects.push_back(std::move(*subject));
          else
            out.services.push_back(std::get<ServiceRecord>(std::move(record)));
        },
        {});
    EXPECT_TRUE(stats) << stats.error().message;
    return out;
  }();
  return all;
}

TEST(SynthFeed, IsAFunctionOfTheSeed) {
  EXPECT_EQ(feed_text(1, 2000), feed_text(1, 2000));
  EXPECT_NE(feed_text(1, 2000), feed_text(2, 2000));
}

TEST(SynthFeed, SmallerFeedIsTheBeginningOfALargerOne) {
  const std::string small = feed_text(3, 500);
  EXPECT_EQ(feed_text(3, 2000).substr(0, small.size()), small);
}

TEST(SynthFeed, HasAtLeastTheServicesAskedForAndNoBadLine) {
  EXPECT_GE(parsed().services.size(), kServices);
  EXPECT_EQ(parsed().subjects.size(), subjects_for(World(1), kServices));
}

TEST(SynthFeed, TheLargestHasANumberForEachSubject) {
  constexpr std::uint64_t kSubjects = 20'000'000;
  const World world(1);
  EXPECT_LT(subjects_for(world, 100'000) * (World::kServicesTotalMax / 100'000), kSubjects);
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const World other(seed);
    for (std::uint64_t i = 0; i < 4'096; ++i) other.subject(kSubjects + i);  // asserts
  }
}

TEST(SynthFeed, IdsAndNumbersAreUniqueAndServicesBelongToTheirSubject) {
  std::map<std::uint64_t, SubjectKey> subject_of_id;
  std::set<SubjectKey> subjects;
  for (const SubjectRecord& subject : parsed().subjects) {
    EXPECT_TRUE(subjects.insert(subject.number.subject()).second) << canonical(subject.number);
    EXPECT_TRUE(subject_of_id.emplace(subject.id, subject.number.subject()).second);
  }
  std::set<FilingKey> keys;
  std::set<std::uint64_t> ids;
  for (const ServiceRecord& service : parsed().services) {
    EXPECT_TRUE(keys.insert(service.number.key()).second) << canonical(service.number);
    EXPECT_TRUE(ids.insert(service.id).second);
    EXPECT_EQ(subject_of_id.at(*service.subject_id), service.number.subject());
  }
}

TEST(SynthFeed, HasTheSkewOfTheRealOne) {
  std::map<std::uint64_t, std::uint64_t> services_of;
  std::map<Kind, std::uint64_t> kinds;
  std::set<Status> statuses;
  std::uint64_t shells = 0, restricted = 0, two_certificates = 0, three_platforms = 0, keys = 0;
  for (const ServiceRecord& service : parsed().services) {
    ++services_of[*service.subject_id];
    ++kinds[service.number.kind()];
    statuses.insert(service.status);
    shells += service.providers->empty();
    restricted += *service.limit_access;
    if (!service.platforms) continue;
    three_platforms += service.platforms->size() == 3;
    two_certificates += service.platforms->front().fingerprints->size() == 2;
    keys += service.platforms->front().public_keys.has_value();
  }
  std::uint64_t small = 0, largest = 0;
  for (const auto& [id, count] : services_of) {
    small += count <= 3;
    largest = std::max(largest, count);
  }
  EXPECT_GT(small * 10, services_of.size() * 8) << "most subjects have one to three services";
  EXPECT_GE(largest, 1000U) << "a licence holder has thousands";
  EXPECT_EQ(kinds.size(), 4U);
  EXPECT_GT(kinds[Kind::kWebsite], kinds[Kind::kQuickApp] * 5);
  EXPECT_EQ(statuses.size(), 9U) << "every status of a service";
  for (const std::uint64_t count : {shells, restricted, two_certificates, three_platforms, keys})
    EXPECT_GT(count, 0U);

  std::set<std::uint8_t> provinces;
  std::set<Form> forms;
  std::set<std::uint8_t> digits;
  std::set<Status> subject_statuses;
  std::uint64_t individuals = 0;
  for (const SubjectRecord& subject : parsed().subjects) {
    const NumberParts parts = subject.number.parts();
    provinces.insert(parts.province);
    forms.insert(parts.form);
    digits.insert(parts.main_digits);
    subject_statuses.insert(subject.status);
    individuals += subject.nature == "个人";
  }
  EXPECT_GE(provinces.size(), 31U);
  EXPECT_GE(forms.size(), 2U);
  EXPECT_TRUE(digits.count(8) == 1 && digits.count(10) == 1);
  EXPECT_EQ(subject_statuses.size(), 6U);
  EXPECT_GT(individuals, 0U);
}

TEST(SynthFeed, NumbersArePrintedAsTheyParse) {
  for (const ServiceRecord& service : parsed().services) {
    const ParsedNumber again = parse_number(canonical(service.number));
    ASSERT_TRUE(again.is_number());
    EXPECT_EQ(again.number, service.number);
    EXPECT_FALSE(again.folded);
  }
}

class SynthCatalog : public ::testing::TestWithParam<Catalog::Content> {
 protected:
  const World world_{1};
  const Catalog catalog_{world_, 1, subjects_for(world_, kServices), GetParam()};
};

TEST_P(SynthCatalog, EachRowIsAFunctionOfItsIndex) {
  const Catalog again(world_, 1, subjects_for(world_, kServices), GetParam());
  for (const std::uint64_t index : {0U, 1U, 77U, 999U})
    EXPECT_EQ(catalog_.row(index), again.row(index));
  EXPECT_NE(catalog_.row(0), catalog_.row(1));
}

// What a label says about the number must agree with what parsing the number says.
void expect_label_agrees(simdjson::dom::element row) {
  const simdjson::dom::element expect = row["expect"];
  const std::string_view decision = expect["decision"];
  const simdjson::dom::array codes = expect["codes"];
  EXPECT_EQ(codes.size() == 0, decision == "allow");
  std::string_view text;
  if (row["filing_number"].get(text) != simdjson::SUCCESS || text.empty()) return;
  const ParsedNumber parsed = parse_number(text);
  const std::string_view code = codes.size() == 0 ? std::string_view() : codes.at(0);
  EXPECT_EQ(parsed.outcome == ParsedNumber::Outcome::kMalformed, code == "NUMBER_MALFORMED");
  EXPECT_EQ(parsed.outcome == ParsedNumber::Outcome::kNotAFiling, code == "NOT_A_FILING");
  EXPECT_EQ(parsed.is_number() && parsed.number.is_subject(), code == "SUBJECT_ONLY");
  std::string_view suggestion;
  if (expect["suggestion"].get(suggestion) != simdjson::SUCCESS) return;
  EXPECT_TRUE(parse_number(suggestion).is_number()) << suggestion;
}

TEST_P(SynthCatalog, LabelsAreWellFormedAndAllKindsTurnUp) {
  simdjson::dom::parser parser;
  std::set<std::string, std::less<>> kinds;
  for (std::uint64_t index = 0; index < 6000; ++index) {
    const std::string text = catalog_.row(index);
    SCOPED_TRACE(text);
    const simdjson::dom::element row = parser.parse(text);
    const std::string_view id = row["id"];
    kinds.emplace(id.substr(0, id.rfind('-')));
    expect_label_agrees(row);
  }
  for (const std::string_view kind : catalog_.kinds())
    EXPECT_EQ(kinds.count(kind), 1U) << kind << " never turns up";
}

INSTANTIATE_TEST_SUITE_P(Contents, SynthCatalog,
                         ::testing::Values(Catalog::Content::kMixed, Catalog::Content::kMutations));

TEST(SynthMutations, AreAtLeastFortyKinds) {
  const World world(1);
  EXPECT_GE(Catalog(world, 1, 1000, Catalog::Content::kMutations).kinds().size(), 40U);
}

TEST(SynthCatalogOfATinyWorld, StillHasRows) {
  const World world(5);
  const Catalog catalog(world, 5, subjects_for(world, 20), Catalog::Content::kMixed);
  for (std::uint64_t index = 0; index < 100; ++index) EXPECT_FALSE(catalog.row(index).empty());
}

}  // namespace
}  // namespace beian::synth
