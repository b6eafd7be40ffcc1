// The CSV dialect: a header row, then one record a row; csv_columns.h says what the cells hold.
//
// A service with several platforms is either one row with a `platforms` cell, or consecutive rows
// with the same id, each with its own `os`, `package`, …: the last row supplies the other fields,
// all rows supply platforms. Rows of one id that are not consecutive replace each other, as in
// every dialect.
#include <utility>

#include "cache/base/limits.h"
#include "cache/feed/csv_columns.h"
#include "cache/feed/csv_row.h"
#include "cache/feed/json_record.h"
#include "cache/feed/session.h"

namespace beian::cache {
namespace {

using Outcome = LineReader::Outcome;

class CsvFeed {
 public:
  CsvFeed(LineReader* lines, FeedSession* session) : lines_(lines), session_(session) {}

  Outcome read() {
    Outcome outcome = next_row();
    if (outcome != Outcome::kLine) return outcome;
    if (!read_header()) return outcome;
    for (;;) {
      outcome = next_row();
      if (outcome == Outcome::kEnd && !session_->has_failed()) flush();
      if (outcome != Outcome::kLine || !read_row()) return outcome;
    }
  }

 private:
  Outcome next_row();
  bool read_header();
  bool read_row();
  bool hold(bool is_flat);
  void flush();

  bool report(const CsvPlace& place, std::string what) {
    return session_->report({first_line_ + place.line, place.column, std::move(what)});
  }

  LineReader* lines_;
  FeedSession* session_;
  CsvColumns columns_;
  JsonRecordParser parser_;
  std::string row_;               // text of the row, including line breaks inside quotes
  std::uint64_t first_line_ = 0;  // of the row
  std::vector<CsvCell> cells_;
  std::string json_;
  FeedRecord record_;
  std::optional<ServiceRecord> held_;  // may get more platforms from the next row
};

// Reads the next row that is not blank into row_. A row that is too long, or a quote that is never
// closed, ends the feed whatever the allowance, and so does a fault in quotes that span lines
// (read_row()): the rows it swallowed would be lost in silence.
Outcome CsvFeed::next_row() {
  std::string_view line;
  for (;;) {
    Outcome outcome = lines_->next(&line);
    first_line_ = lines_->line_number();
    if (outcome == Outcome::kLine && is_blank(line)) continue;
    row_.assign(without_carriage_return(line));
    bool is_open = ends_inside_quotes(line);
    if (is_open) row_.assign(line);
    while (outcome == Outcome::kLine && is_open) {
      outcome = lines_->next(&line);
      if (outcome == Outcome::kLine && row_.size() + line.size() > limits::kFeedLineBytesMax)
        outcome = Outcome::kTooLong;
      if (outcome != Outcome::kLine) break;
      const bool closes = ends_inside_quotes(line);
      row_.append("\n").append(closes ? without_carriage_return(line) : line);
      is_open = !closes;
    }
    if (outcome == Outcome::kTooLong)
      session_->fail({first_line_, 0, "a row longer than a line may be"});
    if (outcome == Outcome::kEnd && is_open)
      session_->fail({first_line_, 0, "a quote of this row is never closed"});
    return outcome;
  }
}

bool CsvFeed::read_header() {
  const CsvSplit split = split_csv_row(row_, &cells_);
  if (split.fault) {
    session_->fail({first_line_ + split.fault->place.line, split.fault->place.column,
                    std::string(split.fault->what)});
    return false;
  }
  if (const auto fault = columns_.read(cells_, split.count)) {
    const CsvPlace& place = cells_[fault->cell].place;
    session_->fail({first_line_ + place.line, place.column, fault->what});
    return false;
  }
  return true;
}

bool CsvFeed::read_row() {
  const CsvSplit split = split_csv_row(row_, &cells_);
  if (split.fault) {
    std::string what(split.fault->what);
    if (row_.find('\n') == std::string::npos) return report(split.fault->place, std::move(what));
    session_->fail({first_line_ + split.fault->place.line, split.fault->place.column, what});
    return false;
  }
  if (split.count != columns_.count())
    return report({}, std::to_string(split.count) + " cells under a header of " +
                          std::to_string(columns_.count()));
  json_.clear();
  if (const auto fault = columns_.to_json(cells_, &json_))
    return report(cells_[fault->cell].place, fault->what);
  const std::size_t bytes = json_.size();
  json_.append(LineReader::kPaddingBytes, '\0');
  RowFault fault;
  if (parser_.parse(std::string_view(json_).substr(0, bytes), &record_, &fault))
    return hold(columns_.has_flat_platform(cells_));
  const auto cell = columns_.cell_of(fault.pointer, cells_);
  return report(cell ? cells_[*cell].place : CsvPlace{}, std::move(fault.what));
}

// Hands the record on, but holds back a service with a platform of its own until the next row.
bool CsvFeed::hold(bool is_flat) {
  auto* service = std::get_if<ServiceRecord>(&record_);
  if (service == nullptr || !is_flat) {
    flush();
    session_->emit(std::move(record_));
    return true;
  }
  if (held_ && held_->id == service->id) {
    auto& platforms = *held_->platforms;
    if (platforms.size() >= limits::kFeedPlatformsMax)
      return report({}, "more platforms than a service may have");
    platforms.push_back(std::move(service->platforms->front()));
    service->platforms = std::move(held_->platforms);
  } else {
    flush();
  }
  held_ = std::move(*service);
  return true;
}

void CsvFeed::flush() {
  if (held_) session_->emit(std::move(*held_));
  held_.reset();
}

}  // namespace

LineReader::Outcome read_csv(LineReader* lines, FeedSession* session) {
  return CsvFeed(lines, session).read();
}

}  // namespace beian::cache
