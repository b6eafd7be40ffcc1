#include "cache/feed/render.h"

#include "cache/base/bytes.h"
#include "cache/feed/fields.h"
#include "cache/feed/json_members.h"

namespace beian::cache {
namespace {

void append_text(std::string_view name, std::string_view value, std::string* out) {
  append_json_name(name, out);
  append_json_string(value, out);
}
void append_text(std::string_view name, const std::optional<std::string>& value, std::string* out) {
  if (value) append_text(name, std::string_view(*value), out);
}
void append_integer(std::string_view name, std::uint64_t value, std::string* out) {
  append_json_name(name, out);
  *out += std::to_string(value);
}
void append_status(Status status, std::string* out) {
  if (status != Status::kUnknown) append_text("status", name_of(status), out);
}
void append_day(std::string_view name, const std::optional<Day>& day, std::string* out) {
  if (day) append_text(name, std::string_view(format_day(*day)), out);
}
void append_instant(std::string_view name, const std::optional<Instant>& time, std::string* out) {
  if (time) append_text(name, std::string_view(format_instant(*time)), out);
}

// Appends a list, each item by `append_item(item, out)`.
template <class T, class AppendItem>
void append_list(std::string_view name, const Known<T>& list, AppendItem append_item,
                 std::string* out) {
  if (!list) return;
  append_json_name(name, out);
  out->push_back('[');
  for (const T& item : *list) {
    append_json_comma(out);
    append_item(item, out);
  }
  out->push_back(']');
}

void append_texts(std::string_view name, const Known<std::string>& list, std::string* out) {
  append_list(
      name, list, [](std::string_view item, std::string* to) { append_json_string(item, to); },
      out);
}

void append_platform(const PlatformRecord& platform, std::string* out) {
  out->push_back('{');
  append_text("os", std::string_view(platform.os), out);
  append_text("package", platform.package, out);
  append_list(
      "fingerprints", platform.fingerprints,
      [](const Fingerprint& item, std::string* to) { append_json_string(to_hex(item.view()), to); },
      out);
  append_list(
      "public_keys", platform.public_keys,
      [](const KeyDigest& item, std::string* to) {
        append_json_string(std::string(kKeyDigestPrefix) + to_hex(item), to);
      },
      out);
  out->push_back('}');
}

std::string begin(std::string_view kind, std::uint64_t id) {
  std::string out = "{";
  append_text("record", kind, &out);
  append_integer("id", id, &out);
  return out;
}

std::string removal(std::string_view kind, std::uint64_t id) {
  std::string out = begin(kind, id);
  append_text("op", std::string_view("delete"), &out);
  out.push_back('}');
  return out;
}

}  // namespace

std::string to_ndjson(const SubjectRecord& record) {
  std::string out = begin("subject", record.id);
  append_text("number", std::string_view(canonical(record.number)), &out);
  append_text("sponsor", record.sponsor, &out);
  append_text("nature", record.nature, &out);
  append_text("certificate_number", record.certificate_number, &out);
  append_text("province", record.province, &out);
  append_status(record.status, &out);
  append_instant("updated_at", record.updated_at, &out);
  append_day("cancelled_on", record.cancelled_on, &out);
  out.push_back('}');
  return out;
}

std::string to_ndjson(const ServiceRecord& record) {
  std::string out = begin("service", record.id);
  if (record.subject_id) append_integer("subject_id", *record.subject_id, &out);
  append_text("number", std::string_view(canonical(record.number)), &out);
  append_texts("names", record.names, &out);
  append_status(record.status, &out);
  if (record.limit_access) {
    append_json_name("limit_access", &out);
    out += *record.limit_access ? "true" : "false";
  }
  append_texts("contents", record.contents, &out);
  append_texts("approvals", record.approvals, &out);
  append_texts("domains", record.domains, &out);
  append_list(
      "ips", record.ips,
      [](const IpRange& item, std::string* to) { append_json_string(format_ip_range(item), to); },
      &out);
  append_texts("providers", record.providers, &out);
  append_text("host_platform", record.host_platform, &out);
  append_list("platforms", record.platforms, append_platform, &out);
  append_text("version", record.version, &out);
  append_day("submitted_on", record.submitted_on, &out);
  append_day("approved_on", record.approved_on, &out);
  append_day("cancelled_on", record.cancelled_on, &out);
  append_instant("updated_at", record.updated_at, &out);
  out.push_back('}');
  return out;
}

std::string to_ndjson(const FeedRecord& record) {
  if (const auto* subject = std::get_if<SubjectRecord>(&record)) return to_ndjson(*subject);
  if (const auto* service = std::get_if<ServiceRecord>(&record)) return to_ndjson(*service);
  if (const auto* removed = std::get_if<RemoveSubject>(&record))
    return removal("subject", removed->id);
  return removal("service", std::get<RemoveService>(record).id);
}

}  // namespace beian::cache
