// fixtures/registry.ndjson and fixtures/catalog.ndjson show what they are there to show. That the
// gate answers the catalog as it expects is tested with the gate.
#include <gtest/gtest.h>
#include <simdjson.h>

#include <fstream>
#include <set>

#include "cache/feed/feed.h"
#include "tests/support/paths.h"

namespace beian::cache {
namespace {

const std::string kFolder = beian::test::source_path("fixtures/");

TEST(FixtureRegistry, HasNoBadLineAndEveryStatusAndKind) {
  std::set<Status> subjects;
  std::set<Status> services;
  std::set<Kind> kinds;
  std::set<FilingKey> keys;
  const auto stats = read_feed(kFolder + "registry.ndjson", {},
                               [&](FeedRecord&& record) {
                                 if (const auto* subject = std::get_if<SubjectRecord>(&record)) {
                                   subjects.insert(subject->status);
                                   EXPECT_TRUE(keys.insert(subject->number.key()).second);
                                 } else {
                                   const auto& service = std::get<ServiceRecord>(record);
                                   services.insert(service.status);
                                   kinds.insert(service.number.kind());
                                   EXPECT_TRUE(keys.insert(service.number.key()).second);
                                 }
                               },
                               {});
  ASSERT_TRUE(stats) << stats.error().message;
  EXPECT_EQ(subjects.size(), 6U) << "filed, changing, cancelling, cancelled, revoked, blacklisted";
  EXPECT_EQ(services.size(), 9U) << "all but blacklisted";
  EXPECT_EQ(kinds.size(), 4U);
}

TEST(FixtureCatalog, HasADifferentIdAndAnExpectationInEachRow) {
  std::ifstream file(kFolder + "catalog.ndjson");
  simdjson::dom::parser parser;
  std::set<std::string, std::less<>> ids;
  for (std::string line; std::getline(file, line);) {
    SCOPED_TRACE(line);
    const simdjson::dom::element row = parser.parse(line);
    EXPECT_TRUE(ids.emplace(std::string_view(row["id"])).second);
    const std::string_view decision = row["expect"]["decision"];
    const simdjson::dom::array codes = row["expect"]["codes"];
    EXPECT_EQ(codes.size() == 0, decision == "allow");
  }
  EXPECT_GE(ids.size(), 60U);
}

}  // namespace
}  // namespace beian::cache
