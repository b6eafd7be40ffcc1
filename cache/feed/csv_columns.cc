#include "cache/feed/csv_columns.h"

#include <algorithm>
#include <array>

#include "cache/base/bytes.h"
#include "cache/base/spelling.h"
#include "cache/feed/fields.h"
#include "cache/feed/joined.h"
#include "cache/feed/json_locate.h"
#include "cache/feed/json_members.h"

namespace beian::cache {
namespace {

enum class Cells : std::uint8_t { kText, kId, kBool, kList, kJsonList };

struct Column {
  std::string_view name;
  Cells cells = Cells::kText;
  bool is_flat = false;  // a member of the one platform of the row
};

constexpr auto kColumns = std::to_array<Column>({
    {"record"},
    {"op"},
    {"id", Cells::kId},
    {"subject_id", Cells::kId},
    {"number"},
    {"status"},
    {"sponsor"},
    {"nature"},
    {"certificate_number"},
    {"province"},
    {"name"},
    {"names", Cells::kList},
    {"limit_access", Cells::kBool},
    {"contents", Cells::kList},
    {"approvals", Cells::kList},
    {"domains", Cells::kList},
    {"ips", Cells::kList},
    {"providers", Cells::kList},
    {"host_platform"},
    {"platforms", Cells::kJsonList},
    {"version"},
    {"submitted_on"},
    {"approved_on"},
    {"cancelled_on"},
    {"updated_at"},
    {"os", Cells::kText, true},
    {"package", Cells::kText, true},
    {"fingerprints", Cells::kList, true},
    {"public_keys", Cells::kList, true},
});

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

// The known column that `name` probably means, or nullptr when it is simply another one. Short
// names have too many neighbours at two edits.
const Column* misspelt(std::string_view name) {
  constexpr std::size_t kShortName = 6;
  constexpr std::size_t kLongestName = 32;
  static_assert(kLongestName <= kSpelledBytesMax);
  if (name.empty() || name.size() > kLongestName) return nullptr;
  for (const Column& column : kColumns)
    if (edits_between(name, column.name) <= (name.size() < kShortName ? 1U : 2U)) return &column;
  return nullptr;
}

bool append_id(std::string_view cell, std::string* json, std::string* why) {
  std::uint64_t id = 0;
  if (!read_id(cell, &id, why)) return false;
  *json += std::to_string(id);
  return true;
}

bool append_bool(std::string_view cell, std::string* json, std::string* why) {
  const std::string word = lower_case(cell);
  if (word != "true" && word != "false") return *why = "expected true or false", false;
  *json += word;
  return true;
}

// A JSON list is copied as it is, once it is known to be exactly one JSON value.
bool append_list(std::string_view cell, Cells cells, std::string* json, std::string* why) {
  if (cell.front() == '[') {
    if (const auto fault = find_json_fault(cell))
      return *why = joined({"not a JSON list: ", fault->what}), false;
    *json += cell;
    return true;
  }
  if (cells == Cells::kJsonList) return *why = "expected a JSON list", false;
  json->push_back('[');
  for (;;) {
    const std::size_t end = cell.find(';');
    append_json_comma(json);
    append_json_string(trimmed(cell.substr(0, end)), json);
    if (end == std::string_view::npos) break;
    cell.remove_prefix(end + 1);
  }
  json->push_back(']');
  return true;
}

bool append_cell(const Column& column, std::string_view cell, std::string* json, std::string* why) {
  append_json_name(column.name, json);
  switch (column.cells) {
    case Cells::kId:
      return append_id(cell, json, why);
    case Cells::kBool:
      return append_bool(cell, json, why);
    case Cells::kList:
    case Cells::kJsonList:
      return append_list(cell, column.cells, json, why);
    case Cells::kText:
      append_json_string(cell, json);
      return true;
  }
  return false;
}

}  // namespace

std::optional<CsvColumns::Fault> CsvColumns::read(const std::vector<CsvCell>& header,
                                                  std::size_t count) {
  columns_.assign(count, std::nullopt);
  for (std::size_t cell = 0; cell < count; ++cell) {
    const std::string name = lower_case(trimmed(header[cell].text));
    const auto* found = std::find_if(kColumns.begin(), kColumns.end(),
                                     [&](const Column& column) { return column.name == name; });
    if (found == kColumns.end()) {
      const Column* meant = misspelt(name);
      if (meant == nullptr) continue;
      return Fault{cell, joined({"column `", printable(name), "` is not known; did you mean `",
                                 meant->name, "`?"})};
    }
    const auto index = static_cast<std::uint8_t>(found - kColumns.begin());
    if (std::find(columns_.begin(), columns_.end(), index) != columns_.end())
      return Fault{cell, joined({"column `", name, "` is given twice"})};
    columns_[cell] = index;
  }
  for (const std::string_view needed : {"record", "id"})
    if (!find(needed)) return Fault{0, joined({"the header has no column `", needed, "`"})};
  return std::nullopt;
}

std::optional<CsvColumns::Fault> CsvColumns::to_json(const std::vector<CsvCell>& cells,
                                                     std::string* json) const {
  std::string platform = "{";
  std::optional<std::size_t> platforms_cell;
  json->push_back('{');
  for (std::size_t cell = 0; cell < columns_.size(); ++cell) {
    const std::string_view text = trimmed(cells[cell].text);
    if (!columns_[cell] || text.empty()) continue;
    const Column& column = kColumns[*columns_[cell]];
    if (!is_utf8(text))
      return Fault{cell, joined({"/", column.name, ": bytes that are not UTF-8"})};
    if (column.cells == Cells::kJsonList) platforms_cell = cell;
    std::string why;
    if (!append_cell(column, text, column.is_flat ? &platform : json, &why))
      return Fault{cell, joined({"/", column.name, ": ", why})};
  }
  if (platform.size() > 1) {
    if (platforms_cell)
      return Fault{*platforms_cell, "/platforms: given besides `os`, `package`, …"};
    append_json_name("platforms", json);
    json->append("[").append(platform).append("}]");
  }
  json->push_back('}');
  return std::nullopt;
}

std::optional<std::size_t> CsvColumns::find(std::string_view name) const {
  for (std::size_t cell = 0; cell < columns_.size(); ++cell)
    if (columns_[cell] && kColumns[*columns_[cell]].name == name) return cell;
  return std::nullopt;
}

std::optional<std::size_t> CsvColumns::cell_of(std::string_view pointer,
                                               const std::vector<CsvCell>& cells) const {
  constexpr std::string_view kFlat = "/platforms/0";
  if (pointer.empty()) return std::nullopt;
  if (pointer.starts_with(kFlat) && has_flat_platform(cells)) pointer.remove_prefix(kFlat.size());
  if (pointer.empty()) return find("os");
  pointer.remove_prefix(1);
  return find(pointer.substr(0, pointer.find('/')));
}

bool CsvColumns::has_flat_platform(const std::vector<CsvCell>& cells) const {
  for (std::size_t cell = 0; cell < columns_.size(); ++cell)
    if (columns_[cell] && kColumns[*columns_[cell]].is_flat && !trimmed(cells[cell].text).empty())
      return true;
  return false;
}

}  // namespace beian::cache
