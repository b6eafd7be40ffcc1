#include "gate/package/resource_tables.h"

#include <algorithm>

namespace beian::package {
namespace {

// The value for a locale: among the plain ones the one for the newest release, otherwise the first.
// Null if there is none.
const ConfiguredValue* pick(const std::vector<ConfiguredValue>& values, std::string_view locale) {
  const ConfiguredValue* best = nullptr;
  for (const ConfiguredValue& value : values) {
    if (value.locale != locale) continue;
    const bool is_better =
        best == nullptr || value.is_plain > best->is_plain ||
        (value.is_plain == best->is_plain && value.is_plain && value.release > best->release);
    if (is_better) best = &value;
  }
  return best;
}

// How well a locale suits a reader in mainland China; negative: only if nothing else is left.
int chinese_rank(std::string_view locale) noexcept {
  constexpr std::string_view kFits[] = {"",   "zh-MY",   "zh-SG",      "zh-Hans-SG",
                                        "zh", "zh-Hans", "zh-Hans-CN", "zh-CN"};
  const auto* const found = std::ranges::find(kFits, locale);
  if (found != std::end(kFits)) return static_cast<int>(found - std::begin(kFits)) * 2;
  return locale.starts_with("zh-Hans") ? 1 : -1;
}

}  // namespace

void ResourceTables::add(ResourceTable table) {
  tables_.push_back(std::move(table));
  known_.clear();  // outdated: a table was added, and values point into tables that have moved
}

const std::vector<ConfiguredValue>& ResourceTables::values_of(std::uint32_t id) {
  const auto [known, is_new] = known_.try_emplace(id);
  if (!is_new) return known->second;
  for (const ResourceTable& table : tables_) {
    const std::size_t looks = table.type_count() + 1;
    looks_left_ -= std::min(looks_left_, looks);
    if (looks_left_ == 0) break;
    table.add_values(id, &known->second);
  }
  return known->second;
}

std::optional<ConfiguredValue> ResourceTables::value(std::uint32_t id, std::string_view locale) {
  for (int step = 0; step < limits::kReferenceStepsMax; ++step) {
    const auto& values = values_of(id);
    const ConfiguredValue* found = pick(values, locale);
    if (found == nullptr) found = pick(values, "");
    if (found == nullptr) return std::nullopt;
    if (!found->value.is_reference()) return *found;
    id = found->value.data;
  }
  return std::nullopt;
}

std::optional<std::string> ResourceTables::text(std::uint32_t id, std::string_view locale) {
  const auto found = value(id, locale);
  if (!found || found->value.type != ResourceValue::kString) return std::nullopt;
  return found->strings->text(found->value.data);
}

std::vector<std::string> ResourceTables::locales_of(std::uint32_t id) {
  std::vector<std::string> locales;
  std::vector<std::uint32_t> ids{id};  // `id` and what it refers to
  const auto add = [](const auto& item, std::size_t items_max, auto* list) {
    if (list->size() < items_max && std::ranges::find(*list, item) == list->end())
      list->push_back(item);
  };
  for (std::size_t i = 0; i < ids.size(); ++i) {
    for (const ConfiguredValue& value : values_of(ids[i])) {
      add(value.locale, limits::kLabelLocalesMax, &locales);
      if (value.value.is_reference())
        add(value.value.data, static_cast<std::size_t>(limits::kReferenceStepsMax), &ids);
    }
  }
  std::stable_partition(locales.begin(), locales.end(),
                        [](const std::string& locale) { return locale.empty(); });
  return locales;
}

const std::string* best_chinese(const std::vector<std::string>& locales) noexcept {
  const std::string* best = nullptr;
  for (const std::string& locale : locales)
    if (best == nullptr || chinese_rank(locale) > chinese_rank(*best)) best = &locale;
  return best;
}

}  // namespace beian::package
