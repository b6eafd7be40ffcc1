// Goal: parser and naive twin (tests/support/reference_parser.h) agree on every text: outcome,
// value, repairs, plausibility, reason and offset. Method: every sequence up to a given length over
// small alphabets of tokens, one alphabet per part of the grammar; and every vector spoilt by every
// token at every place.
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "cache/filing/parse.h"
#include "tests/support/reference_parser.h"
#include "tests/support/vectors.h"

namespace beian {
namespace {

#ifdef BEIAN_SANITIZED
constexpr int kShorterBy = 2;  // shorter sequences: sanitizers are slow
#else
constexpr int kShorterBy = 0;
#endif

struct Space {
  const char* name;
  std::string begin;  // precedes every sequence
  std::vector<std::string> tokens;
  int length_max;
};
std::ostream& operator<<(std::ostream& out, const Space& space) {
  return out << space.name;
}

const Space kSpaces[] = {
    {"heads",
     "",
     {"京", "川", "港", "ICP", "备", "证", "案", "第", "：", "14003088", "号", "B2-", " "},
     5},
    {"misspelt_heads",
     "",
     {"京", "泸", "北京", "新疆", "I", "CP", "1CP", "IPC", "ICO", "|", "备", "背", "证", "案编号",
      "B2-", "：", "14003088"},
     4},
    {"spelt_out_heads",
     "",
     {"京", "川", "ICP", "经营", "许可证", "证", "号", "：", "040465", "B2-20160097", "(", ")"},
     5},
    {"characters", "", {"京", "I", "C", "P", "备", "0", "1", "A", "X", "Ｘ", "-", "."}, 5},
    {"tokens", "京ICP备", {"案", "：", "ICP备", "ICP证", "第", "备", "2023000001", "号", " "}, 6},
    {"mains", "京ICP证", {"字", "第", "0", "123", "45", "X", "*", "号", "-1", "　"}, 5},
    {"licences", "粤", {"A1", "B2", "C1", "D3", ".", "·", "-", "20090059", "号", "1"}, 5},
    {"cross_province", "", {"合字", "合", "A2", "b2", ".", "-", "20180017", "140912", "号"}, 5},
    {"services", "京ICP备12004567", {"号", "-", "—", "0", "1", "99", "A", "K", "B", " "}, 5},
    {"licence_services",
     "粤B2-20090059",
     {"号", "-", "0", "12", "99999", "X", "ｘ", "Z", "\u200b"},
     5},
    {"ends",
     "京ICP备12004567号-1A",
     {"。", ".", "备案", "查询", "号", "-", "1", "京", "公网安备", " "},
     5},
    {"remarks",
     "京ICP备12004567",
     {"号-3", " ", "APP", "A", "(", ")", "京公网安备", "11010802011553", "号", "©", "-", "24"},
     5},
    {"before",
     "",
     {"-", "*", "©", "2024", "京公网安备", "：", "11010802011553", "号", " ", "京ICP备12004567",
      "证书号", "B2-140912"},
     5},
    {"copyrights",
     "",
     {"Copyright", "©", "2017", "-", " ", "1", "京ICP备12004567号", "B2-20170012"},
     5},
    {"police",
     "",
     {"京", "公安备", "公网安备", "案", "号", "：", "11010802011553", "1", " ", "京ICP备12004567"},
     5},
    {"police_names",
     "京ICP备12004567号",
     {"-", "京", "市公安局", "海淀分局", "备", "案", "编号", "公网安", "公备", "：", "网监",
      "11010802011553", "，"},
     5},
    {"site_codes",
     "",
     {"政府", "网站标识码", "：", "bm", "0", "3300000020", "京ICP备12004567号", " "},
     6},
    {"brackets",
     "",
     {"(", "晋", "川", "）", "ICP", "备", "证", "12004567", "号", "编号", "B2-"},
     5},
    {"bilingual",
     "ICP",
     {"FILING", "License", "Number", "No", "：", " ", "该网站", "已备案", "许可", "1",
      "京ICP备12004567"},
     5},
    {"hyphens", "京ICP备", {"案", "号", "：", "-", "030173", "12004567", "20", "1", " "}, 5},
    {"blanks", "沪ICP证", {"070359", "18", " ", "号", "-1", "X", "B2-", "粤"}, 6},
    {"labels",
     "",
     {"ICP备案", "ICP证", "备案号", "APP", "：", "/", "京ICP备14003088号", "粤B2-20090059", "1",
      "云"},
     5},
    {"registers",
     "",
     {"京", "公网安备", "网文", "视听", "软著", "SR", "教备", "2021", "D3-", "A1-", "ICP备", "1",
      "ICP", "R11L", "X"},
     4},
    {"labelled_registers",
     "ICP备案号",
     {"：", "京", "公网安备", "互", "联网备案", "网警备案", "文网游", "1", "2021SR1", "D3-", "B2-"},
     4},
    {"heads_again",
     "蜀ICP",
     {"备", "证", "案", "号", "：", "蜀", "川", "京", "合字", "B2-", "ICP备", "20170324"},
     5},
    {"class_lists", "粤B2", {"、", ",", "，", ".", "A1", "B2", "C1", "-", "20090059"}, 5},
    {"years", "京ICP备", {"20", "99", "05", "00", "12", "04", "39", "40", "678901"}, 5},
};

std::string text_of(const ParsedNumber& parsed) {
  if (parsed.is_number())
    return canonical(parsed.number) + " repairs " + std::to_string(parsed.repairs) +
           (parsed.folded ? " folded" : "") + (parsed.plausible ? "" : " implausible");
  if (parsed.outcome == ParsedNumber::Outcome::kNotAFiling)
    return std::string(other_register_name(parsed.what));
  return std::string(malformed_reason_name(parsed.reason)) + " at " + std::to_string(parsed.offset);
}

void expect_agreement(const std::string& text) {
  const ParsedNumber parsed = parse_number(text);
  const ParsedNumber reference = test::reference_parse(text);
  ASSERT_TRUE(test::same_result(parsed, reference))
      << text << ": parser " << text_of(parsed) << ", twin " << text_of(reference);
}

void expect_agreement_of_all(const std::string& text, const Space& space, int length,
                             std::uint64_t* count) {
  ++*count;
  ASSERT_NO_FATAL_FAILURE(expect_agreement(text));
  if (length == 0) return;
  for (const std::string& token : space.tokens)
    ASSERT_NO_FATAL_FAILURE(expect_agreement_of_all(text + token, space, length - 1, count));
}

// Of no token, of one token, and so on.
std::uint64_t sequences_count(const Space& space) {
  std::uint64_t all = 0;
  std::uint64_t of_length = 1;
  for (int length = 0; length <= space.length_max - kShorterBy; ++length) {
    all += of_length;
    of_length *= space.tokens.size();
  }
  return all;
}

// Each space is a test of its own: together they would keep one processor for minutes.
class TwinSpaces : public testing::TestWithParam<Space> {};

TEST_P(TwinSpaces, AgreesOnEveryShortSequenceOfTokens) {
  const Space& space = GetParam();
  std::uint64_t count = 0;
  ASSERT_NO_FATAL_FAILURE(
      expect_agreement_of_all(space.begin, space, space.length_max - kShorterBy, &count));
  EXPECT_EQ(count, sequences_count(space));
}

INSTANTIATE_TEST_SUITE_P(Spaces, TwinSpaces, testing::ValuesIn(kSpaces),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Twin, IsAskedForMillions) {
  std::uint64_t count = 0;
  for (const Space& space : kSpaces) count += sequences_count(space);
  RecordProperty("texts", std::to_string(count));
  EXPECT_GT(count, kShorterBy == 0 ? 1'500'000U : 15'000U);
}

TEST(Twin, AgreesOnEveryVectorWithATokenPutInAtEveryPlace) {
  const std::string tokens[] = {"0",  "1", "A",      "-", "号", "备",  "ICP备",
                                "京", " ", "\u200b", ".", "萌", "\xFF"};
  for (const test::Vector& row : test::read_vectors())
    for (std::size_t at = 0; at <= row.text.size(); at += 1 + 2 * kShorterBy)
      for (const std::string& token : tokens) {
        std::string spoilt = row.text;
        spoilt.insert(at, token);
        ASSERT_NO_FATAL_FAILURE(expect_agreement(spoilt));
      }
}

TEST(Twin, AgreesOnEveryCharacterOfUnicodeWithinANumber) {
  for (utf8proc_int32_t c = 0; c <= 0x10FFFF; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    // Beyond plane 2 almost nothing is assigned: samples there, and the tag block in full. Under
    // sanitizers, samples in every plane.
    const bool is_sample = c % 61 == 0 || c >> 12 == 0xE0;
    if (!is_sample && (c >= 0x30000 || kShorterBy > 0)) continue;
    utf8proc_uint8_t bytes[4];
    const auto size = static_cast<std::size_t>(utf8proc_encode_char(c, bytes));
    const std::string character(reinterpret_cast<char*>(bytes), size);
    ASSERT_NO_FATAL_FAILURE(expect_agreement("京ICP备1200" + character + "4567号-1A"));
    ASSERT_NO_FATAL_FAILURE(expect_agreement("京ICP备12004567号" + character + "1A"));
    ASSERT_NO_FATAL_FAILURE(expect_agreement("京ICP备12004567号-1" + character));
    ASSERT_NO_FATAL_FAILURE(expect_agreement(character + "ICP备12004567号"));
  }
}

}  // namespace
}  // namespace beian
