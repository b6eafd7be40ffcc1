#include "gate/audit/judge.h"

namespace beian::audit {

void begin_row(const RowResult& row, JsonWriter* json) {
  json->begin_object();
  json->key("id");
  if (row.request->id.empty())
    json->null();
  else if (row.request->is_id_number)
    json->raw(row.request->id);
  else
    json->string(row.request->id);
  json->unsigned_field("row", row.row);
}

void append_bad_row(const RowResult& row, std::string* out) {
  JsonWriter json(out);
  begin_row(row, &json);
  json.key("problem");
  json.begin_object();
  json.field("type", "urn:beian-gate:problem:" + std::string(row.problem->slug));
  json.field("title", wire::reason_of(row.problem->status));
  json.unsigned_field("status", row.problem->status);
  json.field("detail", row.problem->detail);
  if (!row.problem->pointer.empty()) json.field("pointer", row.problem->pointer);
  json.end_object();
  json.end_object();
}

}  // namespace beian::audit
