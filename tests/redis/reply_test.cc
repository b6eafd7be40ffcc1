// Replies come from whoever answers at an address: what is well-formed is read however it was cut,
// and what is not is refused before memory is allocated for it.
#include "cache/redis/reply.h"

#include <gtest/gtest.h>

#include <ostream>

#include "cache/base/limits.h"

using namespace std::string_literals;

namespace beian::cache {

void PrintTo(const Reply& reply, std::ostream* out) {
  *out << name_of(reply.type) << ' ' << reply.integer << ' ' << reply.text.substr(0, 80) << " [";
  for (const Reply& element : reply.elements) PrintTo(element, out);
  *out << ']';
}

namespace {

struct Good {
  const char* name;
  std::string bytes;
  Reply want;
};

// The reply to XREAD with one batch, as deep as replies of ours get.
const Reply kXread = Reply::array({Reply::array(
    {Reply::of("s"),
     Reply::array({Reply::array(
         {Reply::of("7-0"),
          Reply::array({Reply::of("batch"), Reply::of(std::string("\0\r\n", 3))})})})})});

std::vector<Good> good_replies() {
  return {
      {"status", "+OK\r\n", Reply::status("OK")},
      {"empty_status", "+\r\n", Reply::status("")},
      {"error", "-WRONGTYPE Operation against\r\n", Reply::error("WRONGTYPE Operation against")},
      {"integer", ":-9223372036854775808\r\n", Reply::of(INT64_MIN)},
      {"text", "$5\r\na\r\nbc\r\n", Reply::of("a\r\nbc")},
      {"empty_text", "$0\r\n\r\n", Reply::of("")},
      {"nil_text", "$-1\r\n", Reply::nil()},
      {"nil_array", "*-1\r\n", Reply::nil()},
      {"empty_array", "*0\r\n", Reply::array({})},
      {"array", "*3\r\n:1\r\n$-1\r\n-ERR x\r\n",
       Reply::array({Reply::of(1), Reply::nil(), Reply::error("ERR x")})},
      {"array_of_empty", "*2\r\n*0\r\n*0\r\n", Reply::array({Reply::array({}), Reply::array({})})},
      {"xread",
       "*1\r\n*2\r\n$1\r\ns\r\n*1\r\n*2\r\n$3\r\n7-0\r\n*2\r\n$5\r\nbatch\r\n"
       "$3\r\n\0\r\n\r\n"s,
       kXread},
  };
}

TEST(Reply, IsReadWhole) {
  for (const Good& row : good_replies()) {
    SCOPED_TRACE(row.name);
    ReplyParser parser;
    ASSERT_TRUE(parser.feed(row.bytes));
    auto reply = parser.next();
    ASSERT_TRUE(reply) << reply.error().message;
    ASSERT_TRUE(*reply);
    EXPECT_EQ(**reply, row.want);
    auto more = parser.next();
    ASSERT_TRUE(more);
    EXPECT_FALSE(*more);
  }
}

TEST(Reply, IsReadHoweverItIsCutAndIsNotReadBeforeItsEnd) {
  for (const Good& row : good_replies()) {
    SCOPED_TRACE(row.name);
    for (std::size_t cut = 0; cut < row.bytes.size(); ++cut) {
      ReplyParser parser;
      ASSERT_TRUE(parser.feed(row.bytes.substr(0, cut)));
      auto half = parser.next();
      ASSERT_TRUE(half);
      EXPECT_FALSE(*half) << "whole after " << cut << " bytes";
      ASSERT_TRUE(parser.feed(row.bytes.substr(cut)));
      auto whole = parser.next();
      ASSERT_TRUE(whole && *whole) << cut;
      EXPECT_EQ(**whole, row.want);
    }
  }
}

TEST(Reply, ComesByteByByteAndOneBehindTheOther) {
  std::string bytes;
  for (const Good& row : good_replies()) bytes += row.bytes;
  ReplyParser parser;
  std::vector<Reply> replies;
  for (const char byte : bytes) {
    ASSERT_TRUE(parser.feed({&byte, 1}));
    auto reply = parser.next();
    ASSERT_TRUE(reply);
    if (*reply) replies.push_back(std::move(**reply));
  }
  ASSERT_EQ(replies.size(), good_replies().size());
  for (std::size_t i = 0; i < replies.size(); ++i) EXPECT_EQ(replies[i], good_replies()[i].want);
}

struct Bad {
  const char* name;
  std::string bytes;
  const char* want;
};

TEST(Reply, HostileBytesAreRefusedWithTheirPlace) {
  const std::string digits(30, '9');
  std::string deep;
  for (std::size_t i = 0; i <= limits::kRedisDepthMax; ++i) deep += "*1\r\n";
  const Bad rows[] = {
      {"garbage", "HTTP/1.1 400 Bad Request\r\n", "reply byte 1: not RESP2"},
      {"tls_alert", "\x15\x03\x01", "reply byte 1: not RESP2"},
      {"resp3_map", "%1\r\n", "reply byte 1: not RESP2"},
      {"huge_text", "$9223372036854775807\r\n", "reply byte 22: a text longer than any of ours"},
      {"text_beyond_bound", "$" + std::to_string(limits::kRedisBulkBytesMax + 1) + "\r\n",
       "reply byte 10: a text longer than any of ours"},
      {"overflowing_text", "$18446744073709551617\r\n", "reply byte 23: not a number"},
      {"many_digits", "$" + digits + "\r\n", "reply byte 26: a number of too many digits"},
      {"negative_text", "$-2\r\n", "reply byte 5: a negative length"},
      {"negative_array", "*-2147483648\r\n", "reply byte 14: a negative length"},
      {"huge_array", "*2147483647\r\n", "reply byte 13: more elements than any reply of ours"},
      {"huge_array_inside", "*2\r\n*65535\r\n",
       "reply byte 12: more elements than any reply of ours"},
      {"deep", deep, "reply byte 32: arrays nested too deep"},
      {"no_number", "$\r\n", "reply byte 3: not a number"},
      {"plus_sign", ":+1\r\n", "reply byte 5: not a number"},
      {"blank", ": 1\r\n", "reply byte 5: not a number"},
      {"minus_zero", "$-0\r\n", "reply byte 5: not a number"},
      {"zero_in_front", ":007\r\n", "reply byte 6: not a number"},
      {"hex", "$0x10\r\n", "reply byte 7: not a number"},
      {"bare_line_feed", "+OK\n", "reply byte 4: a line feed without a carriage return"},
      {"bare_return", "+OK\rx", "reply byte 5: a carriage return without a line feed"},
      {"text_too_long", "$1\r\nabc\r\n", "reply byte 6: a text longer than it said"},
      {"text_half_ended", "$1\r\na\rb", "reply byte 7: a text longer than it said"},
      {"long_line", "+" + std::string(limits::kRedisLineBytesMax + 1, 'x'),
       "reply byte 65538: a line that is too long"},
  };
  for (const Bad& row : rows) {
    SCOPED_TRACE(row.name);
    ReplyParser parser;
    const auto fed = parser.feed(row.bytes);
    ASSERT_FALSE(fed);
    EXPECT_EQ(fed.error().kind, ErrorKind::kBadInput);
    EXPECT_EQ(fed.error().message, row.want);
    const auto next = parser.next();
    ASSERT_FALSE(next) << "it goes on after an error";
    EXPECT_EQ(next.error().message, row.want);
    EXPECT_FALSE(parser.feed("+OK\r\n")) << "nothing that follows is believed";
  }
}

// Each text is within the bound for one, but together they exceed the bound for a reply.
TEST(Reply, ManyTextsTogetherAreBoundedToo) {
  const std::string one = "$" + std::to_string(limits::kRedisBulkBytesMax) + "\r\n" +
                          std::string(limits::kRedisBulkBytesMax, 'x') + "\r\n";
  ReplyParser parser;
  ASSERT_TRUE(parser.feed("*100\r\n"));
  std::size_t taken = 0;
  while (taken < 100 && parser.feed(one)) ++taken;
  EXPECT_LT(taken, 9U);
}

// With any single byte changed, a reply is either still RESP or refused. Sanitizers watch.
TEST(Reply, EveryChangedByteIsReadOrRefused) {
  for (const Good& row : good_replies()) {
    for (std::size_t at = 0; at < row.bytes.size(); ++at) {
      for (int value = 0; value < 256; value += 5) {
        std::string bytes = row.bytes;
        bytes[at] = static_cast<char>(value);
        ReplyParser parser;
        if (!parser.feed(bytes)) continue;
        for (int i = 0; i < 10; ++i) {
          const auto reply = parser.next();
          ASSERT_TRUE(reply) << row.name << " byte " << at
                             << ": the guard took what hiredis did not: " << reply.error().message;
          if (!*reply) break;
        }
      }
    }
  }
}

TEST(Reply, ErrorsAreKnownByTheirFirstWord) {
  EXPECT_TRUE(Reply::error("MOVED 1 a:1").is_error("MOVED"));
  EXPECT_TRUE(Reply::error("EXECABORT").is_error("EXECABORT"));
  EXPECT_FALSE(Reply::error("MOVEDX 1").is_error("MOVED"));
  EXPECT_FALSE(Reply::of("MOVED 1").is_error("MOVED"));
}

TEST(Command, IsWrittenWithLengths) {
  std::string out;
  append_command({"SET", "k", std::string("a\0\r\n", 4)}, &out);
  EXPECT_EQ(out, "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$4\r\na\0\r\n\r\n"s);
}

}  // namespace
}  // namespace beian::cache
