// Rows of a CSV catalog as the JSON of check requests, so that one reader judges all rows.
//
// The header names the fields as a query string does, dotted or bare (`filing_number,name,…`);
// unknown columns are ignored, and told. An empty cell is a field that is not given, but `""` in
// displayed_number says that nothing is displayed. Lists are split at `;` and `,`. Immutable after
// creation; any thread.
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

// A name or cell without the blanks and line breaks around it.
std::string_view trimmed(std::string_view cell) noexcept;
// What a cell says of a flag: `true` and `false` in either case, since spreadsheets write TRUE; 1
// and 0 as queries, which columns are named like, have them.
std::optional<bool> flag_of(std::string_view cell) noexcept;

class CsvCatalog {
 public:
  // kBadInput that names the column: a fault in its quotes, a column given twice, no `operation`.
  [[nodiscard]] static Result<CsvCatalog> create(std::string_view header);

  // The columns that are no field of a check request, as the header has them.
  const std::vector<std::string>& unknown() const noexcept { return unknown_; }

  // Replaces `json` by the row's request. `cells` is scratch. Returns false after explaining in
  // `problem`.
  bool to_json(std::string_view row, std::vector<cache::CsvCell>* cells, std::string* json,
               wire::Problem* problem) const;

  // Words `problem`, which a reader had with the JSON of these cells, as of a cell: a flag or
  // number that is none is text there, which every cell is.
  void explain(const std::vector<cache::CsvCell>& cells, wire::Problem* problem) const;

 private:
  struct Column {
    std::size_t cell = 0;
    const wire::FieldSpec* field = nullptr;
    std::string name;  // as the header has it
  };

  std::vector<Column> columns_;  // known ones, those of one JSON object together
  std::size_t cell_count_ = 0;   // of the header
  std::vector<std::string> unknown_;
};

}  // namespace beian::audit
