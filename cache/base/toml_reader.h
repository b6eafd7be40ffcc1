// Reads values from TOML and keeps every error: wrong types, unknown keys (with the nearest known
// one) and whatever the caller finds, each with file, line and key.
//
// Include it in .cc files only: toml++ is heavy. Not for concurrent use; the parsed document must
// outlive the tables taken from it.
#pragma once

#include <toml++/toml.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cache/base/result.h"
#include "cache/base/time.h"

namespace beian {

enum class Presence : std::uint8_t { kOptional, kRequired };

class TomlReader {
 public:
  // `name` stands for the text in messages: a path, or the name of compiled-in text.
  explicit TomlReader(std::string_view name) : name_(name) {}

  // Parses `text`. nullopt when it is not TOML; that is then the only error.
  std::optional<toml::table> parse(std::string_view text);

  // Adds an error about `node`. `key` is the dotted path to it, as a reader would write it.
  void fail(const toml::node& node, std::string_view key, std::string_view what);
  void fail(const toml::source_region& where, std::string_view key, std::string_view what);

  // Adds an error for every key of `table` that is not in `known`, naming the nearest.
  void check_keys(const toml::table& table, std::string_view path,
                  std::span<const std::string_view> known);

  // The value at `key` of `table`. nullopt when the key is absent, which is an error if it is
  // required, and when the value has another type, which is always one.
  std::optional<std::string_view> text(const toml::table& table, std::string_view path,
                                       std::string_view key, Presence presence);
  std::optional<std::int64_t> integer(const toml::table& table, std::string_view path,
                                      std::string_view key, Presence presence);
  std::optional<bool> boolean(const toml::table& table, std::string_view path, std::string_view key,
                              Presence presence);
  std::optional<Day> day(const toml::table& table, std::string_view path, std::string_view key,
                         Presence presence);
  const toml::array* array(const toml::table& table, std::string_view path, std::string_view key,
                           Presence presence);
  const toml::table* subtable(const toml::table& table, std::string_view path, std::string_view key,
                              Presence presence);

  // The civil day of a TOML local date; an error when it is not one that time.h accepts.
  std::optional<Day> as_day(const toml::node& node, std::string_view key);

  bool ok() const noexcept { return errors_.empty(); }
  // All errors, one a line, in the order of the file. REQUIRES: !ok().
  Error error() const;

 private:
  struct Entry {
    std::uint32_t line;
    std::string text;
  };

  const toml::node* find(const toml::table& table, std::string_view path, std::string_view key,
                         Presence presence);
  void add(std::uint32_t line, std::string_view key, std::string_view what);

  std::string name_;
  std::vector<Entry> errors_;
};

// "path.key", or "key" at the top.
std::string join_key(std::string_view path, std::string_view key);

}  // namespace beian
