// Reads the header of a CSV feed, and writes the rows under it as JSON objects of the NDJSON
// dialect. Private to cache/feed; immutable once read.
//
//   texts, dates, numbers                      as they are
//   `id`, `subject_id`                         decimal digits
//   `limit_access`                             true or false, either case
//   lists                                      items separated by `;`, or a JSON list
//   `platforms`                                a JSON list
//   `os`, `package`, `fingerprints`, `public_keys`   one platform, instead of `platforms`
//
// An empty cell means "not known", `[]` means "known to be none". Column names are compared
// ignoring case and surrounding blanks. An unknown column is ignored, unless it is one or two
// letters away from a known one: then it is taken for a misspelling, whose data would be lost in
// silence, and refused.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cache/feed/csv_row.h"

namespace beian::cache {

class CsvColumns {
 public:
  struct Fault {
    std::size_t cell = 0;
    std::string what;
  };

  // Reads the header row.
  std::optional<Fault> read(const std::vector<CsvCell>& header, std::size_t count);
  std::size_t count() const noexcept { return columns_.size(); }

  // Writes the row as JSON to `*json`. REQUIRES: `*json` is empty, and `cells` has at least count()
  // cells.
  std::optional<Fault> to_json(const std::vector<CsvCell>& cells, std::string* json) const;

  // The cell of the row `cells` that the value at the JSON pointer came from.
  std::optional<std::size_t> cell_of(std::string_view pointer,
                                     const std::vector<CsvCell>& cells) const;

  // True when the row describes its platform in columns of its own.
  bool has_flat_platform(const std::vector<CsvCell>& cells) const;

 private:
  std::optional<std::size_t> find(std::string_view name) const;

  std::vector<std::optional<std::uint8_t>> columns_;  // index of the known column, by cell
};

}  // namespace beian::cache
