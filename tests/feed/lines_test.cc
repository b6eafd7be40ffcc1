#include "cache/feed/lines.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <thread>
#include <vector>

#include "cache/base/limits.h"

namespace beian::cache {
namespace {

using Outcome = LineReader::Outcome;

std::vector<std::string> lines_of(LineReader reader) {
  std::vector<std::string> lines;
  std::string_view line;
  for (;;) {
    const Outcome outcome = reader.next(&line);
    if (outcome == Outcome::kEnd) return lines;
    lines.push_back(outcome == Outcome::kLine ? std::string(line) : "<too long>");
    EXPECT_EQ(reader.line_number(), lines.size());
  }
}

// The same bytes through a pipe, `step` at a time, so that reads end at any byte.
std::vector<std::string> lines_through_pipe(const std::string& text, std::size_t step) {
  std::array<int, 2> ends{};
  EXPECT_EQ(::pipe(ends.data()), 0);
  std::thread writer([&] {
    for (std::size_t at = 0; at < text.size(); at += step) {
      const std::string part = text.substr(at, step);
      EXPECT_EQ(::write(ends[1], part.data(), part.size()), static_cast<ssize_t>(part.size()));
    }
    ::close(ends[1]);
  });
  auto lines = lines_of(LineReader(ends[0]));
  writer.join();
  ::close(ends[0]);
  return lines;
}

struct Row {
  const char* name;
  std::string text;
  std::vector<std::string> want;
};
std::ostream& operator<<(std::ostream& out, const Row& row) {
  return out << row.name;
}

class Lines : public ::testing::TestWithParam<Row> {};

TEST_P(Lines, AreTheSameFromMemoryAndFromAPipeCutAnywhere) {
  EXPECT_EQ(lines_of(LineReader(std::string_view(GetParam().text))), GetParam().want);
  for (const std::size_t step : {1U, 2U, 7U, 4096U})
    EXPECT_EQ(lines_through_pipe(GetParam().text, step), GetParam().want) << step;
}

INSTANTIATE_TEST_SUITE_P(
    Table, Lines,
    ::testing::Values(Row{"empty", "", {}}, Row{"one", "a\n", {"a"}},
                      Row{"last_newline_missing", "a\nb", {"a", "b"}},
                      Row{"blank_lines_count", "\n\na\n", {"", "", "a"}},
                      Row{"carriage_return_stays", "a\r\n", {"a\r"}},
                      Row{"mark_at_the_start_is_skipped",
                          "\xEF\xBB\xBF"
                          "a\n",
                          {"a"}},
                      Row{"mark_later_stays",
                          "a\n\xEF\xBB\xBF"
                          "b\n",
                          {"a",
                           "\xEF\xBB\xBF"
                           "b"}},
                      Row{"mark_alone", "\xEF\xBB\xBF", {}},
                      Row{"two_bytes_of_a_mark", "\xEF\xBB", {"\xEF\xBB"}},
                      Row{"nul_is_a_byte", std::string("a\0b\n", 4), {std::string("a\0b", 3)}}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Lines, LongestLineIsReadAndOneByteMoreIsSkippedWhole) {
  const std::string longest(limits::kFeedLineBytesMax, 'x');
  const std::string text = longest + "\n" + longest + "y\nafter\n" + longest + longest + longest;
  const std::vector<std::string> want = {longest, "<too long>", "after", "<too long>"};
  EXPECT_EQ(lines_of(LineReader(std::string_view(text))), want);
  EXPECT_EQ(lines_through_pipe(text, 65536), want);
}

TEST(Lines, UnreadableDescriptorFails) {
  std::string_view line;
  EXPECT_EQ(LineReader(-2 + 1000000).next(&line), Outcome::kFailed);
}

}  // namespace
}  // namespace beian::cache
