#include "gate/cli/package_claims.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "cache/base/bytes.h"
#include "cache/base/file.h"
#include "cache/feed/csv_row.h"
#include "gate/audit/csv_catalog.h"
#include "gate/package/limits.h"

namespace beian::cli {
namespace {

struct Columns {
  std::optional<std::size_t> package;
  std::optional<std::size_t> number;
  std::optional<std::size_t> offline;
};

class ClaimsReader {
 public:
  ClaimsReader(std::string_view csv, std::string_view name) : csv_(csv), name_(name) {
    if (csv_.starts_with("\xEF\xBB\xBF")) csv_.remove_prefix(3);
  }

  Result<PackageClaims> read();

 private:
  // The next row that is not blank; nullopt at the end.
  std::optional<std::string_view> next_row();
  Result<void> read_header();
  Result<void> read_row(std::string_view row);
  std::string_view cell(std::optional<std::size_t> column, std::size_t count) const;
  Error bad(const std::string& what, std::uint64_t more_lines = 0) const;

  std::string_view csv_;
  std::string_view name_;
  std::uint64_t line_ = 1;       // where the row begins
  std::uint64_t next_line_ = 1;  // of the row after it
  std::vector<cache::CsvCell> cells_;
  Columns columns_;
  PackageClaims claims_;
};

Error ClaimsReader::bad(const std::string& what, std::uint64_t more_lines) const {
  return make_error(ErrorKind::kBadInput,
                    std::string(name_) + ":" + std::to_string(line_ + more_lines) + ": " + what);
}

std::optional<std::string_view> ClaimsReader::next_row() {
  while (!csv_.empty()) {
    line_ = next_line_;
    std::size_t end = 0;
    bool is_open = false;
    for (std::size_t begin = 0; begin == 0 || (is_open && end < csv_.size()); begin = end + 1) {
      end = std::min(csv_.find('\n', begin), csv_.size());
      is_open ^= cache::ends_inside_quotes(csv_.substr(begin, end - begin));
      ++next_line_;
    }
    std::string_view row = csv_.substr(0, end);
    csv_.remove_prefix(std::min(end + 1, csv_.size()));
    if (row.ends_with('\r')) row.remove_suffix(1);
    if (row.find_first_not_of(" \t") != std::string_view::npos) return row;
  }
  return std::nullopt;
}

Result<void> ClaimsReader::read_header() {
  const auto row = next_row();
  if (!row) return bad("the file is empty: its first line names the columns");
  const cache::CsvSplit split = cache::split_csv_row(*row, &cells_);
  if (split.fault) return bad(std::string(split.fault->what), split.fault->place.line);
  for (std::size_t i = 0; i < split.count; ++i) {
    const std::string_view title = audit::trimmed(cells_[i].text);
    if (title == "package") columns_.package = i;
    if (title == "filing_number" || title == "number") columns_.number = i;
    if (title == "offline") columns_.offline = i;
  }
  if (!columns_.package) return bad("no column `package`");
  if (!columns_.number && !columns_.offline)
    return bad("neither a column `filing_number` nor one `offline`");
  return {};
}

std::string_view ClaimsReader::cell(std::optional<std::size_t> column, std::size_t count) const {
  return column && *column < count ? audit::trimmed(cells_[*column].text) : std::string_view();
}

Result<void> ClaimsReader::read_row(std::string_view row) {
  const cache::CsvSplit split = cache::split_csv_row(row, &cells_);
  if (split.fault) return bad(std::string(split.fault->what), split.fault->place.line);
  const std::string package(cell(columns_.package, split.count));
  if (package.empty()) return bad("a row that names no package");
  package::PackageClaim claim;
  claim.filing_number = cell(columns_.number, split.count);
  const std::string_view offline = cell(columns_.offline, split.count);
  const auto is_offline = offline.empty() ? false : audit::flag_of(offline);
  if (!is_offline) return bad("`offline` is true, false or empty, not " + printable(offline));
  claim.is_offline = *is_offline;
  if (!claims_.emplace(package, std::move(claim)).second)
    return bad(printable(package) + " for the second time");
  return {};
}

Result<PackageClaims> ClaimsReader::read() {
  if (auto header = read_header(); !header) return header.error();
  while (const auto row = next_row())
    if (auto read = read_row(*row); !read) return read.error();
  return std::move(claims_);
}

}  // namespace

Result<PackageClaims> load_claims(const std::string& path) {
  const auto text = read_file(path, limits::kClaimsBytesMax);
  if (!text) return text.error();
  return ClaimsReader(*text, path).read();
}

}  // namespace beian::cli
