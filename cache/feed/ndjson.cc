// The NDJSON dialect: one JSON object a line. Blank lines are skipped, CRLF is accepted.
#include <array>
#include <cerrno>
#include <utility>

#include "cache/feed/row_batches.h"
#include "cache/feed/session.h"

namespace beian::cache {
namespace {

using Outcome = LineReader::Outcome;

// In flight at once: enough that no thread waits for the one that hands records on.
constexpr std::size_t kBatches = 8;

// Reads rows until the batch is full. Returns kLine when there may be more.
Outcome fill(LineReader* lines, RowBatch* batch) {
  batch->clear();
  std::string_view line;
  while (!batch->is_full()) {
    const Outcome outcome = lines->next(&line);
    if (outcome == Outcome::kTooLong) {
      batch->add_refused("longer than a line may be", lines->line_number());
    } else if (outcome == Outcome::kLine) {
      const std::string_view row = without_carriage_return(line);
      if (!is_blank(row)) batch->add(row, lines->line_number());
    } else {
      return outcome;
    }
  }
  return Outcome::kLine;
}

// Returns false when the reading has to end.
bool hand_on(RowBatch* batch, FeedSession* session) {
  for (RowBatch::Row& row : batch->rows()) {
    if (!row.is_refused) {
      session->emit(std::move(row.record));
      continue;
    }
    const std::uint64_t column = row.fault.offset ? *row.fault.offset + 1 : 0;
    if (!session->report({row.line, column, std::move(row.fault.what)})) return false;
  }
  return true;
}

}  // namespace

LineReader::Outcome read_ndjson(LineReader* lines, FeedSession* session) {
  std::array<RowBatch, kBatches> batches;  // a ring; outlives the threads that parse them
  RowParsers parsers;
  std::size_t filled = 0;
  std::size_t handed_on = 0;
  Outcome outcome = Outcome::kLine;
  int error = 0;  // of a failed read; the rows before it are handed on first
  for (;;) {
    while (outcome == Outcome::kLine && filled - handed_on < kBatches) {
      RowBatch& batch = batches[filled++ % kBatches];
      outcome = fill(lines, &batch);
      if (outcome == Outcome::kFailed) error = errno;
      if (outcome == Outcome::kLine) parsers.start();
      parsers.push(&batch);
    }
    if (handed_on == filled) break;
    RowBatch& oldest = batches[handed_on++ % kBatches];
    parsers.await(&oldest);
    if (!hand_on(&oldest, session)) return Outcome::kLine;
  }
  errno = error;
  return outcome;
}

}  // namespace beian::cache
