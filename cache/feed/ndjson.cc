// The NDJSON dialect: one JSON object a line. Blank lines are skipped, CRLF is accepted.
#include "cache/feed/json_record.h"
#include "cache/feed/session.h"

namespace beian::cache {

LineReader::Outcome read_ndjson(LineReader* lines, FeedSession* session) {
  JsonRecordParser parser;
  FeedRecord record;
  RowFault fault;
  std::string_view line;
  for (;;) {
    const auto outcome = lines->next(&line);
    if (outcome == LineReader::Outcome::kTooLong) {
      if (!session->report({lines->line_number(), 0, "longer than a line may be"})) return outcome;
      continue;
    }
    if (outcome != LineReader::Outcome::kLine) return outcome;
    const std::string_view row = without_carriage_return(line);
    if (is_blank(row)) continue;
    if (parser.parse(row, &record, &fault)) {
      session->emit(std::move(record));
    } else {
      const std::uint64_t column = fault.offset ? *fault.offset + 1 : 0;
      if (!session->report({lines->line_number(), column, std::move(fault.what)})) return outcome;
    }
  }
}

}  // namespace beian::cache
