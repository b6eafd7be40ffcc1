// Goal: the pen writes what appending would, wherever its buffer ends. Method: the same pieces
// after prefixes of every length around the buffer size, against std::string.
#include "cache/base/pen.h"

#include <gtest/gtest.h>

namespace beian {
namespace {

constexpr std::string_view kPieces = R"(lit|京|"a\"b\n京\u2028"|0|18446744073709551615|2026-01-02|)"
                                     R"(2026-01-02T03:04:05Z|abc)";

void write_pieces(Pen* pen) {
  pen->literal("lit|");
  pen->text("京|");
  pen->json_string("a\"b\n京\u2028");
  pen->literal("|");
  pen->unsigned_integer(0);
  pen->literal("|");
  pen->unsigned_integer(~std::uint64_t{0});
  pen->literal("|");
  pen->day(*parse_day("2026-01-02"));
  pen->literal("|");
  pen->instant(*parse_instant("2026-01-02T03:04:05Z"));
  pen->literal("|");
  pen->printed(8, [](char* out) {
    std::memcpy(out, "abcdefgh", 8);  // more than it reports as written
    return out + 3;
  });
}

TEST(Pen, WritesTheSameWhereverTheRoomEnds) {
  for (std::size_t before = 0; before < 2'100; ++before) {
    std::string out = "kept ";
    {
      Pen pen(&out);
      pen.text(std::string(before, 'x'));
      write_pieces(&pen);
    }
    ASSERT_EQ(out, "kept " + std::string(before, 'x') + std::string(kPieces)) << before;
  }
}

TEST(Pen, LeavesAStringAloneThatItWritesNothingTo) {
  std::string out = "kept";
  { Pen pen(&out); }
  EXPECT_EQ(out, "kept");
}

TEST(Pen, WhatIsCutWasNeverThere) {
  std::string out = "a";
  {
    Pen pen(&out);
    const std::size_t size = pen.size();
    pen.text(std::string(3'000, 'x'));
    EXPECT_EQ(pen.since(size).size(), 3'000U);
    pen.cut(size);
    EXPECT_TRUE(pen.since(size).empty());
    pen.literal("b");
  }
  EXPECT_EQ(out, "ab");
}

TEST(Pen, EscapesLongTextsFromOutside) {
  std::string out;
  {
    Pen pen(&out);
    pen.json_text(std::string(5'000, '\n'));
    pen.json_text("\xFF");
  }
  ASSERT_EQ(out.size(), 10'003U);
  EXPECT_EQ(out.substr(9'998), "\\n\uFFFD");
}

}  // namespace
}  // namespace beian
