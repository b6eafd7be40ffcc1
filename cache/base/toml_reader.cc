#include "cache/base/toml_reader.h"

#include <algorithm>

#include "cache/base/bytes.h"
#include "cache/base/spelling.h"

namespace beian {

std::string join_key(std::string_view path, std::string_view key) {
  std::string joined(path);
  if (!joined.empty()) joined += '.';
  return joined += key;
}

std::optional<toml::table> TomlReader::parse(std::string_view text) {
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& error) {
    add(error.source().begin.line, {}, error.description());
    return std::nullopt;
  }
}

void TomlReader::add(std::uint32_t line, std::string_view key, std::string_view what) {
  std::string text = name_ + ":" + std::to_string(line) + ": ";
  if (!key.empty()) text += printable(key) + ": ";
  text += what;
  errors_.push_back({line, std::move(text)});
}

void TomlReader::fail(const toml::node& node, std::string_view key, std::string_view what) {
  add(node.source().begin.line, key, what);
}

void TomlReader::fail(const toml::source_region& where, std::string_view key,
                      std::string_view what) {
  add(where.begin.line, key, what);
}

void TomlReader::check_keys(const toml::table& table, std::string_view path,
                            std::span<const std::string_view> known) {
  for (const auto& [key, node] : table) {
    if (std::find(known.begin(), known.end(), key.str()) != known.end()) continue;
    const std::string_view nearest = nearest_word(key.str(), known);
    std::string what = "unknown key";
    if (!nearest.empty()) what += "; did you mean " + std::string(nearest) + "?";
    add(key.source().begin.line, join_key(path, key.str()), what);
  }
}

const toml::node* TomlReader::find(const toml::table& table, std::string_view path,
                                   std::string_view key, Presence presence) {
  const toml::node* node = table.get(key);
  if (node == nullptr && presence == Presence::kRequired)
    fail(table, join_key(path, key), "missing");
  return node;
}

std::optional<std::string_view> TomlReader::text(const toml::table& table, std::string_view path,
                                                 std::string_view key, Presence presence) {
  const toml::node* node = find(table, path, key, presence);
  if (node == nullptr) return std::nullopt;
  if (const auto* value = node->as_string()) return value->get();
  fail(*node, join_key(path, key), "a text in quotes is wanted");
  return std::nullopt;
}

std::optional<std::int64_t> TomlReader::integer(const toml::table& table, std::string_view path,
                                                std::string_view key, Presence presence) {
  const toml::node* node = find(table, path, key, presence);
  if (node == nullptr) return std::nullopt;
  if (const auto* value = node->as_integer()) return value->get();
  fail(*node, join_key(path, key), "a whole number is wanted");
  return std::nullopt;
}

std::optional<bool> TomlReader::boolean(const toml::table& table, std::string_view path,
                                        std::string_view key, Presence presence) {
  const toml::node* node = find(table, path, key, presence);
  if (node == nullptr) return std::nullopt;
  if (const auto* value = node->as_boolean()) return value->get();
  fail(*node, join_key(path, key), "true or false is wanted");
  return std::nullopt;
}

std::optional<Day> TomlReader::day(const toml::table& table, std::string_view path,
                                   std::string_view key, Presence presence) {
  const toml::node* node = find(table, path, key, presence);
  if (node == nullptr) return std::nullopt;
  return as_day(*node, join_key(path, key));
}

const toml::array* TomlReader::array(const toml::table& table, std::string_view path,
                                     std::string_view key, Presence presence) {
  const toml::node* node = find(table, path, key, presence);
  if (node == nullptr) return nullptr;
  if (const auto* value = node->as_array()) return value;
  fail(*node, join_key(path, key), "a list in [ ] is wanted");
  return nullptr;
}

const toml::table* TomlReader::subtable(const toml::table& table, std::string_view path,
                                        std::string_view key, Presence presence) {
  const toml::node* node = find(table, path, key, presence);
  if (node == nullptr) return nullptr;
  if (const auto* value = node->as_table()) return value;
  fail(*node, join_key(path, key), "a table is wanted");
  return nullptr;
}

std::optional<Day> TomlReader::as_day(const toml::node& node, std::string_view key) {
  const auto* value = node.as_date();
  if (value == nullptr) {
    fail(node, key, "a date without quotes is wanted, such as 2026-12-31");
    return std::nullopt;
  }
  const toml::date date = value->get();
  const std::chrono::year_month_day civil{
      std::chrono::year{date.year}, std::chrono::month{date.month}, std::chrono::day{date.day}};
  if (!civil.ok() || date.year < 1900) {
    fail(node, key, "no day between 1900-01-01 and 9999-12-31");
    return std::nullopt;
  }
  return Day{civil};
}

Error TomlReader::error() const {
  std::vector<Entry> sorted = errors_;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Entry& a, const Entry& b) { return a.line < b.line; });
  std::string all;
  for (const Entry& entry : sorted) {
    if (!all.empty()) all += '\n';
    all += entry.text;
  }
  return make_error(ErrorKind::kBadInput, std::move(all));
}

}  // namespace beian
