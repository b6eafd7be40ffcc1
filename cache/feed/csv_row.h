// Splits one row of a CSV file (RFC 4180) into cells, each with its place.
//
// A cell may be quoted; inside quotes `""` is a quote, and line breaks belong to the cell. A quote
// anywhere else is a fault, because what it meant can only be guessed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace beian::cache {

struct CsvPlace {
  std::uint64_t line = 0;    // lines below the first line of the row
  std::uint64_t column = 0;  // from 1, in bytes of that line
};

struct CsvCell {
  std::string text;
  CsvPlace place;
  bool is_quoted = false;
};

struct CsvFault {
  CsvPlace place;
  std::string_view what;
};

// True when `row` ends inside quotes, so that the next line of the file belongs to it.
bool ends_inside_quotes(std::string_view row) noexcept;

// Splits `row`, which has no line break at its end. Cells beyond the returned count are left over
// from earlier rows, so that small buffers are reused.
struct CsvSplit {
  std::size_t count = 0;
  std::optional<CsvFault> fault;
};
CsvSplit split_csv_row(std::string_view row, std::vector<CsvCell>* cells);

}  // namespace beian::cache
