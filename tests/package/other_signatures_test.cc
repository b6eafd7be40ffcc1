// HAPs and IPAs signed by other_packages.py, intact and damaged: who signed them, whether the
// signatures hold, and what is reported. Also the parts of a certificate that apksigner does not
// print.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <string>

#include "gate/package/signatures.h"
#include "tests/support/paths.h"

namespace beian::package {
namespace {

const std::string kFolder = test::build_path("tests/package/signed/");

std::string contents_of(const std::string& name) {
  std::ifstream in(kFolder + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

Signatures read_other(const std::string& name, bool verify_digests, Oddities* oddities) {
  const std::string bytes = contents_of(name + ".pkg");
  const auto zip = Zip::open(as_bytes(bytes), nullptr);
  if (!zip) {
    ADD_FAILURE() << name << ": " << zip.error().message;
    return {};
  }
  return name.starts_with("hap") ? read_hap_signatures(*zip, verify_digests, oddities)
                                 : read_ipa_signatures(*zip, "Payload/Example.app/", "", oddities);
}

TEST(OtherSignatures, HoldOrAreToldAsExpected) {
  std::ifstream in(kFolder + "others.tsv");
  std::size_t count = 0;
  std::string name;
  for (std::string what; std::getline(in, name, '\t') && std::getline(in, what); ++count) {
    SCOPED_TRACE(name + ": " + what);
    const bool holds = what == "good" || what.starts_with("holds ");
    const std::string code = what.substr(what.find(' ') + 1);
    Oddities oddities;
    const Signatures signatures = read_other(name, true, &oddities);
    EXPECT_EQ(signatures.hold(), holds);
    if (what == "unsigned") {
      EXPECT_FALSE(signatures.deciding);
      EXPECT_TRUE(oddities.empty());
    } else if (what == "good") {
      EXPECT_TRUE(oddities.empty()) << oddities.at(0).code << " " << oddities[0].detail;
    } else {
      ASSERT_FALSE(oddities.empty());
      EXPECT_EQ(oddities[0].code, code) << oddities[0].detail;
    }
  }
  EXPECT_GE(count, 30U) << "make_apks.py makes them";
}

TEST(OtherSignatures, TheSignerIsNotTheFirstOfTheChain) {
  for (const char* name : {"hap", "ipa", "ipa-fat"}) {
    const Signatures signatures = read_other(name, false, nullptr);
    ASSERT_EQ(signatures.signers.size(), 1U) << name;
    const Signer& signer = signatures.signers[0];
    EXPECT_EQ(signer.certificate.subject, "CN=leaf");
    EXPECT_EQ(signer.certificate.issuer, "CN=root");
    EXPECT_TRUE(signer.counts);
    ASSERT_EQ(signer.chain.size(), 1U);
    EXPECT_EQ(signer.chain[0].subject, "CN=root");
    EXPECT_FALSE(signatures.digests_verified);
  }
}

TEST(OtherSignatures, AProfileNamesWhoMaySign) {
  const Signatures signatures = read_other("ipa", false, nullptr);
  ASSERT_EQ(signatures.provisioned.size(), 1U);
  EXPECT_EQ(signatures.provisioned[0], signatures.signers.at(0).certificate);
  EXPECT_TRUE(read_other("ipa-store", false, nullptr).provisioned.empty());
}

TEST(OtherSignatures, ContentsOfAHapAreComparedWhenAskedFor) {
  EXPECT_TRUE(read_other("hap-entry", false, nullptr).hold());
  EXPECT_FALSE(read_other("hap-entry", true, nullptr).hold());
}

// The other fields of a certificate, which make_keys.py fixes.
TEST(Certificates, HaveSerialValidityAndOwner) {
  const Signatures signatures = read_other("hap", false, nullptr);
  const SigningCertificate& leaf = signatures.signers.at(0).certificate;
  EXPECT_EQ(leaf.serial, "8001");
  EXPECT_EQ(format_instant(leaf.not_before), "1992-08-16T03:04:05Z");
  EXPECT_EQ(format_instant(leaf.not_after), "2567-08-02T03:04:05Z");
  EXPECT_EQ(leaf.rsa_modulus.size(), 512U);
  EXPECT_NE(leaf.rsa_modulus[0], '0');
  EXPECT_FALSE(leaf.is_debug);
  EXPECT_EQ(read_other("hap-ec", false, nullptr).signers.at(0).certificate.rsa_modulus, "");
}

TEST(Certificates, ThoseOfDevelopmentToolsAreTold) {
  const std::string bytes = contents_of("debug.apk");
  const auto zip = Zip::open(as_bytes(bytes), nullptr);
  ASSERT_TRUE(zip);
  std::uint64_t jar_bytes_left = 0;
  EXPECT_TRUE(read_apk_signatures(*zip, false, &jar_bytes_left, nullptr)
                  .signers.at(0)
                  .certificate.is_debug);
}

TEST(Certificates, AKeyThatIsPublishedBelongsToNobody) {
  std::ifstream in(test::source_path("fixtures/package/aosp_testkey.der"), std::ios::binary);
  const std::string der{std::istreambuf_iterator<char>(in), {}};
  const auto certificate = describe_certificate(as_bytes(der));
  ASSERT_TRUE(certificate);
  EXPECT_EQ(certificate->sha1, "61ed377e85d386a8dfee6b864bd85b0bfaa5af81");
  EXPECT_TRUE(certificate->is_debug);
}

TEST(Certificates, AnythingElseIsRefused) {
  EXPECT_FALSE(describe_certificate({}));
  EXPECT_FALSE(describe_certificate(as_bytes("garbage")));
  EXPECT_FALSE(describe_certificate(as_bytes(std::string(70'000, '0'))));
  EXPECT_TRUE(public_key_of(as_bytes("garbage")).empty());
}

}  // namespace
}  // namespace beian::package
