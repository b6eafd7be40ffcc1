#include "gate/wire/filing_json.h"

#include <array>

#include "gate/wire/follower_json.h"
#include "gate/wire/province_counts.h"

namespace beian::wire {
namespace {

using cache::PlatformView;
using cache::ServiceView;
using cache::StringList;
using cache::SubjectView;

void write_day(std::string_view name, const std::optional<Day>& day, JsonWriter* json) {
  json->key(name);
  day ? json->string(format_day(*day)) : json->null();
}

// Unknown is null; known to be none is an empty array.
template <class Write>
void write_known(std::string_view name, bool is_known, std::size_t size, Write write,
                 JsonWriter* json) {
  json->key(name);
  if (!is_known) return json->null();
  json->begin_array();
  for (std::size_t i = 0; i < size; ++i) write(i);
  json->end_array();
}

void write_strings(std::string_view name, const StringList& list, JsonWriter* json) {
  write_known(
      name, list.is_known(), list.size(), [&](std::size_t i) { json->string(list[i]); }, json);
}

void write_digests(std::string_view name, const StringList& list, JsonWriter* json) {
  write_known(
      name, list.is_known(), list.size(),
      [&](std::size_t i) { json->string(to_hex(as_bytes(list[i]))); }, json);
}

void write_platform(const PlatformView& platform, JsonWriter* json) {
  json->begin_object();
  json->field("os", platform.os());
  json->optional_field("package", platform.package());
  write_digests("fingerprints", platform.fingerprints(), json);
  write_digests("public_key_digests", platform.public_keys(), json);
  json->end_object();
}

void write_text_or_null(const std::optional<std::string_view>& text, Pen* pen) {
  text ? pen->json_string(*text) : pen->literal("null");
}

// `number` is the filing's, as canonical text.
void write_summary_fields(const ServiceView& filing, std::string_view number, Pen* pen) {
  const SubjectView subject = filing.subject();
  pen->literal("\"number\":\"");
  pen->text(number);
  pen->literal("\",\"subject_number\":\"");
  // A service's number is its subject's, then a hyphen, serial and letter.
  pen->text(number.substr(0, number.rfind('-')));
  pen->literal("\",\"kind\":\"");
  pen->text(name_of(filing.kind()));
  pen->literal("\",\"names\":");
  if (const StringList names = filing.names(); names.is_known()) {
    pen->literal("[");
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (i > 0) pen->literal(",");
      pen->json_string(names[i]);
    }
    pen->literal("],\"sponsor\":");
  } else {
    pen->literal("null,\"sponsor\":");
  }
  write_text_or_null(subject.sponsor(), pen);
  pen->literal(",\"nature\":");
  write_text_or_null(subject.nature(), pen);
  pen->literal(",\"status\":\"");
  pen->text(name_of(filing.status()));
  if (const auto day = filing.approved_on()) {
    pen->literal("\",\"approved_on\":\"");
    pen->day(*day);
    pen->literal("\"");
  } else {
    pen->literal("\",\"approved_on\":null");
  }
}

// The same, into an object that `json` has begun and will go on with.
void write_summary_fields(const ServiceView& filing, JsonWriter* json) {
  std::array<char, kCanonicalBytesMax> text;
  const std::string_view number{text.data(), print(filing.number(), text.data())};
  json->raw({});
  Pen pen(json->out());
  write_summary_fields(filing, number, &pen);
}

void write_subject_fields(const SubjectView& subject, JsonWriter* json) {
  json->key("number");
  write_number(subject.number(), json);
  json->optional_field("sponsor", subject.sponsor());
  json->optional_field("nature", subject.nature());
  // An individual's certificate number is that of an identity card; when the nature is not known,
  // it may be one.
  const auto nature = subject.nature();
  const bool is_unit = nature && !nature->empty() && *nature != "个人";
  json->optional_field("certificate_number", is_unit ? subject.certificate_number() : std::nullopt);
  json->word_field("status", name_of(subject.status()));
  json->key("updated_at");
  const auto updated = subject.updated_at();
  updated ? json->string(format_instant(*updated)) : json->null();
  write_day("cancelled_on", subject.cancelled_on(), json);
}

// Characters that stand for one province are counted together.
void write_provinces(const cache::Snapshot& snapshot, JsonWriter* json) {
  const auto counts = services_by_province(snapshot);
  json->begin_object();
  for (std::size_t i = 1; i < kProvinces.size(); ++i) {
    if (!kProvinces[i].is_on_filings) continue;
    std::uint64_t services = 0;
    for (std::size_t other = 1; other < kProvinces.size(); ++other)
      if (kProvinces[other].zh == kProvinces[i].zh) services += counts[other];
    if (services == 0) continue;
    json->unsigned_field(kProvinces[i].character, services);
  }
  json->end_object();
}

}  // namespace

void write_number(const FilingNumber& number, JsonWriter* json) {
  std::array<char, kCanonicalBytesMax> text;
  // Canonical texts hold nothing that JSON escapes.
  json->word({text.data(), print(number, text.data())});
}

void write_number_text(const FilingNumber& number, Pen* pen) {
  pen->printed(kCanonicalBytesMax, [&](char* out) { return out + print(number, out); });
}

void write_filing_summary(const ServiceView& filing, JsonWriter* json) {
  json->begin_object();
  write_summary_fields(filing, json);
  json->end_object();
}

void write_filing_summary(const ServiceView& filing, std::string_view number, Pen* pen) {
  pen->literal("{");
  write_summary_fields(filing, number, pen);
  pen->literal("}");
}

void write_filing(const ServiceView& filing, JsonWriter* json, std::string_view query_url) {
  json->begin_object();
  write_summary_fields(filing, json);
  json->word_field("subject_status", name_of(filing.subject().status()));
  json->key("limit_access");
  const auto limited = filing.limit_access();
  limited ? json->boolean(*limited) : json->null();
  write_strings("contents", filing.contents(), json);
  write_strings("approvals", filing.approvals(), json);
  write_strings("domains", filing.domains(), json);
  write_known(
      "ips", filing.are_ips_known(), filing.ip_count(),
      [&](std::size_t i) { json->string(format_ip_range(filing.ip(i))); }, json);
  write_strings("providers", filing.providers(), json);
  json->optional_field("host_platform", filing.host_platform());
  write_known(
      "platforms", filing.are_platforms_known(), filing.platform_count(),
      [&](std::size_t i) { write_platform(filing.platform(i), json); }, json);
  json->optional_field("version", filing.version());
  write_day("submitted_on", filing.submitted_on(), json);
  write_day("cancelled_on", filing.cancelled_on(), json);
  if (!query_url.empty()) json->field("query_url", query_url);
  json->end_object();
}

void write_subject(const SubjectView& subject, const cache::Filings& services, JsonWriter* json,
                   std::string_view query_url) {
  json->begin_object();
  write_subject_fields(subject, json);
  json->key("services");
  json->begin_array();
  for (const ServiceView service : services) write_filing_summary(service, json);
  json->end_array();
  if (!query_url.empty()) json->field("query_url", query_url);
  json->end_object();
}

void write_registry(const cache::Generation& generation, Instant now, const RegistryNews* news,
                    JsonWriter* json) {
  const cache::SnapshotInfo& info = generation.info();
  const auto count = [&](std::string_view name, std::uint64_t value) {
    json->unsigned_field(name, value);
  };
  json->begin_object();
  count("serial", info.serial);
  json->field("as_of", format_instant(info.as_of));
  json->key("next_update");
  info.next_update ? json->string(format_instant(*info.next_update)) : json->null();
  json->key("age_seconds");
  json->integer(generation.age(now).count());
  json->word_field("state", name_of(generation.freshness(now)));
  json->key("sealed");
  json->boolean(info.is_sealed);
  json->key("counts");
  json->begin_object();
  count("subjects", info.subjects);
  count("services", info.services);
  json->key("by_kind");
  json->begin_object();
  for (const Kind kind : {Kind::kWebsite, Kind::kApp, Kind::kMiniProgram, Kind::kQuickApp})
    count(name_of(kind), info.services_by_kind[static_cast<std::size_t>(kind)]);
  json->end_object();
  json->key("by_status");
  json->begin_object();
  for (std::size_t i = 0; i < info.services_by_status.size(); ++i)
    if (info.services_by_status[i] > 0)
      count(name_of(static_cast<Status>(i)), info.services_by_status[i]);
  json->end_object();
  json->key("by_province");
  write_provinces(generation.registry().base(), json);
  json->end_object();
  json->field("source", generation.source());
  json->word_field("signature", name_of(info.signature));
  json->field("root_hash", to_hex(info.root_hash));
  json->key("test_identities");
  json->boolean(info.has_test_identities);
  if (news != nullptr) {
    json->key("follower");
    news->follower != nullptr ? write_follower(*news->follower, json) : json->null();
    json->key("last_changes");
    write_last_changes(news->last_changes, json);
  }
  json->end_object();
}

}  // namespace beian::wire
