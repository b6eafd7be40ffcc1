// Goal: a key has one digest in whatever form it is pasted, and what is not a key is refused. The
// keys were made for this test; their private halves are gone.
#include <gtest/gtest.h>

#include <cctype>
#include <string>
#include <vector>

#include "cache/base/bytes.h"
#include "cache/filing/identity.h"

namespace beian {
namespace {

const std::string kModulus =
    "9713D9B505CDDB79B790FB87E3C206D69BF6D370F0AA37C820F53DCF9B5634145F5C9C5DC85232B478DD0808"
    "CA465FBB6B0911B81463575FF581886CE6CAAC1E55F5BFC31B1DE409D78F0A65CE288F79ACD1BDC199992CFF"
    "E48C4DEA06B4F0E5B3D9DAAE67DBC8D62E0CD6ABECA8CC601EE70E93BC53E25C18C12A3F7203D3C9";

const std::string kModulusDecimal =
    "1060902569308252192217503583083125171192311480465672075758774768227801514202034608450540"
    "8995226442597335250479536976375260585959141239964265446074637191681075475270141404701101"
    "4552941681827376014240008349817459309103812353993815723205560624715992603774247089667379"
    "629656402511100022627341627567485261348852681";

const std::string kPkcs1Der =
    "308189028181009713d9b505cddb79b790fb87e3c206d69bf6d370f0aa37c820f53dcf9b5634145f5c9c5dc8"
    "5232b478dd0808ca465fbb6b0911b81463575ff581886ce6caac1e55f5bfc31b1de409d78f0a65ce288f79ac"
    "d1bdc199992cffe48c4dea06b4f0e5b3d9daae67dbc8d62e0cd6abeca8cc601ee70e93bc53e25c18c12a3f72"
    "03d3c90203010001";

const std::string kSpkiPem = R"(-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCXE9m1Bc3bebeQ+4fjwgbWm/bT
cPCqN8gg9T3Pm1Y0FF9cnF3IUjK0eN0ICMpGX7trCRG4FGNXX/WBiGzmyqweVfW/
wxsd5AnXjwplziiPeazRvcGZmSz/5IxN6ga08OWz2dquZ9vI1i4M1qvsqMxgHucO
k7xT4lwYwSo/cgPTyQIDAQAB
-----END PUBLIC KEY-----
)";

const std::string kPkcs1Pem = R"(-----BEGIN RSA PUBLIC KEY-----
MIGJAoGBAJcT2bUFzdt5t5D7h+PCBtab9tNw8Ko3yCD1Pc+bVjQUX1ycXchSMrR4
3QgIykZfu2sJEbgUY1df9YGIbObKrB5V9b/DGx3kCdePCmXOKI95rNG9wZmZLP/k
jE3qBrTw5bPZ2q5n28jWLgzWq+yozGAe5w6TvFPiXBjBKj9yA9PJAgMBAAE=
-----END RSA PUBLIC KEY-----
)";

const std::string kCertificatePem = R"(-----BEGIN CERTIFICATE-----
MIICEDCCAXmgAwIBAgIUSx7M27BOVSZUYFXoWb80SA29lp0wDQYJKoZIhvcNAQEL
BQAwGjEYMBYGA1UEAwwPYmVpYW4tZ2F0ZSB0ZXN0MB4XDTI2MTEyMzIzMDc1MloX
DTM2MTEyMDIzMDc1MlowGjEYMBYGA1UEAwwPYmVpYW4tZ2F0ZSB0ZXN0MIGfMA0G
CSqGSIb3DQEBAQUAA4GNADCBiQKBgQCXE9m1Bc3bebeQ+4fjwgbWm/bTcPCqN8gg
9T3Pm1Y0FF9cnF3IUjK0eN0ICMpGX7trCRG4FGNXX/WBiGzmyqweVfW/wxsd5AnX
jwplziiPeazRvcGZmSz/5IxN6ga08OWz2dquZ9vI1i4M1qvsqMxgHucOk7xT4lwY
wSo/cgPTyQIDAQABo1MwUTAdBgNVHQ4EFgQUJ4HdzIOa+0QIO40p1Yc43VL7TQsw
HwYDVR0jBBgwFoAUJ4HdzIOa+0QIO40p1Yc43VL7TQswDwYDVR0TAQH/BAUwAwEB
/zANBgkqhkiG9w0BAQsFAAOBgQCPFzk1cNv9RqjLupPW6SvQpF2PTfInhl6spiJ0
cFGa/avi+cl87UVK+vPOQYK2ftR0ip4Qz6JeCRdJmCBQBZqLvVVU4hRUV832XkyP
EQEwSortqtNeNcthtrptLHvHCDDKn+EhmmyeW4C58j6YtwChOjcKDEZ6+l/L/SWQ
iU7eDA==
-----END CERTIFICATE-----
)";

const std::string kPoint =
    "04852facc87b62381c0cff8dbd14d90fc77219c7b517fdc559f91ad5bdefd313ed027250e2ac10e92ab92f5b"
    "94410c87c990cd372f9925abbc050214ea928d1d39";

const std::string kEcSpkiPem = R"(-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEhS+syHtiOBwM/429FNkPx3IZx7UX
/cVZ+RrVve/TE+0CclDirBDpKrkvW5RBDIfJkM03L5klq7wFAhTqko0dOQ==
-----END PUBLIC KEY-----
)";

const std::string kEcCompressedPem = R"(-----BEGIN PUBLIC KEY-----
MDkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDIgADhS+syHtiOBwM/429FNkPx3IZx7UX
/cVZ+RrVve/TE+0=
-----END PUBLIC KEY-----
)";

const std::string kEcCertificatePem = R"(-----BEGIN CERTIFICATE-----
MIIBiTCCAS+gAwIBAgIUQh2mIiYLChFfOoBpLQBbKTlV45IwCgYIKoZIzj0EAwIw
GjEYMBYGA1UEAwwPYmVpYW4tZ2F0ZSB0ZXN0MB4XDTI2MTEyMzIzMDg1N1oXDTM2
MTEyMDIzMDg1N1owGjEYMBYGA1UEAwwPYmVpYW4tZ2F0ZSB0ZXN0MFkwEwYHKoZI
zj0CAQYIKoZIzj0DAQcDQgAEhS+syHtiOBwM/429FNkPx3IZx7UX/cVZ+RrVve/T
E+0CclDirBDpKrkvW5RBDIfJkM03L5klq7wFAhTqko0dOaNTMFEwHQYDVR0OBBYE
FJV6GfgerPs3C+TChs+fAVt5+i0EMB8GA1UdIwQYMBaAFJV6GfgerPs3C+TChs+f
AVt5+i0EMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIgPTNU/UWV
bFRnX6KQpqBS9LgkaC6JZql8IMEqyx+UI/oCIQCr588RQcxppdwOWarcVPi4k5rX
i6Fv18RtayELAiTWiQ==
-----END CERTIFICATE-----
)";

const std::string kEd25519SpkiDer =
    "302a300506032b657003210034b0ead7cb3e615563d53f634dc216d460ff0a0a4b9cdca3fd5dffa643214646";

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(c));
  return text;
}

// Inserts `separator` after every `width` characters.
std::string separated(const std::string& text, std::size_t width, const std::string& separator) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += width) {
    if (i > 0) out += separator;
    out += text.substr(i, width);
  }
  return out;
}

// The text between the BEGIN and END lines.
std::string body(const std::string& pem) {
  const std::size_t begin = pem.find('\n') + 1;
  return pem.substr(begin, pem.find("-----END") - begin);
}

// With line breaks as blanks, which is what web forms make of them.
std::string one_line(std::string text) {
  for (char& c : text)
    if (c == '\n') c = ' ';
  return text;
}

struct Rendering {
  const char* name;
  std::string text;
};

TEST(PublicKey, RenderingsOfOneRsaKeyAreEqual) {
  const auto want = parse_public_key(kModulus);
  ASSERT_TRUE(want.has_value());
  const Rendering renderings[] = {
      {"lower case", lower(kModulus)},
      {"leading 00 and colons", "00:" + separated(lower(kModulus), 2, ":")},
      {"colons and line breaks, as openssl prints", "00:" + separated(kModulus, 30, ":\n    ")},
      {"blanks", separated(kModulus, 2, " ")},
      {"0x", std::string("0x").append(kModulus)},
      {"0x and a zero too many", std::string("0X0").append(kModulus)},
      {"an odd count of digits between blanks", "0 " + separated(kModulus, 2, " ")},
      {"decimal", kModulusDecimal},
      {"decimal with line breaks", separated(kModulusDecimal, 64, "\n")},
      {"PKCS#1 in hexadecimal", kPkcs1Der},
      {"PKCS#1 in hexadecimal with colons", separated(kPkcs1Der, 2, ":")},
      {"PKCS#1 PEM", kPkcs1Pem},
      {"SPKI PEM", kSpkiPem},
      {"SPKI PEM with text around", "subject: example\n" + kSpkiPem + "that was it"},
      {"SPKI in base64", body(kSpkiPem)},
      {"SPKI PEM on one line", one_line(kSpkiPem)},
      {"certificate PEM", kCertificatePem},
      {"certificate in base64", body(kCertificatePem)},
  };
  for (const Rendering& rendering : renderings)
    EXPECT_EQ(parse_public_key(rendering.text), want) << rendering.name;
}

TEST(PublicKey, RenderingsOfOneEcKeyAreEqual) {
  const auto want = parse_public_key(kPoint);
  ASSERT_TRUE(want.has_value());
  const Rendering renderings[] = {
      {"colons, upper or lower case", separated(kPoint, 2, ":")},
      {"SPKI PEM", kEcSpkiPem},
      {"SPKI PEM with a compressed point", kEcCompressedPem},
      {"certificate PEM", kEcCertificatePem},
      {"certificate in base64", body(kEcCertificatePem)},
  };
  for (const Rendering& rendering : renderings)
    EXPECT_EQ(parse_public_key(rendering.text), want) << rendering.name;
}

// Points uncompressed and compressed, as `openssl ec -conv_form` writes them.
TEST(PublicKey, ACompressedPointIsThePoint) {
  const std::string x384 =
      "6cc31f8d31d729392406c5c2c5046ba02b33fc67d15b01820c7646816542924f9179c7abe30110735e8e2632e2"
      "38176f";
  const std::string x521 =
      "01c3bc61518fbafbf8226600a91b7d5a84fda7f43148eccad9fa919576872af4028db8c374dcd63fc8f5512d78"
      "3574511b2a4fba3682863cbaf8b0b111ca9bc349bb";
  const std::pair<std::string, std::string> points[] = {
      {kPoint, "03" + kPoint.substr(2, 64)},
      {"04e4741478092ec1a7f27a2e0a5dba18f4e9853153a18a3e67d8dbd0efb4378b5489b9c48e183be44353d3553f"
       "f74a9d8eac294576a99f1d6ec1fd7889f1ea33ef",
       "03E4:741478092ec1a7f27a2e0a5dba18f4e9853153a18a3e67d8dbd0efb4378b54"},
      {"04" + x384 +
           "70f7719342714861226a1c67ffe1dc26342aa32f49d04441a6b49a79f7e0289e10ec5df46817f8daf72474"
           "72cc59b99f",
       "03" + x384},
      {"04" + x521 +
           "017745e30024d08eda0d0ccdf7f110ef067409d6881b7312c5e766ce6dfa01b5dabcabb85ee34d42a7345ea"
           "0a0fe0ee3b58b86039e0154385b51b7e49d5413a5b8f3",
       "03" + x521},
  };
  for (const auto& [whole, compressed] : points) {
    const auto want = parse_public_key(whole);
    ASSERT_TRUE(want.has_value()) << whole;
    EXPECT_EQ(parse_public_key(compressed), want) << compressed;
    const auto mirrored = parse_public_key("02" + compressed.substr(2));
    EXPECT_TRUE(mirrored.has_value()) << compressed;
    EXPECT_NE(mirrored, want) << compressed;
  }
}

TEST(PublicKey, OtherKeysAreTheDigestOfTheirSpki) {
  const auto key = parse_public_key(kEd25519SpkiDer);
  ASSERT_TRUE(key.has_value());
  EXPECT_NE(key, parse_public_key(kModulus));
  EXPECT_EQ(parse_public_key(separated(kEd25519SpkiDer, 2, " ")), key);
}

TEST(PublicKey, ADigitMoreOrLessIsAnotherKey) {
  EXPECT_NE(parse_public_key(kModulus + "1"), parse_public_key(kModulus));
  EXPECT_NE(parse_public_key(kModulusDecimal + "1"), parse_public_key(kModulusDecimal));
}

// Whatever does not begin as points do, or has another size, is a number like any other.
TEST(PublicKey, ANumberOfTheSizeOfAPointIsANumber) {
  const std::string x = kPoint.substr(2, 64);
  for (const std::string& text : {"05" + kPoint.substr(2), "05" + x, "02" + x + "00"}) {
    const auto number = parse_public_key(text);
    ASSERT_TRUE(number.has_value()) << text;
    EXPECT_EQ(parse_public_key("0x00" + text), number) << text;
  }
}

// Each DER form of a key, followed by one byte.
TEST(PublicKey, NothingMayStandBehindDer) {
  for (const std::string& pem : {kCertificatePem, kSpkiPem, kPkcs1Pem}) {
    std::vector<std::uint8_t> der;
    ASSERT_TRUE(from_base64(body(pem), &der));
    EXPECT_TRUE(parse_public_key(to_base64(der)).has_value());
    der.push_back(0);
    EXPECT_FALSE(parse_public_key(to_base64(der)).has_value());
  }
}

TEST(PublicKey, WhatIsNoKeyIsRefused) {
  const Rendering texts[] = {
      {"empty", ""},
      {"blanks", "  \n"},
      {"words", "no key here"},
      {"a short number", "65537"},
      {"short hexadecimal", "abcdef"},
      {"only zeros", std::string(512, '0')},
      {"only 0x", "0x"},
      {"BEGIN without END", "-----BEGIN PUBLIC KEY-----\n" + body(kSpkiPem)},
      {"a BEGIN line that does not end", "-----BEGIN PUBLIC KEY"},
      {"BEGIN and END in one", "-----BEGIN PUBLIC-----END PUBLIC KEY-----"},
      {"a control character", "\x01" + kModulus},
      {"END before BEGIN", "-----END PUBLIC KEY----------BEGIN PUBLIC KEY-----"},
      {"base64 cut short", body(kSpkiPem).substr(0, 80)},
      {"base64 of no key", "aGVsbG8gd29ybGQsIGhlbGxvIHdvcmxkLCBoZWxsbyB3b3JsZA=="},
      {"a compressed point that is on no curve", "02" + std::string(62, '0') + "0a"},
      {"a compressed point beyond the field", "03" + std::string(64, 'f')},
      {"too long", std::string(16 * 1024 + 1, 'a')},
  };
  for (const Rendering& text : texts)
    EXPECT_FALSE(parse_public_key(text.text).has_value()) << text.name;
}

TEST(PublicKey, TheShortestModulusHasSixteenBytes) {
  EXPECT_TRUE(parse_public_key(std::string(32, 'a')).has_value());
  EXPECT_FALSE(parse_public_key("00" + std::string(30, 'a')).has_value());
}

TEST(PublicKey, TheLongestTextFits) {
  EXPECT_TRUE(parse_public_key(std::string(16 * 1024, 'a')).has_value());
  EXPECT_TRUE(parse_public_key(std::string(16 * 1024 - 1, 'a')).has_value());
}

}  // namespace
}  // namespace beian
