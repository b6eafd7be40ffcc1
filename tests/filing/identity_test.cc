// Goal: every spelling of a fingerprint, name, domain or address is normalized to one comparable
// form, and anything else is refused. Public keys: public_key_test.cc.
#include "cache/filing/identity.h"

#include <gtest/gtest.h>

#include "cache/base/limits.h"
#include "cache/filing/fingerprint.h"

namespace beian {
namespace {

TEST(Fingerprint, RenderingsOfOneDigestAreEqual) {
  const auto plain = parse_fingerprint("9f86d081884c7d659a2feaa0c55ad015");
  ASSERT_TRUE(plain.has_value());
  EXPECT_EQ(plain->size, 16);
  EXPECT_EQ(plain->bytes[0], 0x9F);
  EXPECT_EQ(parse_fingerprint("9F:86:D0:81:88:4C:7D:65:9A:2F:EA:A0:C5:5A:D0:15"), plain);
  EXPECT_EQ(parse_fingerprint("9f 86 d0 81 88 4c 7d 65 9a 2f ea a0 c5 5a d0 15"), plain);
  EXPECT_EQ(parse_fingerprint(" 9F86D081884C7D659A2FEAA0C55AD015 "), plain);
}

TEST(Fingerprint, LengthTellsTheAlgorithm) {
  EXPECT_EQ(parse_fingerprint(std::string(40, 'a'))->size, 20);
  EXPECT_EQ(parse_fingerprint(std::string(64, 'a'))->size, 32);
  EXPECT_NE(parse_fingerprint(std::string(32, 'a')), parse_fingerprint(std::string(40, 'a')));
}

TEST(Fingerprint, LabelsOfToolsAreTaken) {
  const std::string md5 = "9F:86:D0:81:88:4C:7D:65:9A:2F:EA:A0:C5:5A:D0:15";
  const std::string sha1(40, 'a');
  const std::string sha256(64, 'b');
  const auto is_read = [](const std::string& text, const std::string& digest) {
    const auto read = parse_fingerprint(text);
    EXPECT_TRUE(read.has_value()) << text;
    EXPECT_EQ(read, parse_fingerprint(digest)) << text;
  };
  for (const char* label : {"MD5:", "MD5: ", "\t MD5:  ", "md5=", "MD5 Fingerprint=", "MD5 ",
                            "MD5 digest: ", "MD5 指纹：",
                            "MD5 certificate fingerprint: ", "Signer #1 certificate MD5 digest: "})
    is_read(label + md5, md5);
  for (const char* label : {"SHA1: ", "SHA-1: ", "sha1 Fingerprint=", "SHA1 Fingerprint=",
                            "V2 Signer: certificate SHA-1 digest: "})
    is_read(label + sha1, sha1);
  for (const char* label :
       {"SHA256: ", "SHA-256 Digest: ", "sha256 Fingerprint=", "sha256:",
        "SHA-256 certificate fingerprint: ", "Signer #1 certificate SHA-256 digest: "})
    is_read(label + sha256, sha256);
  is_read(md5, md5);
}

TEST(Fingerprint, ALabelOfAnotherLengthIsRefused) {
  const auto fault = [](const std::string& text) {
    EXPECT_FALSE(parse_fingerprint(text).has_value()) << text;
    return fingerprint_label_fault(text);
  };
  EXPECT_EQ(fault("SHA1: " + std::string(32, 'a')),
            "labelled SHA-1, and not 20 bytes of hexadecimal");
  EXPECT_EQ(fault("MD5: " + std::string(64, 'a')), "labelled MD5, and not 16 bytes of hexadecimal");
  EXPECT_EQ(fault("SHA-256: "), "labelled SHA-256, and not 32 bytes of hexadecimal");
  EXPECT_EQ(fault("SHA256 x" + std::string(64, 'a')),
            "labelled SHA-256, and not 32 bytes of hexadecimal");
  for (const std::string& text :
       {std::string("SHA1"), "SHA1" + std::string(40, 'a'), "SHA-512: " + std::string(64, 'a'),
        "SHA1SHA1: " + std::string(40, 'a'), std::string(40, 'a') + " SHA1",
        "Signer #1 " + std::string(40, 'a'), std::string(10'000, ' ') + "certificate MD5:"})
    EXPECT_EQ(fault(text), "") << text;
}

// Text before the digest has no effect on it, and nothing is read beyond the end.
TEST(Fingerprint, EveryPrefixOfALabelledOneIsReadOrRefused) {
  const std::string text = "Signer #1 certificate SHA-1 digest: " + std::string(40, 'a');
  for (std::size_t size = 0; size < text.size(); ++size) {
    const std::string prefix(text, 0, size);
    EXPECT_FALSE(parse_fingerprint(prefix).has_value()) << prefix;
  }
  EXPECT_EQ(
      parse_fingerprint(std::string(36, 'a') + " Signer certificate MD5: " + std::string(32, 'b')),
      parse_fingerprint(std::string(32, 'b')));
}

TEST(Fingerprint, OtherTextsAreRefused) {
  for (const std::string& text :
       {std::string(), std::string(30, 'a'), std::string(33, 'a'), std::string(66, 'a'),
        std::string(31, 'a') + "g", std::string(16, '-') + std::string(32, 'a')})
    EXPECT_FALSE(parse_fingerprint(text).has_value()) << text;
}

struct NamePair {
  const char* a;
  const char* b;
  bool equal;
  const char* why;
};

constexpr NamePair kNames[] = {
    {"示例应用", "示例应用", true, "the same bytes"},
    {"示例 应用", "示例应用", true, "blanks"},
    {"示例\u3000应用\u00A0", "示例应用", true, "every blank"},
    {"示例\u2028应用\u2029", "示例应用", true, "ends of lines and paragraphs"},
    {"\t示例\r\n应用\u0085", "示例应用", true, "those of old"},
    {"示例\x01应用", "示例应用", false, "another control character is no blank"},
    {"示例\u200B应用\uFEFF", "示例应用", true, "invisible characters"},
    {"Ｅｘａｍｐｌｅ", "example", true, "width and case"},
    {"STRASSE", "straße", true, "full case folding"},
    {"e\u0301toile", "\u00C9toile", true, "composed or not, upper or lower"},
    {"示例（北京）", "示例(北京)", true, "full-width brackets"},
    {"㍿示例", "株式会社示例", true, "compatibility characters"},
    {"示例应用", "示例應用", false, "traditional characters are another name"},
    {"示例应用", "示例应用2", false, "one more character"},
    {"示例-应用", "示例应用", false, "punctuation counts"},
    {"", "示例", false, "empty"},
    {"\u200B", "", true, "nothing but invisible characters"},
    {"\xFF", "\xFF", true, "not UTF-8: the same bytes"},
    {"\xFF A",
     "\xFF"
     "a",
     false, "not UTF-8: nothing is folded"},
};

TEST(Name, EqualAfterFolding) {
  for (const NamePair& row : kNames) {
    EXPECT_EQ(names_equal(row.a, row.b), row.equal) << row.a << " and " << row.b << ": " << row.why;
    EXPECT_EQ(fold_name(row.a) == fold_name(row.b), row.equal) << row.why;
  }
}

TEST(Name, FoldingTwiceChangesNothing) {
  for (const std::string_view name :
       {"Ｅｘａｍｐｌｅ 示例", "a\u00A8b", "\u1E9E \u0345", "ŉ ǰ", "\u2126"})
    EXPECT_EQ(fold_name(fold_name(name)), fold_name(name)) << name;
}

// Names that the fast path takes as folded already, from their bytes alone, are those that folding
// leaves unchanged. A trailing blank, which folding drops, sends the same text the slow way.
TEST(Name, ShortWayAndLongWayAgree) {
  const auto expect_folded = [](const std::string& text) {
    EXPECT_EQ(fold_name(text), text);
    EXPECT_EQ(fold_name(text + " "), text);
  };
  for (char c = '!'; c < 0x7F; ++c)
    if (c < 'A' || c > 'Z') expect_folded(std::string(1, c) + "a");
  for (unsigned code = 0x4E00; code <= 0x9FFF; ++code)
    expect_folded({static_cast<char>(0xE0 | code >> 12), static_cast<char>(0x80 | (code >> 6 & 63)),
                   static_cast<char>(0x80 | (code & 63))});
  // One step beyond either end of the range, and a compatibility ideograph.
  for (const std::string_view text : {"\u4DFF", "\uA000", "\uF900", "A", "\u00C9", "a\x7F"})
    EXPECT_EQ(fold_name(text), fold_name(std::string(text) + " ")) << text;
  EXPECT_EQ(fold_name("\uF900"), "\u8C48");
  for (const std::string_view damaged :
       {"\xE4\xB8", "\xE9\xBF\x41", "\xE4\x41\x80", "\xE9", "\xE4\xB8\x80\xFF"})
    EXPECT_EQ(fold_name(damaged), damaged);
}

struct DomainRow {
  const char* input;
  const char* want;  // nullptr: none
  const char* why;
};

const DomainRow kDomains[] = {
    {"example.cn", "example.cn", "already normal"},
    {"API.Example.CN.", "api.example.cn", "case and last dot"},
    {" https://example.cn:8443/path?x=1#y ", "example.cn", "URL"},
    {"\texample.cn\r\n", "example.cn", "blanks of every kind around"},
    {"example.cn:443", "example.cn", "port"},
    {"example.cn:65535", "example.cn", "the longest port"},
    {"example.cn/path", "example.cn", "path"},
    {"例子.中国", "xn--fsqu00a.xn--fiqs8s", "IDN"},
    {"例子。中国", "xn--fsqu00a.xn--fiqs8s", "ideographic full stop"},
    {"ＥＸＡＭＰＬＥ.cn", "example.cn", "full width"},
    {"XN--FSQU00A.xn--fiqs8s", "xn--fsqu00a.xn--fiqs8s", "A-labels in capitals"},
    {"_dmarc.example.cn", "_dmarc.example.cn", "underscores are in real names"},
    {"a--b.cn", "a--b.cn", "hyphens inside"},
    {"localhost", "localhost", "one label"},
    {"", nullptr, "empty"},
    {".", nullptr, "no label"},
    {"example..cn", nullptr, "empty label"},
    {".example.cn", nullptr, "empty label"},
    {"example.cn..", nullptr, "only one last dot"},
    {"192.0.2.7", nullptr, "an address"},
    {"192.0.2.7:80", nullptr, "an address and port"},
    {"1.2.3", nullptr, "a damaged address"},
    {"[2001:db8::1]", nullptr, "an address"},
    {"2001:db8::1", nullptr, "an address"},
    {"-a.cn", nullptr, "hyphen first"},
    {"a-.cn", nullptr, "hyphen last"},
    {"*.example.cn", nullptr, "a pattern"},
    {"user@example.cn", nullptr, "not a host"},
    {"exam ple.cn", nullptr, "blank inside"},
    {"example.cn:http", nullptr, "no port"},
    {"example.cn:x80", nullptr, "no port from its first character on"},
    {"example.cn:065535", nullptr, "more digits than a port has"},
    {"\xFF.cn", nullptr, "not UTF-8"},
    {"\x01"
     "example.cn",
     nullptr, "a control character"},
    {"\u0301例.cn", nullptr, "no name in IDNA: a mark with nothing before it"},
};

TEST(Domain, OneFormOfEverySpelling) {
  for (const DomainRow& row : kDomains) {
    const auto domain = normalize_domain(row.input);
    EXPECT_EQ(domain.has_value(), row.want != nullptr) << row.input << ": " << row.why;
    if (domain && row.want != nullptr) {
      EXPECT_EQ(*domain, row.want) << row.input << ": " << row.why;
    }
  }
}

// A NUL does not end a name: what follows it is not cut off.
TEST(Domain, NulIsInNone) {
  using namespace std::string_view_literals;
  for (const std::string_view text : {"例子.cn\0.example"sv, "example.cn\0.example"sv, "\0"sv})
    EXPECT_FALSE(normalize_domain(text).has_value());
}

TEST(Domain, LongerThanAnyFieldIsNone) {
  const std::string path(limits::kTextFieldBytesMax - 11, 'a');
  EXPECT_TRUE(normalize_domain("example.cn/" + path).has_value());
  EXPECT_FALSE(normalize_domain("example.cn/" + path + "a").has_value());
}

TEST(Domain, LimitsOfLengthAreThoseOfDns) {
  const std::string label(63, 'a');
  EXPECT_TRUE(normalize_domain(label + ".cn").has_value());
  EXPECT_FALSE(normalize_domain(label + "a.cn").has_value());
  const std::string three = label + "." + label + "." + label + ".";
  EXPECT_TRUE(normalize_domain(three + std::string(61, 'b')).has_value());
  EXPECT_FALSE(normalize_domain(three + std::string(62, 'b')).has_value());
}

struct RangeRow {
  const char* input;
  const char* want;  // nullptr: none
  const char* why;
};

constexpr RangeRow kRanges[] = {
    {"192.0.2.7", "192.0.2.7", "one address"},
    {"192.0.2.0-192.0.2.255", "192.0.2.0-192.0.2.255", "both ends"},
    {"192.0.2.0 - 192.0.2.255", "192.0.2.0-192.0.2.255", "blanks"},
    {"192.0.2.0/24", "192.0.2.0-192.0.2.255", "block"},
    {"192.0.2.77/30", "192.0.2.76-192.0.2.79", "the block that holds it"},
    {"192.0.2.7/32", "192.0.2.7", "block of one"},
    {"0.0.0.0/0", "0.0.0.0-255.255.255.255", "all of v4, nothing of v6"},
    {"2001:db8::/32", "2001:db8::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "block of v6"},
    {"2001:DB8::1-2001:db8::ff", "2001:db8::1-2001:db8::ff", "v6"},
    {"::ffff:192.0.2.1", "192.0.2.1", "v4-mapped is v4"},
    {"2001:0db8:ffff:ffff:ffff:ffff:255.255.255.255", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
     "as long as an address can be"},
    {"::/0", "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "everything"},
    {"192.0.2.9-192.0.2.1", nullptr, "out of order"},
    {"192.0.2.1-2001:db8::1", nullptr, "two families"},
    {"192.0.2.0/33", nullptr, "prefix too long"},
    {"192.0.2/24", nullptr, "block of no address"},
    {"192.0.2.0/0024", nullptr, "more digits than a prefix has"},
    {"192.0.2.1-x", nullptr, "no last address"},
    {"x-192.0.2.1", nullptr, "no first address"},
    {"2001:0db8:0000:0000:0000:0000:0000:0000:0000:0001", nullptr, "longer than any address"},
    {"2001:db8::/129", nullptr, "prefix too long"},
    {"192.0.2.0/", nullptr, "no prefix"},
    {"192.0.2.0/-1", nullptr, "sign"},
    {"192.0.2.0/024x", nullptr, "letters"},
    {"192.0.2", nullptr, "three parts"},
    {"192.0.2.256", nullptr, "too large"},
    {"192.0.02.1", nullptr, "octal or decimal: not ours to guess"},
    {"fe80::1%eth0", nullptr, "zone"},
    {"", nullptr, "empty"},
    {"-", nullptr, "no ends"},
    {"example.cn", nullptr, "a name"},
};

TEST(IpRange, OneFormOfEverySpelling) {
  for (const RangeRow& row : kRanges) {
    const auto range = parse_ip_range(row.input);
    EXPECT_EQ(range.has_value(), row.want != nullptr) << row.input << ": " << row.why;
    if (!range || row.want == nullptr) continue;
    EXPECT_EQ(format_ip_range(*range), row.want) << row.why;
    EXPECT_EQ(parse_ip_range(format_ip_range(*range)), range) << "and back: " << row.input;
  }
}

TEST(IpAddress, NulIsInNone) {
  EXPECT_FALSE(parse_ip(std::string_view("192.0.2.1\0.example", 18)).has_value());
}

TEST(IpAddress, OrderIsNumeric) {
  EXPECT_LT(*parse_ip("9.0.0.0"), *parse_ip("10.0.0.0"));
  EXPECT_LT(*parse_ip("2001:db8::9"), *parse_ip("2001:db8::10"));
}

}  // namespace
}  // namespace beian
