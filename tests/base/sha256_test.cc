#include "cache/base/sha256.h"

#include <gtest/gtest.h>

#include <string>

namespace beian {
namespace {

TEST(Sha256, IsThatOfTheStandard) {
  // The examples of FIPS 180-4, and the empty message.
  EXPECT_EQ(to_hex(sha256("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(to_hex(sha256(std::string(1'000'000, 'a'))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  EXPECT_EQ(to_hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Sha256, InPiecesAndFromACopyItIsTheSame) {
  const std::string text(300, 'x');
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    Sha256Hasher hasher;
    hasher.add(std::string_view(text).substr(0, cut));
    Sha256Hasher copy = hasher;
    ASSERT_EQ(hasher.add(std::string_view(text).substr(cut)).end(), sha256(text)) << cut;
    ASSERT_EQ(copy.add(std::string_view(text).substr(cut)).end(), sha256(text)) << cut;
  }
}

}  // namespace
}  // namespace beian
