#include "gate/audit/unknown_fields.h"

#include <algorithm>

#include "cache/base/bytes.h"
#include "cache/base/spelling.h"
#include "gate/audit/cut_text.h"
#include "gate/wire/fields.h"

namespace beian::audit {
namespace {

using wire::FieldSpec;
using wire::FieldTable;
using wire::Language;

// `/app/package` as `app.package`, a name that a CSV header may also use.
std::string dotted(std::string_view pointer) {
  std::string name(pointer.substr(1));
  std::ranges::replace(name, '/', '.');
  return name;
}

// The field that was probably meant, including one that is in the wrong object; empty if none is
// similar.
std::string meant_by(const UnknownField& field) {
  std::string_view name = field.name;
  if (name.starts_with("app.")) name.remove_prefix(4);
  const FieldTable* const tables[] = {&wire::top_fields(), &wire::app_fields(),
                                      &wire::sponsor_fields()};
  std::vector<std::string_view> names;
  std::vector<std::string_view> pointers;
  const auto take = [&](const FieldTable& table) {
    for (const FieldSpec& known : table) {
      // A column cannot hold an object, even if it is named like one.
      if (field.object == kCsvHeader && known.type == wire::SlotType::kObject) continue;
      names.push_back(known.name);
      pointers.push_back(known.pointer);
    }
  };
  // Its own object's fields come first: among equals, the first one wins.
  const FieldTable& own = *tables[field.object == "/app"           ? 1
                                  : field.object == "/app/sponsor" ? 2
                                                                   : 0];
  take(own);
  for (const FieldTable* table : tables)
    if (table != &own) take(*table);
  const std::string_view nearest = nearest_word(name, names);
  const auto at = std::ranges::find(names, nearest);
  if (at == names.end()) return "";
  return dotted(pointers[static_cast<std::size_t>(at - names.begin())]);
}

std::string told_field(const UnknownField& field, const std::string& meant, Language language) {
  const std::string path =
      field.object.starts_with('/') ? dotted(field.object) + "." + field.name : field.name;
  const std::string rows = std::to_string(field.rows);
  if (language == Language::kZh)
    return printable(path) + "（" + rows + " 行" +
           (meant.empty() ? "" : "；是否为 " + meant + "？") + "）";
  return printable(path) + " (" + rows + (field.rows == 1 ? " row" : " rows") +
         (meant.empty() ? "" : "; " + meant + "?") + ")";
}

}  // namespace

void UnknownFields::add(std::string_view object, std::string_view name, std::uint64_t rows) {
  name = cut_text(name, kUnknownNameBytesMax);
  for (UnknownField& field : fields_) {
    if (field.name != name || field.object != object) continue;
    field.rows += rows;
    return;
  }
  if (fields_.size() < kUnknownFieldsMax)
    fields_.push_back({std::string(object), std::string(name), rows});
}

void UnknownFields::merge(const UnknownFields& later) {
  for (const UnknownField& field : later.fields_) add(field.object, field.name, field.rows);
}

std::string told_fields(const UnknownFields& unknown, Language language) {
  std::vector<std::string> slips;
  std::vector<std::string> others;
  for (const UnknownField& field : unknown.list()) {
    const std::string meant = meant_by(field);
    if (meant.empty() && field.object != kCsvHeader) continue;
    (meant.empty() ? others : slips).push_back(told_field(field, meant, language));
  }
  slips.insert(slips.end(), others.begin(), others.end());
  const std::size_t told = std::min(slips.size(), kUnknownFieldsToldMax);
  std::string line;
  for (std::size_t i = 0; i < told; ++i)
    line += (i == 0 ? "" : language == Language::kZh ? "、" : ", ") + slips[i];
  if (told < slips.size()) line += " …";
  return line;
}

}  // namespace beian::audit
