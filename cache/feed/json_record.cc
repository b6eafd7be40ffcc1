#include "cache/feed/json_record.h"

#include "cache/base/limits.h"
#include "cache/feed/fields.h"
#include "cache/feed/json_locate.h"
#include "cache/feed/json_value.h"
#include "cache/feed/lines.h"
#include "cache/feed/storable.h"

namespace beian::cache {
namespace {

static_assert(LineReader::kPaddingBytes >= simdjson::SIMDJSON_PADDING);

// Readers for the tables below: which member of the record to fill, and how to read its text.
template <auto kMember, auto kRead, class Record>
bool text(JsonValue value, Record* record, ValueFault* fault) {
  return read_text_value(value, &(record->*kMember), fault, kRead);
}
template <auto kMember, auto kRead, class Record>
bool texts(JsonValue value, Record* record, ValueFault* fault) {
  return read_texts_value(value, &(record->*kMember), fault, kRead);
}
template <class Record>
bool id(JsonValue value, Record* record, ValueFault* fault) {
  return read_id_value(value, &record->id, fault);
}
template <class Record>
bool done(JsonValue, Record*, ValueFault*) {  // `record` and `op`, which read_head() has read
  return true;
}

bool subject_id(JsonValue value, ServiceRecord* record, ValueFault* fault) {
  return value.is_null() || read_id_value(value, &record->subject_id.emplace(), fault);
}
bool limit_access(JsonValue value, ServiceRecord* record, ValueFault* fault) {
  return read_bool_value(value, &record->limit_access, fault);
}
bool names(JsonValue value, ServiceRecord* record, ValueFault* fault) {
  if (record->names && !value.is_null()) return fault->fail("given besides `name`");
  return read_texts_value(value, &record->names, fault, read_text);
}
bool name(JsonValue value, ServiceRecord* record, ValueFault* fault) {
  if (record->names && !value.is_null()) return fault->fail("given besides `names`");
  std::optional<std::string> single;
  if (!read_text_value(value, &single, fault, read_text)) return false;
  if (single) record->names.emplace().push_back(std::move(*single));
  return true;
}

using Platform = PlatformRecord;

// Blanks around it are no part of it, here as in a request: the two are compared byte by byte.
bool package(JsonValue value, Platform* record, ValueFault* fault) {
  if (!read_text_value(value, &record->package, fault, read_text)) return false;
  if (!record->package) return true;
  constexpr std::string_view kOuterBlanks = " \t\n\v\f\r";
  std::string& text = *record->package;
  text.erase(text.find_last_not_of(kOuterBlanks) + 1);  // all of it, when it is nothing but blanks
  text.erase(0, text.find_first_not_of(kOuterBlanks));
  if (text.empty()) record->package.reset();
  return true;
}

constexpr std::array kPlatformFields = {
    JsonField<Platform>{"os", text<&Platform::os, read_word>},
    JsonField<Platform>{"package", package},
    JsonField<Platform>{"fingerprints", texts<&Platform::fingerprints, read_fingerprint>},
    JsonField<Platform>{"public_keys", texts<&Platform::public_keys, read_public_key>},
};

bool platform(JsonValue value, Platform* record, ValueFault* fault) {
  simdjson::dom::object members;
  if (value.get_object().get(members) != simdjson::SUCCESS)
    return fault->fail("expected an object");
  if (!read_fields(members, kPlatformFields, record, fault)) return false;
  return !record->os.empty() || fault->fail("a platform without its `os`");
}
bool platforms(JsonValue value, ServiceRecord* record, ValueFault* fault) {
  return read_list_value(value, &record->platforms, fault, platform);
}

using Subject = SubjectRecord;
constexpr std::array kSubjectFields = {
    JsonField<Subject>{"record", done},
    JsonField<Subject>{"id", id},
    JsonField<Subject>{"number", text<&Subject::number, read_subject_number>},
    JsonField<Subject>{"sponsor", text<&Subject::sponsor, read_text>},
    JsonField<Subject>{"nature", text<&Subject::nature, read_text>},
    JsonField<Subject>{"certificate_number", text<&Subject::certificate_number, read_text>},
    JsonField<Subject>{"province", text<&Subject::province, read_province>},
    JsonField<Subject>{"status", text<&Subject::status, read_subject_status>},
    JsonField<Subject>{"updated_at", text<&Subject::updated_at, read_instant>},
    JsonField<Subject>{"cancelled_on", text<&Subject::cancelled_on, read_day>},
    JsonField<Subject>{"op", done},
};

using Service = ServiceRecord;
constexpr std::array kServiceFields = {
    JsonField<Service>{"record", done},
    JsonField<Service>{"id", id},
    JsonField<Service>{"subject_id", subject_id},
    JsonField<Service>{"number", text<&Service::number, read_service_number>},
    JsonField<Service>{"names", names},
    JsonField<Service>{"status", text<&Service::status, read_service_status>},
    JsonField<Service>{"limit_access", limit_access},
    JsonField<Service>{"contents", texts<&Service::contents, read_text>},
    JsonField<Service>{"approvals", texts<&Service::approvals, read_text>},
    JsonField<Service>{"domains", texts<&Service::domains, read_domain>},
    JsonField<Service>{"ips", texts<&Service::ips, read_ip_range>},
    JsonField<Service>{"providers", texts<&Service::providers, read_text>},
    JsonField<Service>{"host_platform", text<&Service::host_platform, read_text>},
    JsonField<Service>{"platforms", platforms},
    JsonField<Service>{"version", text<&Service::version, read_text>},
    JsonField<Service>{"submitted_on", text<&Service::submitted_on, read_day>},
    JsonField<Service>{"approved_on", text<&Service::approved_on, read_day>},
    JsonField<Service>{"cancelled_on", text<&Service::cancelled_on, read_day>},
    JsonField<Service>{"updated_at", text<&Service::updated_at, read_instant>},
    JsonField<Service>{"op", done},
    JsonField<Service>{"name", name},
};

constexpr std::array kRemoveSubjectFields = {
    JsonField<RemoveSubject>{"record", done},
    JsonField<RemoveSubject>{"id", id},
    JsonField<RemoveSubject>{"op", done},
};
constexpr std::array kRemoveServiceFields = {
    JsonField<RemoveService>{"record", done},
    JsonField<RemoveService>{"id", id},
    JsonField<RemoveService>{"op", done},
};

// The fields that decide how the rest is read.
struct Head {
  bool is_subject = false;
  bool is_delete = false;
};

bool read_head(simdjson::dom::object row, Head* head, ValueFault* fault) {
  bool has_record = false;
  for (const auto [key, value] : row) {
    std::string_view word;
    if (key == "record") {
      if (value.get_string().get(word) != simdjson::SUCCESS ||
          (word != "subject" && word != "service"))
        return fault->fail("expected `subject` or `service`"), fault->inside(key);
      head->is_subject = word == "subject";
      has_record = true;
    } else if (key == "op" && !value.is_null()) {
      if (value.get_string().get(word) != simdjson::SUCCESS ||
          (word != "upsert" && word != "delete"))
        return fault->fail("expected `upsert` or `delete`"), fault->inside(key);
      head->is_delete = word == "delete";
    }
  }
  return has_record || fault->fail("a row without `record`");
}

template <class Record>
bool has_number(const Record&) {
  return true;
}
bool has_number(const Subject& record) {
  return record.number != FilingNumber();
}
bool has_number(const Service& record) {
  return record.number != FilingNumber();
}

template <class Record, std::size_t N>
bool read_record(simdjson::dom::object row, const std::array<JsonField<Record>, N>& fields,
                 FeedRecord* out, ValueFault* fault) {
  Record& record = out->emplace<Record>();
  if (!read_fields(row, fields, &record, fault)) return false;
  if (record.id == 0) return fault->fail("a row without `id`");
  return has_number(record) || fault->fail("a row without `number`");
}

bool read_row(simdjson::dom::object row, FeedRecord* out, ValueFault* fault) {
  Head head;
  if (!read_head(row, &head, fault)) return false;
  if (head.is_delete)
    return head.is_subject ? read_record(row, kRemoveSubjectFields, out, fault)
                           : read_record(row, kRemoveServiceFields, out, fault);
  return head.is_subject ? read_record(row, kSubjectFields, out, fault)
                         : read_record(row, kServiceFields, out, fault);
}

void describe(std::string_view row, ValueFault&& from, RowFault* fault) {
  fault->offset.reset();
  if (!from.pointer.empty()) fault->offset = locate_json_value(row, from.pointer, from.occurrence);
  fault->what = from.pointer.empty() ? from.what : joined({from.pointer, ": ", from.what});
  fault->pointer = std::move(from.pointer);
}

}  // namespace

struct JsonRecordParser::Parser {
  JsonDocumentParser json;
};

JsonRecordParser::JsonRecordParser() : parser_(std::make_unique<Parser>()) {}
JsonRecordParser::~JsonRecordParser() = default;

bool JsonRecordParser::parse(std::string_view row, FeedRecord* record, RowFault* fault) {
  JsonValue value;
  if (!parser_->json.parse(row, &value, fault)) return false;
  simdjson::dom::object members;
  ValueFault inner;
  if (value.get_object().get(members) != simdjson::SUCCESS)
    inner.fail("expected an object");
  else if (read_row(members, record, &inner) &&
           (row.size() <= kAlwaysStorableBytes || is_storable(*record, &inner)))
    return true;
  describe(row, std::move(inner), fault);
  return false;
}

}  // namespace beian::cache
