// Any bytes as a feed, in each dialect. Oracles: an accepted record renders to a line that is
// accepted again and renders the same; with an unlimited allowance for bad rows, each line is a
// record, a problem or blank, so none is lost; problems lie inside the text.
#include <algorithm>
#include <cstdlib>
#include <limits>
#include <memory>
#include <string>

#include "cache/feed/feed.h"
#include "cache/feed/render.h"

namespace {

using namespace beian;
using namespace beian::cache;

void require(bool condition) {
  if (!condition) std::abort();
}

void read_back(const FeedRecord& record) {
  const std::string line = to_ndjson(record);
  std::string again;
  const auto stats =
      read_feed_text(line, "line", {}, [&](FeedRecord&& same) { again = to_ndjson(same); }, {});
  require(stats.has_value() && again == line);
}

void read(std::string_view text, Dialect dialect) {
  std::uint64_t records = 0;
  std::uint64_t problems = 0;
  const FeedOptions options{dialect, std::numeric_limits<std::uint64_t>::max()};
  const auto stats = read_feed_text(
      text, "input", options,
      [&](FeedRecord&& record) {
        ++records;
        read_back(record);
      },
      [&](const FeedProblem& problem) {
        ++problems;
        require(problem.line >= 1 && problem.column <= text.size() + 1 && !problem.message.empty());
      });
  require(stats.has_value() || dialect != Dialect::kNdjson);
  if (!stats) return;
  require(stats->bad_lines == problems);
  require(stats->subjects + stats->services + stats->deletes == records);
  if (dialect == Dialect::kNdjson) require(records + problems <= stats->lines);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto exact = std::make_unique<char[]>(size);  // its own block, so ASan sees over-reads
  std::copy(data, data + size, reinterpret_cast<std::uint8_t*>(exact.get()));
  for (const Dialect dialect : {Dialect::kNdjson, Dialect::kCsv, Dialect::kMiit})
    read({exact.get(), size}, dialect);
  return 0;
}
