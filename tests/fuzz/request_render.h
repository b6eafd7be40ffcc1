// A check request as canonical JSON that reads back to the same request: fields in a fixed order,
// and only those given. Public keys are left out, since a request keeps only their digest. Tests
// only.
#pragma once

#include <string>

#include "cache/base/json_writer.h"
#include "gate/decision/request.h"

namespace beian::wire::test {

template <class List, class Text>
void render_list(std::string_view name, const List& list, Text text, JsonWriter* json) {
  if (list.empty()) return;
  json->key(name);
  json->begin_array();
  for (const auto& item : list) json->string(text(item));
  json->end_array();
}

inline void render_text(std::string_view name, std::string_view text, JsonWriter* json) {
  if (!text.empty()) json->field(name, text);
}

inline void render_flag(std::string_view name, std::optional<bool> flag, JsonWriter* json) {
  if (!flag) return;
  json->key(name);
  json->boolean(*flag);
}

inline void render_app(const AppIdentity& app, JsonWriter* json) {
  const auto same = [](std::string_view text) { return text; };
  json->begin_object();
  if (app.is_kind_given) json->field("kind", name_of(app.kind));
  render_text("name", app.name, json);
  render_text("platform", app.platform, json);
  render_text("package", app.package, json);
  render_text("version", app.version, json);
  render_list(
      "fingerprint", app.fingerprints,
      [](const Fingerprint& print) { return to_hex(print.view()); }, json);
  json->key("sponsor");
  json->begin_object();
  render_text("name", app.sponsor_name, json);
  render_text("certificate_number", app.sponsor_certificate, json);
  json->end_object();
  render_list("domains", app.domains, same, json);
  render_list("ips", app.ips, format_ip, json);
  render_list("categories", app.categories, same, json);
  render_text("host_platform", app.host_platform, json);
  render_flag("offline", app.offline, json);
  render_flag("network_permission", app.network_permission, json);
  render_flag("operator_overseas", app.operator_overseas, json);
  render_flag("servers_overseas", app.servers_overseas, json);
  if (app.first_published) json->field("first_published", format_day(*app.first_published));
  if (app.displayed_number) json->field("displayed_number", *app.displayed_number);
  json->end_object();
}

inline std::string render(const CheckRequest& request) {
  std::string out;
  JsonWriter json(&out);
  json.begin_object();
  if (request.is_id_number) {
    json.key("id");
    json.raw(request.id);
  } else {
    render_text("id", request.id, &json);
  }
  json.field("operation", name_of(request.operation));
  render_text("filing_number", request.filing_number, &json);
  json.key("app");
  render_app(request.app, &json);
  render_text("provider", request.provider, &json);
  if (request.as_of) json.field("as_of", format_day(*request.as_of));
  if (request.min_serial) {
    json.key("min_serial");
    json.unsigned_integer(*request.min_serial);
  }
  if (request.is_detail_full) json.field("detail", *request.is_detail_full ? "full" : "brief");
  json.end_object();
  return out;
}

}  // namespace beian::wire::test
