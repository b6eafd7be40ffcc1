// Chunk-size lines and trailers alone; what they mean for whole requests is in messages.cc.
#include "gate/http/chunk_check.h"

#include <gtest/gtest.h>

namespace beian::http {
namespace {

TEST(ChunkLine, GivesSizeAndBytes) {
  const ChunkLine first = check_chunk_line("1A;x\r\nrest", true, {});
  EXPECT_EQ(first.progress, Progress::kComplete);
  EXPECT_EQ(first.size, 26u);
  EXPECT_EQ(first.bytes, 6u);
  const ChunkLine second = check_chunk_line("\r\n1A\r\nrest", false, {});
  EXPECT_EQ(second.size, 26u);
  EXPECT_EQ(second.bytes, 6u);
}

TEST(ChunkLine, LastOneReachesToTheEndOfItsTrailers) {
  const ChunkLine last = check_chunk_line("0\r\nA: b\r\n\r\nGET", true, {});
  EXPECT_EQ(last.progress, Progress::kComplete);
  EXPECT_EQ(last.size, 0u);
  EXPECT_EQ(last.bytes, 11u);
}

TEST(ChunkLine, EveryPrefixOfAValidOneWantsMore) {
  constexpr std::string_view kLine = "\r\n0;a=b\r\nA: b\r\nC: d\r\n\r\n";
  for (std::size_t size = 0; size < kLine.size(); ++size) {
    EXPECT_EQ(check_chunk_line(kLine.substr(0, size), false, {}).progress, Progress::kNeedMore)
        << size;
  }
}

TEST(ChunkLine, LargestSizeIsReadExactly) {
  EXPECT_EQ(check_chunk_line("ffffffffffffffff\r\n", true, {}).size, UINT64_MAX);
  EXPECT_EQ(check_chunk_line("0ffffffffffffffff\r\n", true, {}).progress, Progress::kRefused);
}

TEST(ChunkLine, LimitIsTheSameWhetherComplete) {
  ServerLimits limits;
  limits.chunk_line_bytes_max = 8;
  EXPECT_EQ(check_chunk_line("5;aaaaaa\r", true, limits).progress, Progress::kNeedMore);
  EXPECT_EQ(check_chunk_line("5;aaaaaa\r\n", true, limits).progress, Progress::kComplete);
  EXPECT_EQ(check_chunk_line("5;aaaaaaa\r\n", true, limits).progress, Progress::kRefused);
  EXPECT_EQ(check_chunk_line("5;aaaaaaaa", true, limits).progress, Progress::kRefused);
}

}  // namespace
}  // namespace beian::http
