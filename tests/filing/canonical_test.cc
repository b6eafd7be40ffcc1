// Goal: the fast path accepts canonical texts and nothing else, and never reads past its input.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "cache/filing/parse.h"
#include "cache/filing/parse_canonical.h"
#include "tests/support/reference_parser.h"
#include "tests/support/vectors.h"

namespace beian {
namespace {

constexpr const char* kTexts[] = {"京ICP备12004567号",          "新ICP备2023000001号-99999A",
                                  "云ICP证030173号-209X",       "粤B2-20090059-1626K",
                                  "合字A1.A2.B1.B2-20180017-3", "A2.B1-140912"};

// A heap block of exactly the size of the text, so that sanitizers detect reading one byte more.
class ExactCopy {
 public:
  explicit ExactCopy(std::string_view text) : bytes_(new char[text.size()]), size_(text.size()) {
    std::copy(text.begin(), text.end(), bytes_.get());
  }
  std::string_view view() const { return {bytes_.get(), size_}; }

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t size_;
};

void expect_canonical_exactly_when_printed_so(const std::string& text) {
  const ExactCopy copy(text);
  NumberParts parts;
  const bool is_canonical = parse_canonical(copy.view(), &parts);
  if (is_canonical) {
    EXPECT_EQ(canonical(FilingNumber::pack(parts)), text);
  }
  const ParsedNumber parsed = parse_number(copy.view());
  const bool prints_the_same = parsed.is_number() && canonical(parsed.number) == text;
  EXPECT_EQ(is_canonical, prints_the_same) << text;
}

TEST(Canonical, EveryByteReplacedByEveryByte) {
  for (const std::string text : kTexts)
    for (std::size_t i = 0; i < text.size(); ++i)
      for (int byte = 0; byte < 256; ++byte) {
        std::string edited = text;
        edited[i] = static_cast<char>(byte);
        expect_canonical_exactly_when_printed_so(edited);
      }
}

TEST(Canonical, EveryByteLeftOutAndEveryByteTwice) {
  for (const std::string text : kTexts)
    for (std::size_t i = 0; i < text.size(); ++i) {
      std::string shorter = text;
      shorter.erase(i, 1);
      expect_canonical_exactly_when_printed_so(shorter);
      std::string longer = text;
      longer.insert(i, 1, text[i]);
      expect_canonical_exactly_when_printed_so(longer);
    }
}

TEST(Bounds, EveryPrefixOfEveryVectorIsReadWithinItsBytes) {
  for (const test::Vector& row : test::read_vectors())
    for (std::size_t size = 0; size <= row.text.size(); ++size) {
      const ExactCopy copy(std::string_view(row.text).substr(0, size));
      const ParsedNumber parsed = parse_number(copy.view());
      ASSERT_LE(parsed.offset, size) << row.escaped;
      ASSERT_TRUE(test::same_result(parsed, test::reference_parse(copy.view())))
          << row.escaped << " cut at " << size;
    }
}

TEST(Bounds, TheLongestTextsAreReadAndOneByteMoreIsNot) {
  const std::string number = "京ICP备12004567号-1A";
  const std::string widest = std::string(512 - number.size(), ' ') + number;
  EXPECT_TRUE(parse_number(widest).is_number());
  EXPECT_EQ(parse_number(" " + widest).reason, MalformedReason::kTooLong);
}

TEST(Bounds, CharactersThatFoldToManyFit) {
  // U+33AF folds to four characters; U+FDFA would fold to eighteen.
  for (const std::string_view character : {"\u33AF", "\uFDFA", "\u00BD", "\u0132"}) {
    std::string text;
    while (text.size() + character.size() <= 512) text += character;
    EXPECT_EQ(parse_number(text).outcome, ParsedNumber::Outcome::kMalformed);
  }
}

}  // namespace
}  // namespace beian
