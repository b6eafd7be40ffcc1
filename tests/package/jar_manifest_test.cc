// MANIFEST.MF and .SF as texts: the bytes that count as a section decide what its digest covers.
#include "gate/package/jar_manifest.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>

namespace beian::package {
namespace {

struct Row {
  const char* name;
  std::string text;
  std::string main;   // bytes of the first section
  std::string entry;  // bytes of the section named `a`
};
std::ostream& operator<<(std::ostream& out, const Row& row) {
  return out << row.name;
}

class JarSections : public testing::TestWithParam<Row> {};

TEST_P(JarSections, AreTheBytesUpToTheEmptyLine) {
  const auto manifest = read_jar_manifest(GetParam().text);
  ASSERT_TRUE(manifest) << manifest.error().message;
  EXPECT_EQ(as_text(manifest->main.bytes), GetParam().main);
  EXPECT_EQ(as_text(read_jar_main(GetParam().text).bytes), GetParam().main);
  ASSERT_EQ(manifest->entries.size(), 1U);
  EXPECT_EQ(as_text(manifest->entries.at("a").bytes), GetParam().entry);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, JarSections,
    testing::Values(
        Row{"crlf", "M: 1\r\n\r\nName: a\r\nX: y\r\n\r\n", "M: 1\r\n\r\n",
            "Name: a\r\nX: y\r\n\r\n"},
        Row{"lf", "M: 1\n\nName: a\n\n", "M: 1\n\n", "Name: a\n\n"},
        Row{"cr", "M: 1\r\rName: a\r\r", "M: 1\r\r", "Name: a\r\r"},
        Row{"no_end", "M: 1\n\nName: a", "M: 1\n\n", "Name: a"},
        Row{"no_empty_line_at_the_end", "M: 1\n\nName: a\n", "M: 1\n\n", "Name: a\n"},
        Row{"more_empty_lines", "\n\nM: 1\n\n\n\nName: a\n\n\n", "M: 1\n\n", "Name: a\n\n"},
        Row{"folded_name", "M: 1\n\nName: \n a\n\n", "M: 1\n\n", "Name: \n a\n\n"},
        Row{"name_in_any_case", "M: 1\n\nnAmE: a\n\n", "M: 1\n\n", "nAmE: a\n\n"},
        Row{"name_behind_others", "M: 1\n\nX: y\nName: a\n\n", "M: 1\n\n", "X: y\nName: a\n\n"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(JarManifest, FoldedLinesAreOne) {
  const std::string text = "Name: abc\r\n def\r\n  g\r\nEmpty\r\n\r\n";
  const JarSection section = read_jar_main(text);
  EXPECT_EQ(section.find("name"), "abcdef g");
  EXPECT_EQ(section.find("Empty"), "");
  EXPECT_FALSE(section.find("Nam"));
  EXPECT_FALSE(section.find("Names"));
}

TEST(JarManifest, WhatIsAmbiguousIsRefused) {
  for (const char* text : {"", "\n\n", "M: 1\n\nX: y\n\n", "M: 1\n\nName: \n\n",
                           "M: 1\n\nName: a\n\nName: a\n\n", "M: 1\n\nName: ab\n\nName: a\n b\n\n"})
    EXPECT_FALSE(read_jar_manifest(text)) << text;
}

// SHA-256 and SHA-1 of no bytes.
constexpr const char* kSha256 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
constexpr const char* kSha1 = "2jmj7l5rSw0yVb/vlWAYkK/YBwk=";

TEST(JarManifest, TheStrongestDigestDecides) {
  const auto check = [](const std::string& text) {
    return is_digest_of(read_jar_main(text), "-Digest", {});
  };
  EXPECT_EQ(check(std::string("SHA-256-Digest: ") + kSha256), true);
  EXPECT_EQ(check(std::string("SHA1-Digest: ") + kSha1), true);
  EXPECT_EQ(check(std::string("SHA1-Digest: ") + kSha1 + "\nSHA-256-Digest: AAAA"), false);
  EXPECT_EQ(check(std::string("SHA1-Digest: AAAA\nSHA-256-Digest: ") + kSha256), true);
  EXPECT_EQ(check("SHA-256-Digest: not base64"), false);
  EXPECT_EQ(check("SHA-256-Digest: "), false);
  EXPECT_EQ(check("MD5-Digest: 1B2M2Y8AsgTpgAmY7PhCfg=="), std::nullopt);
}

}  // namespace
}  // namespace beian::package
