#include "gate/package/package_json.h"

#include "cache/base/json_text.h"
#include "cache/base/json_writer.h"
#include "gate/package/signatures_json.h"

namespace beian::package {
namespace {

template <class Items, class Append>
void array(JsonWriter* json, std::string_view name, const Items& items, Append append) {
  json->key(name);
  json->begin_array();
  for (const auto& item : items) append(item);
  json->end_array();
}

void flag(JsonWriter* json, std::string_view name, const std::optional<bool>& value) {
  json->key(name);
  if (value)
    json->boolean(*value);
  else
    json->null();
}

void sdk(JsonWriter* json, std::string_view name, const SdkVersion& value) {
  json->key(name);
  if (value.number)
    json->unsigned_integer(*value.number);
  else if (!value.codename.empty())
    json->string(value.codename);
  else
    json->null();
}

// A member whose name comes from the package: JsonWriter writes keys without escaping them.
void outside_field(JsonWriter* json, std::string_view name, std::string_view value) {
  std::string escaped;
  append_json_string(name, &escaped);
  json->field(std::string_view(escaped).substr(1, escaped.size() - 2), value);
}

void append_identity(const Package& package, JsonWriter* json) {
  json->word_field("kind", name_of(package.kind));
  json->word_field("platform", platform_of(package.kind));
  json->word_field("app_kind", name_of(package.app_kind));
  json->field("package", package.package);
  if (!package.split.empty()) json->field("split", package.split);
  json->field("version_name", package.version_name);
  json->field("version_code", package.version_code);
  json->field("label", package.label);
  json->key("labels");
  json->begin_object();
  for (const Label& label : package.labels)
    outside_field(json, label.locale.empty() ? "default" : label.locale, label.text);
  json->end_object();
  sdk(json, "min_sdk", package.min_sdk);
  sdk(json, "target_sdk", package.target_sdk);
}

void append_permissions(const Package& package, JsonWriter* json) {
  array(json, "permissions", package.permissions, [&](const Permission& permission) {
    json->begin_object();
    json->field("name", permission.name);
    if (permission.max_sdk) {
      json->unsigned_field("max_sdk", *permission.max_sdk);
    }
    json->end_object();
  });
  flag(json, "network_permission", package.has_network_permission);
  if (!package.shared_user_id.empty()) json->field("shared_user_id", package.shared_user_id);
  flag(json, "debuggable", package.is_debuggable);
  flag(json, "test_only", package.is_test_only);
  flag(json, "uses_cleartext", package.uses_cleartext);
  flag(json, "network_security_config", package.has_network_security_config);
}

}  // namespace

void append_package_json(const Package& package, std::string_view file, std::string* out) {
  JsonWriter json(out);
  json.begin_object();
  if (!file.empty()) json.field("file", file);
  append_identity(package, &json);
  append_permissions(package, &json);
  array(&json, "splits", package.splits, [&](const std::string& name) { json.string(name); });
  array(&json, "filing_numbers", package.filing_numbers, [&](const FoundNumber& found) {
    json.begin_object();
    json.field("number", found.number);
    json.field("where", found.where);
    json.key("app");
    json.boolean(found.kind == Kind::kApp);
    json.word_field("kind", name_of(found.kind));
    json.end_object();
  });
  json.key("signatures");
  append_signatures(package.signatures, &json);
  array(&json, "oddities", package.oddities, [&](const Oddity& oddity) {
    json.begin_object();
    json.word_field("code", oddity.code);
    json.field("where", oddity.where);
    json.field("detail", oddity.detail);
    json.end_object();
  });
  json.end_object();
}

}  // namespace beian::package
