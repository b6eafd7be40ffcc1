// Whose domains and addresses are whose: which filing they find when no number is claimed, and
// which of a subject's filings vouch for them when one is.
#include <gtest/gtest.h>

#include <string>

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

constexpr std::string_view kSubjects = R"(
{"record":"subject","id":1,"number":"京ICP备2023000001号","status":"filed"}
{"record":"subject","id":2,"number":"沪ICP备2023000002号","status":"filed"}
{"record":"subject","id":3,"number":"粤ICP备2023000003号","status":"revoked"}
)";

// The filed site of subject 1, and one more service with `fields`.
std::string beside_site(std::string_view number, std::string_view fields) {
  return std::string(kSubjects) +
         service(1, "京ICP备2023000001号-1",
                 "'names':['站'],'status':'filed','domains':['a.cn'],'ips':['192.0.2.0/24']") +
         service(2, number, fields);
}

// --- no number claimed ---

struct FoundRow {
  std::string_view name;
  std::string_view number;  // of the service beside the site
  std::string_view fields;
  std::string_view app;  // of the request
  std::string_view want;
  std::string_view filing;  // number of the filing found; empty for none
};
std::ostream& operator<<(std::ostream& out, const FoundRow& row) {
  return out << row.name;
}

class HostsFind : public testing::TestWithParam<FoundRow> {};

TEST_P(HostsFind, WhatIsFiledBeforeWhatIsSubmitted) {
  const FoundRow& row = GetParam();
  Checker checker(registry_of(beside_site(row.number, row.fields)));
  const std::string request = "'app':{" + std::string(row.app) + "}";
  EXPECT_EQ(summary(checker.check(request_of(request, "connect"))), row.want);
  const auto& filing = checker.decision().filing;
  EXPECT_EQ(filing ? canonical(filing->number()) : "", row.filing);
}

constexpr std::string_view kSite = "京ICP备2023000001号-1";
constexpr std::string_view kOwnApp = "京ICP备2023000001号-2A";
constexpr std::string_view kOthersApp = "沪ICP备2023000002号-1A";
constexpr std::string_view kHeld = "'domains':['www.a.cn']";
constexpr std::string_view kAddress = "'ips':['192.0.2.9']";
#define SAME "'domains':['a.cn'],'ips':['192.0.2.0/24']"
constexpr FoundRow kFoundRows[] = {
    {"submitted_by_another_subject", kOthersApp, "'status':'submitted'," SAME, kHeld,
     "allow NUMBER_RESOLVED | none", kSite},
    {"submitted_by_another_subject_ip", kOthersApp, "'status':'submitted'," SAME, kAddress,
     "allow NUMBER_RESOLVED | none", kSite},
    {"own_app_in_provider_review", kOwnApp, "'status':'provider_review'," SAME, kHeld,
     "allow NUMBER_RESOLVED | none", kSite},
    {"own_app_in_authority_review", kOwnApp, "'status':'authority_review'," SAME, kHeld,
     "allow NUMBER_RESOLVED | none", kSite},
    {"own_app_returned", kOwnApp, "'status':'returned'," SAME, kHeld,
     "allow NUMBER_RESOLVED | none", kSite},
    {"second_site_submitted", "京ICP备2023000001号-2", "'status':'submitted'," SAME, kHeld,
     "allow NUMBER_RESOLVED | none", kSite},
    {"submission_counts_when_the_filed_is_no_app", kOwnApp, "'status':'submitted'," SAME,
     "'kind':'app','domains':['a.cn']", "deny NUMBER_RESOLVED PENDING | none", kOwnApp},
    {"submission_counts_when_the_filed_has_another_name", kOwnApp,
     "'names':['新'],'status':'submitted'," SAME, "'name':'新','domains':['a.cn']",
     "deny NUMBER_RESOLVED PENDING | name", kOwnApp},
    {"submission_counts_when_alone", kOthersApp, "'status':'submitted','domains':['b.cn']",
     "'domains':['www.b.cn']", "deny NUMBER_RESOLVED PENDING | none", kOthersApp},
    {"submitted_subdomain_of_filed_domain", kOwnApp, "'status':'submitted','domains':['new.a.cn']",
     "'domains':['x.new.a.cn']", "allow NUMBER_RESOLVED | none", kSite},
    {"filed_subdomain_of_filed_domain", kOthersApp, "'status':'filed','domains':['new.a.cn']",
     "'domains':['x.new.a.cn']", "allow NUMBER_RESOLVED | none", kOthersApp},
    {"filed_app_before_site", kOwnApp, "'status':'filed'," SAME, kHeld,
     "allow NUMBER_RESOLVED | none", kOwnApp},
    {"restricted_app_keeps_its_place", kOwnApp, "'status':'filed','limit_access':true," SAME, kHeld,
     "deny NUMBER_RESOLVED ACCESS_RESTRICTED | none", kOwnApp},
    {"shell_keeps_its_place", kOwnApp, "'status':'filed','providers':[]," SAME, kHeld,
     "deny NUMBER_RESOLVED SHELL | none", kOwnApp},
    {"app_without_status_may_be_filed", kOwnApp, SAME, kHeld,
     "unknown NUMBER_RESOLVED REGISTRY_INCOMPLETE | none", kOwnApp},
};
INSTANTIATE_TEST_SUITE_P(Rows, HostsFind, testing::ValuesIn(kFoundRows), test::row_name);

TEST(Hosts, ASubmissionCountsBeforeWhatWasCancelled) {
  Checker checker(registry_of(
      service(1, "京ICP备2023000001号-1A", "'status':'cancelled','domains':['new.a.cn']") +
      service(2, "京ICP备2023000001号-2A", "'status':'submitted','domains':['a.cn']")));
  EXPECT_EQ(summary(checker.check(request_of("'app':{'domains':['new.a.cn']}", "connect"))),
            "deny NUMBER_RESOLVED PENDING | none");
}

TEST(Hosts, ByPackageASubmissionIsACandidateLikeAnyOther) {
  constexpr std::string_view kPlatforms = "'platforms':[{'os':'android','package':'p.x'}]";
  Checker checker(registry_of(
      service(1, "京ICP备2023000001号-1A", "'status':'filed'," + std::string(kPlatforms)) +
      service(2, "京ICP备2023000001号-2A", "'status':'submitted'," + std::string(kPlatforms))));
  EXPECT_EQ(
      summary(checker.check(request_of("'app':{'platform':'android','package':'p.x'}", "connect"))),
      "review AMBIGUOUS | none");
}

// --- a claimed number ---

struct OwnerRow {
  std::string_view name;
  std::string_view number;  // of the service that holds x.shared.cn and 198.51.100.0/24
  std::string_view status;  // and its other fields
  std::string_view of_domain;
  std::string_view of_ip;
};
std::ostream& operator<<(std::ostream& out, const OwnerRow& row) {
  return out << row.name;
}

class HostsVouch : public testing::TestWithParam<OwnerRow> {};

// The claimed number is that of an app whose own filing has neither domain nor range.
TEST_P(HostsVouch, OnlyForWhatTheSubjectHasFiled) {
  const OwnerRow& row = GetParam();
  Checker checker(registry_of(
      std::string(kSubjects) +
      service(1, kOwnApp, "'status':'filed','domains':['app.cn'],'ips':['192.0.2.1']") +
      service(2, row.number,
              std::string(row.status) + "'domains':['x.shared.cn'],'ips':['198.51.100.0/24']")));
  const std::string claim = "'filing_number':'" + std::string(kOwnApp) + "','app':";
  EXPECT_EQ(summary(checker.check(request_of(claim + "{'domains':['y.x.shared.cn']}", "connect"))),
            row.of_domain);
  EXPECT_EQ(summary(checker.check(request_of(claim + "{'ips':['198.51.100.7']}", "connect"))),
            row.of_ip);
}

constexpr std::string_view kAllowed = "allow | number";
constexpr std::string_view kNoDomain = "deny DOMAIN_NOT_FILED | number";
constexpr std::string_view kNoIp = "deny IP_NOT_FILED | number";
constexpr std::string_view kUnclear = "unknown REGISTRY_INCOMPLETE | number";
constexpr OwnerRow kOwnerRows[] = {
    {"F18_filed", kSite, "'status':'filed',", kAllowed, kAllowed},
    {"F18_changing", kSite, "'status':'changing',", kAllowed, kAllowed},
    {"F18_cancelling", kSite, "'status':'cancelling',", kAllowed, kAllowed},
    {"F18_cancelled", kSite, "'status':'cancelled',", kNoDomain, kNoIp},
    {"F18_revoked", kSite, "'status':'revoked',", kNoDomain, kNoIp},
    {"F18_returned", kSite, "'status':'returned',", kNoDomain, kNoIp},
    {"F18_submitted", kSite, "'status':'submitted',", kNoDomain, kNoIp},
    {"F18_in_review", kSite, "'status':'authority_review',", kNoDomain, kNoIp},
    {"F18_under_another_number_of_the_subject", "京ICP证030173号-1",
     "'subject_id':1,'status':'filed',", kAllowed, kAllowed},
    {"F18_of_another_subject", kOthersApp, "'status':'filed',", kNoDomain, kNoIp},
    {"without_status", kSite, "", kUnclear, kUnclear},
    {"without_status_of_another_subject", kOthersApp, "", kNoDomain, kNoIp},
};
INSTANTIATE_TEST_SUITE_P(Rows, HostsVouch, testing::ValuesIn(kOwnerRows), test::row_name);

// The claimed filing's own data are compared with the request whatever its status.
TEST(Hosts, AFilingHoldsItsOwnWhileItIsInReview) {
  Checker checker(registry_of(
      service(1, kOwnApp, "'status':'submitted','domains':['a.cn'],'ips':['192.0.2.0/24']")));
  EXPECT_EQ(summary(checker.check(request_of("'filing_number':'京ICP备2023000001号-2A','app':"
                                             "{'domains':['a.cn'],'ips':['192.0.2.1']}",
                                             "connect"))),
            "deny PENDING | number");
  EXPECT_EQ(checker.decision().compared.domain, Match::kMatches);
  EXPECT_EQ(checker.decision().compared.ip, Match::kMatches);
}

struct NearestRow {
  std::string_view name;
  std::string_view number;  // of the service that holds x.shared.cn
  std::string_view status;
  std::string_view want;
};
std::ostream& operator<<(std::ostream& out, const NearestRow& row) {
  return out << row.name;
}

class HostsNearest : public testing::TestWithParam<NearestRow> {};

// The request asks for y.x.shared.cn, with a number of the subject that has filed shared.cn.
TEST_P(HostsNearest, FiledNameDecides) {
  const NearestRow& row = GetParam();
  Checker checker(
      registry_of(std::string(kSubjects) +
                  service(1, kOwnApp, "'status':'filed','domains':['app.cn'],'ips':[]") +
                  service(2, "京ICP备2023000001号-3", "'status':'filed','domains':['shared.cn']") +
                  service(3, row.number, std::string(row.status) + "'domains':['x.shared.cn']")));
  EXPECT_EQ(summary(checker.check(request_of("'filing_number':'京ICP备2023000001号-2A','app':"
                                             "{'domains':['y.x.shared.cn']}",
                                             "connect"))),
            row.want);
}

constexpr NearestRow kNearestRows[] = {
    {"of_another_subject", kOthersApp, "'status':'filed',", kNoDomain},
    {"of_another_subject_cancelled", kOthersApp, "'status':'cancelled',", kAllowed},
    {"of_another_subject_submitted", kOthersApp, "'status':'submitted',", kAllowed},
    {"of_a_revoked_subject", "粤ICP备2023000003号-1A", "'status':'filed',", kAllowed},
    {"of_the_subject_cancelled", "京ICP备2023000001号-4", "'status':'cancelled',", kAllowed},
    {"of_the_subject", "京ICP备2023000001号-4", "'status':'filed',", kAllowed},
    {"of_the_subject_without_status", "京ICP备2023000001号-4", "", kAllowed},
};
INSTANTIATE_TEST_SUITE_P(Rows, HostsNearest, testing::ValuesIn(kNearestRows), test::row_name);

// --- spellings ---

// A look-up by domain accepts every spelling of the domain, and finds nothing for what is not a
// domain.
TEST(Hosts, ALookUpReadsDomainsAsTheRegistryDoes) {
  const std::string label(63, 'a');
  const auto generation = registry_of(
      service(1, kSite, "'status':'filed','domains':['a.cn','0--9z." + label + ".net']"));
  const auto count = [&](std::string_view domain) {
    std::string storage;
    const bool is_found = !services_of_domain(generation->registry(), domain, &storage).empty();
    EXPECT_EQ(!filed_services_of_domain(generation->registry(), domain, &storage).empty(), is_found)
        << domain;
    return is_found;
  };
  for (const std::string& domain :
       {std::string("a.cn"), std::string("x-1.a.cn"), std::string("A.CN."), std::string("a.cn."),
        std::string("x_y.a.cn"), std::string("https://a.cn:443/-.x"), "0--9z." + label + ".net"})
    EXPECT_TRUE(count(domain)) << domain;
  std::string long_one = "a.cn";
  while (long_one.size() <= 253) long_one.insert(0, "xx.");
  for (const std::string& domain :
       {std::string(), std::string("b.cn"), std::string(".a.cn"), std::string("x..a.cn"),
        std::string("x-.a.cn"), std::string("-x.a.cn"), std::string("a.cn-"), std::string("a.12"),
        std::string("x{.a.cn"), label + "b.a.cn", "0--9z." + label + "b.net",
        ".0--9z." + label + ".net", "xx..0--9z." + label + ".net", long_one})
    EXPECT_FALSE(count(domain)) << domain;
}

// A look-up returns the nearest name that has a service, whatever its state; a filed one takes
// precedence only where a filing is looked for.
TEST(Hosts, ALookUpTellsTheNearestName) {
  const auto generation =
      registry_of(service(1, kSite, "'status':'filed','domains':['a.cn']") +
                  service(2, kOwnApp, "'status':'cancelled','domains':['old.a.cn']"));
  std::string storage;
  const auto first = [&](const cache::Filings& filings) { return (*filings.begin()).number(); };
  EXPECT_EQ(canonical(first(services_of_domain(generation->registry(), "x.old.a.cn", &storage))),
            kOwnApp);
  EXPECT_EQ(
      canonical(first(filed_services_of_domain(generation->registry(), "x.old.a.cn", &storage))),
      kSite);
}

// Also among names that nobody has filed.
TEST(Hosts, OfNamesOfOneStandingTheNearestIsTold) {
  for (const std::string_view status : {"'status':'submitted'", "'status':'cancelled'"}) {
    const std::string fields(status);
    Checker checker(registry_of(service(1, kSite, fields + ",'domains':['a.cn']") +
                                service(2, kOwnApp, fields + ",'domains':['new.a.cn']")));
    checker.check(request_of("'app':{'domains':['x.new.a.cn']}", "connect"));
    EXPECT_EQ(canonical(checker.decision().filing->number()), kOwnApp) << status;
  }
}

}  // namespace
}  // namespace beian
