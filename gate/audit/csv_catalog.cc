#include "gate/audit/csv_catalog.h"

#include <algorithm>
#include <charconv>

#include "cache/base/bytes.h"
#include "cache/base/json_writer.h"
#include "cache/base/limits.h"

namespace beian::audit {
namespace {

using wire::FieldSpec;
using wire::Slot;
using wire::SlotType;

// The object that a field belongs to, outermost first.
enum class Level : std::uint8_t { kTop, kApp, kSponsor };

Level level_of(const FieldSpec& field) noexcept {
  if (field.pointer.starts_with("/app/sponsor/")) return Level::kSponsor;
  return field.pointer.starts_with("/app/") ? Level::kApp : Level::kTop;
}

bool fail(std::string detail, wire::Problem* problem) {
  *problem = {400, "invalid-row", std::move(detail), ""};
  return false;
}

std::string told(const cache::CsvFault& fault) {
  std::string text = "column " + std::to_string(fault.place.column);
  if (fault.place.line != 0) text += " of line " + std::to_string(fault.place.line + 1) + " in it";
  return text + ": " + std::string(fault.what);
}

void write_list(std::string_view cell, JsonWriter* json) {
  json->begin_array();
  while (!cell.empty()) {
    const std::size_t end = std::min(cell.find_first_of(";,"), cell.size());
    const std::string_view item = trimmed(cell.substr(0, end));
    cell.remove_prefix(std::min(end + 1, cell.size()));
    if (!item.empty()) json->string(item);
  }
  json->end_array();
}

// The number in a cell, if the cell is a whole number and nothing else.
std::optional<std::uint64_t> number_of(std::string_view cell) noexcept {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), number);
  if (error != std::errc{} || end != cell.data() + cell.size()) return std::nullopt;
  return number;
}

// An invalid flag or number is passed on as text, so that the reader refuses it.
void write_cell(const FieldSpec& field, std::string_view cell, JsonWriter* json) {
  json->key(field.name);
  if (field.type == SlotType::kList) return write_list(cell, json);
  if (field.type == SlotType::kFlag)
    if (const auto flag = flag_of(cell)) return json->boolean(*flag);
  if (field.type == SlotType::kInteger)
    if (const auto number = number_of(cell)) return json->unsigned_integer(*number);
  json->string(cell);
}

}  // namespace

std::string_view trimmed(std::string_view cell) noexcept {
  const std::size_t first = cell.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return cell.substr(first, cell.find_last_not_of(" \t\r\n") - first + 1);
}

std::optional<bool> flag_of(std::string_view cell) noexcept {
  const auto is_word = [cell](std::string_view word) {
    return std::ranges::equal(cell, word, {}, [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    });
  };
  if (is_word("true") || cell == "1") return true;
  if (is_word("false") || cell == "0") return false;
  return std::nullopt;
}

Result<CsvCatalog> CsvCatalog::create(std::string_view header) {
  const auto bad = [](const std::string& what) {
    return make_error(ErrorKind::kBadInput, "the CSV header: " + what);
  };
  std::vector<cache::CsvCell> cells;
  const cache::CsvSplit split = cache::split_csv_row(header, &cells);
  if (split.fault) return bad(told(*split.fault));
  CsvCatalog catalog;
  catalog.cell_count_ = split.count;
  if (split.count > limits::kAuditColumnsMax)
    return bad("more than " + std::to_string(limits::kAuditColumnsMax) + " columns");
  for (std::size_t cell = 0; cell < split.count; ++cell) {
    const std::string_view name = trimmed(cells[cell].text);
    const FieldSpec* const field = wire::find_flat_field(name);
    if (field == nullptr || field->type == SlotType::kObject) {
      if (!name.empty() && std::ranges::find(catalog.unknown_, name) == catalog.unknown_.end())
        catalog.unknown_.emplace_back(name);
      continue;
    }
    for (const Column& other : catalog.columns_)
      if (other.field == field)
        return bad("`" + other.name + "` and `" + printable(name) + "` are the same field");
    catalog.columns_.push_back({cell, field, std::string(name)});
  }
  const auto has = [&](Slot slot) {
    return std::ranges::any_of(catalog.columns_,
                               [&](const Column& column) { return column.field->slot == slot; });
  };
  if (!has(Slot::kOperation))
    return bad(
        "no column `operation`; columns are fields of a check request, such as "
        "operation,filing_number,name,platform,package");
  std::ranges::stable_sort(catalog.columns_, {},
                           [](const Column& column) { return level_of(*column.field); });
  return catalog;
}

bool CsvCatalog::to_json(std::string_view row, std::vector<cache::CsvCell>* cells,
                         std::string* json, wire::Problem* problem) const {
  json->clear();
  if (!is_utf8(row)) return fail("not valid UTF-8", problem);
  if (row.find('\0') != std::string_view::npos) return fail("holds a NUL byte", problem);
  const cache::CsvSplit split = cache::split_csv_row(row, cells);
  if (split.fault) return fail(told(*split.fault), problem);
  if (split.count != cell_count_)
    return fail(
        std::to_string(split.count) + " cells under a header of " + std::to_string(cell_count_),
        problem);
  JsonWriter writer(json);
  writer.begin_object();
  Level level = Level::kTop;
  for (const Column& column : columns_) {
    const cache::CsvCell& cell = (*cells)[column.cell];
    const std::string_view text = trimmed(cell.text);
    const bool is_given =
        !text.empty() || (cell.is_quoted && column.field->slot == Slot::kDisplayedNumber);
    if (!is_given) continue;
    for (; level < level_of(*column.field);
         level = static_cast<Level>(static_cast<int>(level) + 1)) {
      writer.key(level == Level::kTop ? "app" : "sponsor");
      writer.begin_object();
    }
    write_cell(*column.field, text, &writer);
  }
  for (int open = static_cast<int>(level); open >= 0; --open) writer.end_object();
  return true;
}

void CsvCatalog::explain(const std::vector<cache::CsvCell>& cells, wire::Problem* problem) const {
  const auto at = std::ranges::find_if(columns_, [&](const Column& column) {
    const SlotType type = column.field->type;
    return (type == SlotType::kFlag || type == SlotType::kInteger) &&
           column.field->pointer == problem->pointer;
  });
  if (at == columns_.end()) return;
  CheckRequest request;  // not used further
  wire::set_from_text(*at->field, trimmed(cells[at->cell].text), &request, problem);
}

}  // namespace beian::audit
