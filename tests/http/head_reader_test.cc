// HeadReader alone; what it means for whole requests is in messages.cc.
#include "gate/http/head_reader.h"

#include <gtest/gtest.h>

#include <string>

namespace beian::http {
namespace {

constexpr std::string_view kHead = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";

TEST(HeadReader, TellsWhereTheHeadStartsAndEnds) {
  const ServerLimits limits;
  HeadReader check(limits);
  const std::string bytes = "\r\n\r\n" + std::string(kHead) + "body";
  ASSERT_EQ(check.advance(bytes), Progress::kComplete);
  EXPECT_EQ(check.start(), 4u);
  EXPECT_EQ(check.end(), 4 + kHead.size());
}

TEST(HeadReader, WantsMoreUntilTheEmptyLineIsComplete) {
  const ServerLimits limits;
  HeadReader check(limits);
  for (std::size_t size = 0; size < kHead.size(); ++size) {
    ASSERT_EQ(check.advance(kHead.substr(0, size)), Progress::kNeedMore) << size;
  }
  EXPECT_EQ(check.advance(kHead), Progress::kComplete);
}

TEST(HeadReader, IsAsNewAfterReset) {
  const ServerLimits limits;
  HeadReader check(limits);
  ASSERT_EQ(check.advance(kHead), Progress::kComplete);
  check.reset();
  EXPECT_EQ(check.advance(kHead.substr(0, 5)), Progress::kNeedMore);
  EXPECT_EQ(check.advance(kHead), Progress::kComplete);
}

// A head of exactly the limit passes, one byte more does not, however the bytes arrive.
TEST(HeadReader, LimitCountsEveryByteOfTheHead) {
  ServerLimits limits;
  limits.head_bytes_max = kHead.size();
  HeadReader exact(limits);
  EXPECT_EQ(exact.advance(kHead), Progress::kComplete);
  limits.head_bytes_max = kHead.size() - 1;
  HeadReader whole(limits);
  ASSERT_EQ(whole.advance(kHead), Progress::kRefused);
  EXPECT_EQ(whole.refusal().status, 431u);
  HeadReader pieces(limits);
  EXPECT_EQ(pieces.advance(kHead.substr(0, kHead.size() - 1)), Progress::kNeedMore);
  ASSERT_EQ(pieces.advance(kHead), Progress::kRefused);
  EXPECT_EQ(pieces.refusal().status, 431u);
}

TEST(HeadReader, FirstWrongLineDecides) {
  const ServerLimits limits;
  HeadReader check(limits);
  ASSERT_EQ(check.advance("GET / HTTP/2.0\r\nX : a\r\n\r\n"), Progress::kRefused);
  EXPECT_EQ(check.refusal().status, 505u);
}

// Every byte at every place in a field line: accepted exactly where the grammar allows it.
TEST(FieldLine, EveryByteIsJudgedByItsPlace) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  for (int value = 0; value < 256; ++value) {
    const char c = static_cast<char>(value);
    const bool is_alphanumeric =
        (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    const bool is_token = is_alphanumeric || kMarks.find(c) != std::string_view::npos;
    const bool is_text = value == '\t' || (value >= 0x20 && value != 0x7F);
    EXPECT_EQ(fault_of_field_line(std::string("a") + c + "b: v").empty(), is_token || c == ':')
        << value;
    EXPECT_EQ(fault_of_field_line(std::string("a: v") + c + "w").empty(), is_text) << value;
  }
}

}  // namespace
}  // namespace beian::http
