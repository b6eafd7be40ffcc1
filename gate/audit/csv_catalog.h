// Converts rows of a CSV catalog to the JSON of check requests, so that one reader judges all rows.
//
// The header names the fields as in a query string, dotted or bare (`filing_number,name,…`);
// unknown columns are ignored and reported. An empty cell means that the field is not given, except
// that `""` in displayed_number says that nothing is displayed. Lists are split at `;` and `,`.
// Immutable after creation; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cache/base/result.h"
#include "cache/feed/csv_row.h"
#include "gate/wire/fields.h"
#include "gate/wire/problem.h"

namespace beian::audit {

// A name or cell without the surrounding blanks and line breaks.
std::string_view trimmed(std::string_view cell) noexcept;
// The flag in a cell: `true` and `false` in any case, since spreadsheets write TRUE; also 1 and 0,
// as in queries, whose names the columns share.
std::optional<bool> flag_of(std::string_view cell) noexcept;

class CsvCatalog {
 public:
  // kBadInput names the column: malformed quotes, a repeated column, or no `operation`.
  [[nodiscard]] static Result<CsvCatalog> create(std::string_view header);

  // The columns that are no field of a check request, verbatim.
  const std::vector<std::string>& unknown() const noexcept { return unknown_; }

  // Replaces `json` with the row's request. `cells` is scratch space. On false, `problem` says why.
  bool to_json(std::string_view row, std::vector<cache::CsvCell>* cells, std::string* json,
               wire::Problem* problem) const;

  // Rewords `problem`, which a reader found in the JSON of these cells, in terms of the cell:
  // there, an invalid flag or number is text, as every cell is.
  void explain(const std::vector<cache::CsvCell>& cells, wire::Problem* problem) const;

 private:
  struct Column {
    std::size_t cell = 0;
    const wire::FieldSpec* field = nullptr;
    std::string name;  // as in the header
  };

  std::vector<Column> columns_;  // the known ones; those of one JSON object are adjacent
  std::size_t cell_count_ = 0;   // in the header
  std::vector<std::string> unknown_;
};

}  // namespace beian::audit
