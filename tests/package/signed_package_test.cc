// Packages that make_apks.py signed with apksigner, intact and tampered with, compared with what
// apksigner reports: each field of each certificate of each scheme, which signers count, and
// whether it all holds.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "cache/base/file.h"
#include "gate/package/signature_limits.h"
#include "gate/package/signatures.h"
#include "tests/package/apksigner_text.h"
#include "tests/support/paths.h"

namespace beian::package {
namespace {

std::string folder_of_packages() {
  return test::build_path("tests/package/signed/");
}

struct Case {
  std::string name;
  bool holds = false;
  std::string oddity;             // the expected one; empty: none
  bool apksigner_agrees = false;  // for rules that apksigner knows
};

std::vector<Case> cases(bool holds) {
  std::vector<Case> out;
  std::ifstream in(folder_of_packages() + "list.tsv");
  Case one;
  std::string who;
  for (std::string what;
       std::getline(in, one.name, '\t') && std::getline(in, who, '\t') && std::getline(in, what);) {
    one.apksigner_agrees = who == "both";
    one.holds = what == "good" || what.starts_with("holds ");
    one.oddity = what == "good" ? "" : what.substr(what.starts_with("holds ") ? 6 : 0);
    if (one.holds == holds) out.push_back(one);
  }
  return out;
}

struct Answer {
  Signatures signatures;
  Oddities oddities;
};

Answer read_apk(const std::string& name, bool verify_digests,
                std::uint64_t jar_bytes_left = limits::kJarUnpackedBytesMax) {
  std::ifstream in(folder_of_packages() + name + ".apk", std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  Answer out;
  const auto zip = Zip::open(as_bytes(bytes), nullptr);
  if (!zip) {
    ADD_FAILURE() << name << ": " << zip.error().message;
    return out;
  }
  out.signatures = read_apk_signatures(*zip, verify_digests, &jar_bytes_left, &out.oddities);
  return out;
}

std::string list(const Oddities& oddities) {
  std::string out;
  for (const Oddity& oddity : oddities)
    out += oddity.code + " at " + oddity.where + ": " + oddity.detail + "\n";
  return out;
}

std::vector<test::Printed> printed(const Signatures& signatures, auto&& is_wanted) {
  std::vector<test::Printed> out;
  for (const Signer& signer : signatures.signers)
    if (is_wanted(signer)) out.push_back(test::print(signer.certificate));
  return out;
}

// v1 signers come in the order of the archive; apksigner sorts them its own way.
std::vector<test::Printed> sorted(std::vector<test::Printed> certificates) {
  std::ranges::sort(certificates);
  return certificates;
}

TEST(SignedPackages, ThereAreMany) {
  EXPECT_GE(cases(true).size(), 40U) << "make_apks.py makes them";
  EXPECT_GE(cases(false).size(), 40U);
}

TEST(SignedPackages, EachSchemeHasTheCertificatesThatApksignerFinds) {
  const std::map<Scheme, std::string> schemes = {
      {Scheme::kJar, "v1"}, {Scheme::kV2, "v2"}, {Scheme::kV3, "v3"}};
  for (const Case& one : cases(true)) {
    SCOPED_TRACE(one.name);
    test::ApksignerText text(folder_of_packages() + one.name + ".txt");
    const Answer answer = read_apk(one.name, false);
    for (const auto& [scheme, name] : schemes) {
      if (text.schemes[name].empty()) continue;  // for releases that the tool did not check
      EXPECT_EQ(sorted(printed(
                    answer.signatures,
                    [wanted = scheme](const Signer& signer) { return signer.scheme == wanted; })),
                sorted(text.schemes[name]))
          << name;
    }
  }
}

TEST(SignedPackages, WhoCountsIsWhomTheToolPrints) {
  for (const Case& one : cases(true)) {
    if (!one.apksigner_agrees) continue;
    SCOPED_TRACE(one.name);
    const test::ApksignerText text(folder_of_packages() + one.name + ".txt");
    const Answer answer = read_apk(one.name, false);
    EXPECT_EQ(
        sorted(printed(answer.signatures, [](const Signer& signer) { return signer.counts; })),
        sorted(text.signers));
  }
}

TEST(SignedPackages, WhatVerifiesHolds) {
  for (const Case& one : cases(true)) {
    SCOPED_TRACE(one.name);
    const test::ApksignerText text(folder_of_packages() + one.name + ".txt");
    EXPECT_TRUE(text.is_verified || !one.apksigner_agrees)
        << (text.errors.empty() ? "" : text.errors[0]);
    for (const bool verify_digests : {false, true}) {
      const Answer answer = read_apk(one.name, verify_digests);
      EXPECT_TRUE(answer.signatures.hold()) << list(answer.oddities);
      EXPECT_EQ(answer.signatures.digests_verified.has_value(), verify_digests);
      EXPECT_EQ(answer.oddities.empty(), one.oddity.empty()) << list(answer.oddities);
    }
  }
}

// All parts of one app share the budget for what v1 may unpack.
TEST(SignedPackages, WhatV1UnpacksHasABound) {
  EXPECT_TRUE(read_apk("rsa2048-v1", true, 1 << 20).signatures.hold());
  for (const std::uint64_t left : {std::uint64_t{0}, std::uint64_t{5'000}}) {
    const Answer answer = read_apk("rsa2048-v1", true, left);
    EXPECT_FALSE(answer.signatures.hold());
    EXPECT_NE(list(answer.oddities).find("more to unpack than anybody signs"), std::string::npos)
        << list(answer.oddities);
  }
  EXPECT_TRUE(read_apk("rsa2048-v2", true, 0).signatures.hold());
}

TEST(SignedPackages, RotationsAreThoseThatApksignerFinds) {
  std::size_t rotated = 0;
  for (const Case& one : cases(true)) {
    SCOPED_TRACE(one.name);
    test::ApksignerText text(folder_of_packages() + one.name + ".txt");
    if (text.schemes["lineage"].empty() || !one.apksigner_agrees) continue;
    const Answer answer = read_apk(one.name, false);
    const Signer& newest = answer.signatures.signers.at(0);
    std::vector<test::Printed> lineage;
    for (const LineageStep& step : newest.lineage) lineage.push_back(test::print(step.certificate));
    EXPECT_EQ(lineage, text.schemes["lineage"]);
    ++rotated;
  }
  EXPECT_GE(rotated, 4U);
}

TEST(SignedPackages, ReleasesSinceV31GoByIt) {
  for (const char* name : {"hand-v31", "hand-v31-without-name"}) {
    const Answer answer = read_apk(name, true);
    ASSERT_EQ(answer.signatures.signers.size(), 2U) << name;
    const Signer& rotated = answer.signatures.signers[0];
    const Signer& older = answer.signatures.signers[1];
    EXPECT_EQ(answer.signatures.deciding, Scheme::kV31);
    EXPECT_TRUE(rotated.counts && !older.counts);
    EXPECT_EQ(rotated.min_sdk, 33U);
    EXPECT_EQ(older.min_sdk, 28U);
    ASSERT_EQ(rotated.lineage.size(), 2U);
    EXPECT_EQ(rotated.lineage[0].certificate, older.certificate);
    EXPECT_EQ(rotated.lineage[1].certificate, rotated.certificate);
    EXPECT_EQ(rotated.lineage[0].flags, 31U);
    EXPECT_TRUE(older.lineage.empty());
  }
}

TEST(SignedPackages, ReleasesBehindTheLastOfV31GoByV3) {
  const Answer answer = read_apk("hand-v31-over", true);
  EXPECT_EQ(answer.signatures.deciding, Scheme::kV3);
  ASSERT_EQ(answer.signatures.signers.size(), 2U);
  EXPECT_FALSE(answer.signatures.signers[0].counts);
  EXPECT_TRUE(answer.signatures.signers[1].counts);
}

TEST(SignedPackages, WhatIsTamperedWithDoesNotHoldAndIsTold) {
  for (const Case& one : cases(false)) {
    SCOPED_TRACE(one.name);
    const test::ApksignerText text(folder_of_packages() + one.name + ".txt");
    const Answer answer = read_apk(one.name, true);
    EXPECT_FALSE(text.is_verified && one.apksigner_agrees);
    EXPECT_FALSE(answer.signatures.hold());
    EXPECT_TRUE(!answer.signatures.deciding || !answer.oddities.empty()) << "not told why";
    EXPECT_TRUE(one.oddity.empty() || std::ranges::any_of(answer.oddities,
                                                          [&](const Oddity& oddity) {
                                                            return one.oddity.find(oddity.code) !=
                                                                   std::string::npos;
                                                          }))
        << "not " << one.oddity << " but: " << list(answer.oddities);
  }
}

}  // namespace
}  // namespace beian::package
