#include "cache/feed/csv_row.h"

#include <algorithm>

namespace beian::cache {
namespace {

// How much is kept from one row for the next. The long cell is not the same one in every row, so
// without a limit the cells for a small file could grow to gigabytes.
constexpr std::size_t kCellsKept = 1'024;
constexpr std::size_t kCellBytesKept = 1'024;

void make_ready(CsvCell* cell) {
  cell->text.clear();
  if (cell->text.capacity() > kCellBytesKept) cell->text.shrink_to_fit();
}

// Walks over a row and keeps track of its place.
class Cursor {
 public:
  explicit Cursor(std::string_view row) : row_(row) {}

  bool is_at_end() const { return at_ == row_.size(); }
  char peek() const { return row_[at_]; }
  bool sees(char c) const { return at_ < row_.size() && row_[at_] == c; }
  char take() {
    const char c = row_[at_++];
    if (c == '\n') {
      ++line_;
      line_start_ = at_;
    }
    return c;
  }
  CsvPlace place() const { return {line_, at_ - line_start_ + 1}; }

 private:
  std::string_view row_;
  std::size_t at_ = 0;
  std::size_t line_start_ = 0;
  std::uint64_t line_ = 0;
};

std::optional<CsvFault> take_quoted(Cursor* cursor, std::string* text) {
  const CsvPlace opening = cursor->place();
  cursor->take();
  while (!cursor->is_at_end()) {
    const char c = cursor->take();
    if (c != '"') {
      text->push_back(c);
    } else if (cursor->sees('"')) {
      text->push_back(cursor->take());
    } else {
      if (cursor->is_at_end() || cursor->sees(',')) return std::nullopt;
      return CsvFault{cursor->place(), "text behind the closing quote of a cell"};
    }
  }
  return CsvFault{opening, "a quote that is never closed"};
}

std::optional<CsvFault> take_plain(Cursor* cursor, std::string* text) {
  while (!cursor->is_at_end() && !cursor->sees(',')) {
    if (cursor->sees('"')) return CsvFault{cursor->place(), "a quote inside a cell without quotes"};
    text->push_back(cursor->take());
  }
  return std::nullopt;
}

}  // namespace

bool ends_inside_quotes(std::string_view row) noexcept {
  return std::count(row.begin(), row.end(), '"') % 2 != 0;
}

CsvSplit split_csv_row(std::string_view row, std::vector<CsvCell>* cells) {
  if (cells->size() > kCellsKept) {
    cells->resize(kCellsKept);
    cells->shrink_to_fit();
  }
  Cursor cursor(row);
  CsvSplit split;
  for (;;) {
    if (cells->size() == split.count) cells->emplace_back();
    CsvCell& cell = (*cells)[split.count++];
    make_ready(&cell);
    cell.place = cursor.place();
    cell.is_quoted = cursor.sees('"');
    split.fault =
        cell.is_quoted ? take_quoted(&cursor, &cell.text) : take_plain(&cursor, &cell.text);
    if (split.fault || cursor.is_at_end()) return split;
    cursor.take();  // the comma
  }
}

}  // namespace beian::cache
