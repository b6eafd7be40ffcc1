// The resource tables of an app, that of its base and those of its splits, asked as one: texts of a
// locale, references followed.
//
// Remembers what it looked up, and is bounded by limits::kResourceLooksMax however the tables were
// made: behind it, no text is found. One thread; dies with the bytes of its tables.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gate/package/limits.h"
#include "gate/package/resource_table.h"

namespace beian::package {

class ResourceTables {
 public:
  void add(ResourceTable table);

  // The value of resource `id` in `locale`, or in the default where that has none, references
  // followed. None: there is no such value, or the chain does not end.
  std::optional<ConfiguredValue> value(std::uint32_t id, std::string_view locale);
  // The same where it is a text.
  std::optional<std::string> text(std::uint32_t id, std::string_view locale);

  // The locales that resource `id`, or what it refers to, has values for: each once, in the order
  // of the tables, the default (empty) first. At most limits::kLabelLocalesMax.
  std::vector<std::string> locales_of(std::uint32_t id);

  const std::vector<ResourceTable>& tables() const noexcept { return tables_; }
  bool is_exhausted() const noexcept { return looks_left_ == 0; }

 private:
  const std::vector<ConfiguredValue>& values_of(std::uint32_t id);

  std::vector<ResourceTable> tables_;
  std::unordered_map<std::uint32_t, std::vector<ConfiguredValue>> known_;
  std::size_t looks_left_ = limits::kResourceLooksMax;
};

// The one of `locales` that a reader of Simplified Chinese gets: zh-CN, else another of that
// script, else the default, else the first. Null: there are none.
const std::string* best_chinese(const std::vector<std::string>& locales) noexcept;

}  // namespace beian::package
