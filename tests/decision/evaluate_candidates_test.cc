// Candidates when no number is claimed: which filings are counted, compared and reported.
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "gate/decision/rules.h"
#include "tests/decision/service_row.h"
#include "tests/support/builders.h"

namespace beian {
namespace {

using test::Checker;
using test::registry_of;
using test::request_of;
using test::service;
using test::summary;

std::string number_of(int i) {
  std::string digits = std::to_string(i);
  return "京ICP备2023" + std::string(6 - digits.size(), '0') + digits + "号-1A";
}

TEST(Candidates, AFilingThatSeveralKeysFindIsCountedOnce) {
  std::string feed;
  for (int i = 1; i <= 12; ++i)
    feed += service(i, number_of(i),
                    "'status':'filed','domains':['x.cn'],'ips':['192.0.2.0/24'],"
                    "'platforms':[{'os':'android','fingerprints':["
                    "'9f86d081884c7d659a2feaa0c55ad015',"
                    "'9f86d081884c7d659a2feaa0c55ad0159f86d081884c7d659a2feaa0c55ad015']}]");
  Checker checker(registry_of(feed));
  for (const std::string_view app :
       {"'fingerprint':['9f86d081884c7d659a2feaa0c55ad015',"
        "'9f86d081884c7d659a2feaa0c55ad0159f86d081884c7d659a2feaa0c55ad015']",
        "'domains':['a.x.cn','b.x.cn','c.x.cn']", "'ips':['192.0.2.1','192.0.2.2']"}) {
    checker.check(request_of("'app':{" + std::string(app) + "}", "connect"));
    EXPECT_TRUE(checker.decision().has(Code::kAmbiguous)) << app;
    EXPECT_EQ(checker.decision().candidate_count, 12U) << app;
  }
}

// A filing that all keys find must not hide those that only one key finds; otherwise an app would
// pass as that filing.
TEST(Candidates, EveryKeyAddsWhatItAloneFinds) {
  const std::string both = "9f86d081884c7d659a2feaa0c55ad015";
  const std::string other = std::string(64, '0');
  std::string feed;
  const auto add = [&](int i, std::string_view domains, std::string_view ips,
                       const std::string& fingerprints) {
    feed += service(i, number_of(i),
                    "'status':'filed','domains':[" + std::string(domains) + "],'ips':[" +
                        std::string(ips) + "],'platforms':[{'os':'android','fingerprints':[" +
                        fingerprints + "]}]");
  };
  add(1, "'x.cn'", "'192.0.2.1'", "'" + both + "'");
  add(2, "'x.cn','y.cn'", "'192.0.2.1','192.0.2.2'", "'" + both + "','" + other + "'");
  add(3, "'y.cn'", "'192.0.2.2'", "'" + other + "'");
  Checker checker(registry_of(feed));
  for (const std::string& app :
       {std::string("'domains':['x.cn','y.cn']"), std::string("'domains':['y.cn','x.cn']"),
        std::string("'ips':['192.0.2.1','192.0.2.2']"),
        std::string("'ips':['192.0.2.2','192.0.2.1']"),
        "'fingerprint':['" + both + "','" + other + "']",
        "'fingerprint':['" + other + "','" + both + "']"}) {
    checker.check(request_of("'app':{" + app + "}", "connect"));
    EXPECT_EQ(summary(checker.decision()), "review AMBIGUOUS | none") << app;
    EXPECT_EQ(checker.decision().candidate_count, 3U) << app;
  }
}

// Ordered by number, whichever key finds them first.
TEST(Candidates, CandidatesAreToldInOrder) {
  Checker checker(registry_of(service(1, number_of(1),
                                      "'status':'filed','domains':['x.cn'],"
                                      "'ips':['192.0.2.1']") +
                              service(2, number_of(2),
                                      "'status':'filed','domains':['y.cn'],"
                                      "'ips':['192.0.2.2']")));
  for (const std::string_view app :
       {"'domains':['x.cn','y.cn']", "'domains':['y.cn','x.cn']", "'ips':['192.0.2.1','192.0.2.2']",
        "'ips':['192.0.2.2','192.0.2.1']"}) {
    checker.check(request_of("'app':{" + std::string(app) + "}", "connect"));
    ASSERT_EQ(checker.decision().candidate_count, 2U) << app;
    for (int i = 0; i < 2; ++i)
      EXPECT_EQ(canonical(checker.decision().candidates[static_cast<std::size_t>(i)]),
                number_of(i + 1))
          << app;
  }
}

// More filings than are compared share a certificate, a domain and a range. Then no candidate is
// the only one, and none is the closest.
class TooMany : public testing::Test {
 protected:
  static constexpr int kServices = 4'200;
  static std::string feed(int services = kServices) {
    std::string out;
    for (int i = 1; i <= services; ++i)
      out += service(i, number_of(i),
                     "'names':['名" + std::to_string(i) +
                         "'],'status':'filed','domains':['x.cn'],'ips':['192.0.2.0/24'],"
                         "'platforms':[{'os':'android','fingerprints':["
                         "'9f86d081884c7d659a2feaa0c55ad015']}]");
    // Two services with neither domain nor address of their own, siblings of the first and the
    // last.
    for (const int i : {1, services}) {
      std::string sibling = number_of(i);
      sibling.replace(sibling.size() - 2, 2, "2A");
      out += service(services + i, sibling, "'status':'filed','domains':[],'ips':[]");
    }
    return out;
  }
};

TEST_F(TooMany, AreAmbiguousWhateverTheFirstSay) {
  Checker checker(registry_of(feed()));
  for (const std::string_view key : {"'fingerprint':'9f86d081884c7d659a2feaa0c55ad015'",
                                     "'domains':['x.cn']", "'ips':['192.0.2.1']"})
    for (const auto& [name, fitting] :
         {std::pair{"名1", 1U}, {"名4096", 1U}, {"名4097", 0U}, {"名4200", 0U}, {"无", 0U}}) {
      const std::string app = std::string(key) + ",'name':'" + name + "'";
      const Decision& decision = checker.check(request_of("'app':{" + app + "}", "connect"));
      EXPECT_EQ(summary(decision), "review AMBIGUOUS | none") << app;
      EXPECT_EQ(decision.candidate_count, fitting) << app;
      EXPECT_EQ(decision.findings()[0].offset, 4096U) << app;
    }
}

TEST_F(TooMany, AsManyAsAreComparedAreAll) {
  Checker checker(registry_of(feed(4'096)));
  for (const std::string_view key : {"'fingerprint':'9f86d081884c7d659a2feaa0c55ad015'",
                                     "'domains':['x.cn']", "'ips':['192.0.2.1']"})
    for (const std::string_view name : {"名1", "名4096"}) {
      const std::string app = std::string(key) + ",'name':'" + std::string(name) + "'";
      EXPECT_EQ(summary(checker.check(request_of("'app':{" + app + "}", "connect"))),
                "allow NUMBER_RESOLVED | name")
          << app;
    }
}

TEST_F(TooMany, HideNoSiblingOfAClaimedFiling) {
  Checker checker(registry_of(feed()));
  for (const std::string_view subject : {"京ICP备2023000001号", "京ICP备2023004200号"}) {
    const std::string claim = "'filing_number':'" + std::string(subject) +
                              "-2A','app':{'domains':['x.cn'],'ips':['192.0.2.1']}";
    EXPECT_EQ(summary(checker.check(request_of(claim, "connect"))), "allow | number") << claim;
  }
}

TEST(Candidates, WhereNothingIsAssertedThereAreNoCandidatesEither) {
  test::RegistryOptions options;
  options.is_sealed = false;
  Checker checker(registry_of(service(1, number_of(1), "'status':'filed','domains':['x.cn']") +
                                  service(2, number_of(2), "'status':'filed','domains':['x.cn']"),
                              options));
  EXPECT_EQ(summary(checker.check(request_of("'app':{'domains':['x.cn']}", "connect"))),
            "unknown REGISTRY_INCOMPLETE | none");
  EXPECT_EQ(checker.decision().candidate_count, 0U);
}

}  // namespace
}  // namespace beian
