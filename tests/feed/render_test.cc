// Rendering is the inverse of reading; the other feed tests pin the rendered bytes field by field.
#include "cache/feed/render.h"

#include <gtest/gtest.h>

#include "cache/feed/fields.h"
#include "tests/feed/read_all.h"

namespace beian::cache {
namespace {

TEST(Render, TextsAreEscapedAndReadBack) {
  SubjectRecord record;
  record.id = 1;
  std::string why;
  ASSERT_TRUE(read_subject_number("京ICP证030173号", &record.number, &why));
  record.sponsor = "a\"b\\c\n\x01京\x7F";
  const std::string line = to_ndjson(record);
  EXPECT_EQ(line,
            "{\"record\":\"subject\",\"id\":1,\"number\":\"京ICP证030173号\","
            "\"sponsor\":\"a\\\"b\\\\c\\n\\u0001京\\u007f\"}");
  EXPECT_EQ(read_all(line).records, std::vector<std::string>{line});
}

TEST(Render, PublicKeyIsPrintedAsItsDigest) {
  KeyDigest whole{};
  std::string why;
  const std::string modulus(256, 'c');
  ASSERT_TRUE(read_public_key(modulus, &whole, &why)) << why;
  KeyDigest digest{};
  ASSERT_TRUE(read_public_key(std::string(kKeyDigestPrefix) + to_hex(whole), &digest, &why));
  EXPECT_EQ(whole, digest);
}

TEST(Render, DeletesOfBothKinds) {
  EXPECT_EQ(to_ndjson(FeedRecord(RemoveSubject{3})),
            R"({"record":"subject","id":3,"op":"delete"})");
  EXPECT_EQ(to_ndjson(FeedRecord(RemoveService{4})),
            R"({"record":"service","id":4,"op":"delete"})");
}

}  // namespace
}  // namespace beian::cache
