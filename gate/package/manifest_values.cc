#include "gate/package/manifest_values.h"

#include <charconv>

namespace beian::package {
namespace {

std::optional<std::uint32_t> decimal(std::string_view text) noexcept {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

ManifestValue ManifestValues::resolved(const ManifestValue& value) const {
  if (!value.reference) return value;
  ManifestValue out;
  const auto found = tables_->value(*value.reference, "");
  if (!found) return out;
  if (found->value.type == ResourceValue::kString)
    out.text = found->strings->text(found->value.data);
  else if (found->value.is_integer())
    out.integer = found->value.data;
  return out;
}

std::string ManifestValues::text(const ManifestValue& value) const {
  const ManifestValue found = resolved(value);
  if (found.text) return *found.text;
  return found.integer ? std::to_string(static_cast<std::int32_t>(*found.integer)) : "";
}

std::optional<std::uint32_t> ManifestValues::integer(const ManifestValue& value) const {
  const ManifestValue found = resolved(value);
  return found.text ? decimal(*found.text) : found.integer;
}

std::optional<bool> ManifestValues::flag(const ManifestValue& value) const {
  const ManifestValue found = resolved(value);
  if (found.integer) return *found.integer != 0;
  if (!found.text) return std::nullopt;
  return *found.text == "true" || *found.text == "TRUE" || *found.text == "1";
}

SdkVersion ManifestValues::sdk(const ManifestValue& value) const {
  const ManifestValue found = resolved(value);
  SdkVersion out;
  out.number = found.text ? decimal(*found.text) : found.integer;
  if (!out.number) out.codename = found.text.value_or("");
  return out;
}

std::vector<Label> ManifestValues::labels(const ManifestValue& value) const {
  if (value.text) return {{"", *value.text}};
  std::vector<Label> labels;
  if (!value.reference) return labels;
  for (std::string& locale : tables_->locales_of(*value.reference)) {
    auto text = tables_->text(*value.reference, locale);
    if (text) labels.push_back({std::move(locale), std::move(*text)});
  }
  return labels;
}

}  // namespace beian::package
