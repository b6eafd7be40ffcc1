// The resource tables of an app, those of its base and its splits, queried as one: texts by locale,
// with references followed.
//
// Caches what it looked up. limits::kResourceLooksMax bounds the work, however the tables were
// made: beyond it, no text is found. Not thread-safe; valid as long as the bytes of its tables.
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

  // The value of resource `id` in `locale`, or the default value if `locale` has none, with
  // references followed. nullopt if there is no such value, or the chain does not end.
  std::optional<ConfiguredValue> value(std::uint32_t id, std::string_view locale);
  // The same, if it is a text.
  std::optional<std::string> text(std::uint32_t id, std::string_view locale);

  // The locales for which resource `id`, or what it refers to, has values: each once, the default
  // (empty) first, then in table order. At most limits::kLabelLocalesMax.
  std::vector<std::string> locales_of(std::uint32_t id);

  const std::vector<ResourceTable>& tables() const noexcept { return tables_; }
  bool is_exhausted() const noexcept { return looks_left_ == 0; }

 private:
  const std::vector<ConfiguredValue>& values_of(std::uint32_t id);

  std::vector<ResourceTable> tables_;
  std::unordered_map<std::uint32_t, std::vector<ConfiguredValue>> known_;
  std::size_t looks_left_ = limits::kResourceLooksMax;
};

// The one of `locales` that a reader of Simplified Chinese gets: zh-CN, else another in that
// script, else the default, else the first. Null if there are none.
const std::string* best_chinese(const std::vector<std::string>& locales) noexcept;

}  // namespace beian::package
