#include "cache/feed/miit_row.h"

#include <algorithm>
#include <array>

#include "cache/feed/fields.h"
#include "cache/filing/provinces.h"

namespace beian::cache {
namespace {

constexpr std::string_view kListSeparator = "、";

// The first two digits of GB/T 2260 codes, in the order of kProvinces from index 1.
constexpr std::array<std::uint8_t, 31> kProvinceCodes = {11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33,
                                                         34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50,
                                                         51, 52, 53, 54, 61, 62, 63, 64, 65};

struct RawRow {
  MiitRow row;
  std::optional<std::string> domain;
  std::optional<std::string> content_types;
  std::optional<std::string> limit_access;
  std::optional<std::string> name;
  std::uint64_t service_type = 0;
  std::uint64_t province_id = 0;
};

template <auto kMember, auto kRead>
bool row_text(JsonValue value, RawRow* raw, ValueFault* fault) {
  return read_text_value(value, &(raw->*kMember), fault, kRead);
}
template <auto kMember, auto kRead>
bool subject_text(JsonValue value, RawRow* raw, ValueFault* fault) {
  return read_text_value(value, &(raw->row.subject.*kMember), fault, kRead);
}
template <auto kMember, auto kRead>
bool service_text(JsonValue value, RawRow* raw, ValueFault* fault) {
  return read_text_value(value, &(raw->row.service.*kMember), fault, kRead);
}
// An integer, which some clients save as a text for fear of losing its last digits.
bool integer(JsonValue value, std::uint64_t* out, ValueFault* fault) {
  std::string_view digits;
  if (value.get_string().get(digits) == simdjson::SUCCESS)
    return digits.empty() || read_id(digits, out, &fault->what);
  return read_id_value(value, out, fault);
}
template <auto kMember>
bool code(JsonValue value, RawRow* raw, ValueFault* fault) {
  return integer(value, &(raw->*kMember), fault);
}
bool main_id(JsonValue value, RawRow* raw, ValueFault* fault) {
  return integer(value, &raw->row.subject.id, fault);
}
bool service_id(JsonValue value, RawRow* raw, ValueFault* fault) {
  return integer(value, &raw->row.service.id, fault);
}

constexpr std::array kRowFields = {
    JsonField<RawRow>{"contentTypeName", row_text<&RawRow::content_types, read_text>},
    JsonField<RawRow>{"domain", row_text<&RawRow::domain, read_domain>},
    JsonField<RawRow>{"limitAccess", row_text<&RawRow::limit_access, read_text>},
    JsonField<RawRow>{"mainId", main_id},
    JsonField<RawRow>{"mainLicence", subject_text<&SubjectRecord::number, read_subject_number>},
    JsonField<RawRow>{"natureName", subject_text<&SubjectRecord::nature, read_text>},
    JsonField<RawRow>{"provinceId", code<&RawRow::province_id>},
    JsonField<RawRow>{"serviceId", service_id},
    JsonField<RawRow>{"serviceLicence", service_text<&ServiceRecord::number, read_service_number>},
    JsonField<RawRow>{"serviceName", row_text<&RawRow::name, read_text>},
    JsonField<RawRow>{"serviceType", code<&RawRow::service_type>},
    JsonField<RawRow>{"unitName", subject_text<&SubjectRecord::sponsor, read_text>},
    JsonField<RawRow>{"updateRecordTime", service_text<&ServiceRecord::updated_at, read_instant>},
    JsonField<RawRow>{"version", service_text<&ServiceRecord::version, read_text>},
};

std::optional<Kind> kind_of_type(std::uint64_t type) {
  switch (type) {
    case 1:
      return Kind::kWebsite;
    case 6:
      return Kind::kApp;
    case 7:
      return Kind::kMiniProgram;
    case 8:
      return Kind::kQuickApp;
    default:
      return std::nullopt;
  }
}

bool fail_at(std::string_view field, std::string_view what, ValueFault* fault) {
  fault->fail(what);
  return fault->inside(field);
}

// Checks what no single field shows.
bool check_row(const RawRow& raw, ValueFault* fault) {
  const auto& [subject, service] = raw.row;
  if (subject.id == 0) return fault->fail("a row without `mainId`");
  if (service.id == 0) return fault->fail("a row without `serviceId`");
  if (subject.number == FilingNumber()) return fault->fail("a row without `mainLicence`");
  if (service.number == FilingNumber()) return fault->fail("a row without `serviceLicence`");
  if (service.number.subject() != subject.number.subject())
    return fail_at("serviceLicence", "not a service of `mainLicence`", fault);
  if (raw.service_type == 0) return true;
  const auto kind = kind_of_type(raw.service_type);
  if (!kind) return fail_at("serviceType", "expected 1, 6, 7 or 8", fault);
  return *kind == service.number.kind() ||
         fail_at("serviceType", "another kind than the letter of `serviceLicence`", fault);
}

template <class T>
void add_once(Known<T>* list, T item) {
  if (!*list) list->emplace();
  if (std::find((*list)->begin(), (*list)->end(), item) == (*list)->end())
    (*list)->push_back(std::move(item));
}
template <class T>
void add_all_once(Known<T>* list, Known<T>&& items) {
  if (!items) return;
  for (T& item : *items) add_once(list, std::move(item));
}

void split_contents(std::string_view joined, Known<std::string>* contents) {
  for (;;) {
    const std::size_t end = joined.find(kListSeparator);
    if (const auto one = joined.substr(0, end); !one.empty()) add_once(contents, std::string(one));
    if (end == std::string_view::npos) return;
    joined.remove_prefix(end + kListSeparator.size());
  }
}

bool complete(RawRow* raw, ValueFault* fault) {
  auto& [subject, service] = raw->row;
  subject.status = Status::kFiled;
  service.status = Status::kFiled;
  service.subject_id = subject.id;
  if (service.updated_at) service.approved_on = day_in_china(*service.updated_at);
  if (raw->domain) add_once(&service.domains, std::move(*raw->domain));
  if (raw->name) add_once(&service.names, std::move(*raw->name));
  if (raw->content_types) split_contents(*raw->content_types, &service.contents);
  if (raw->limit_access) {
    if (raw->limit_access != "是" && raw->limit_access != "否")
      return fail_at("limitAccess", "expected 是 or 否", fault);
    service.limit_access = raw->limit_access == "是";
  }
  const auto* const province =
      std::find(kProvinceCodes.begin(), kProvinceCodes.end(), raw->province_id / 10'000);
  if (province != kProvinceCodes.end())
    subject.province =
        kProvinces[1 + static_cast<std::size_t>(province - kProvinceCodes.begin())].character;
  return true;
}

}  // namespace

bool read_miit_row(JsonValue value, MiitRow* row, ValueFault* fault) {
  simdjson::dom::object members;
  if (value.get_object().get(members) != simdjson::SUCCESS)
    return fault->fail("expected an object");
  RawRow raw;
  if (!read_fields(members, kRowFields, &raw, fault)) return false;
  if (!check_row(raw, fault) || !complete(&raw, fault)) return false;
  *row = std::move(raw.row);
  return true;
}

void merge_subject(SubjectRecord&& row, SubjectRecord* merged) {
  if (row.sponsor) merged->sponsor = std::move(row.sponsor);
  if (row.nature) merged->nature = std::move(row.nature);
  if (row.province) merged->province = std::move(row.province);
}

void merge_service(ServiceRecord&& row, ServiceRecord* merged) {
  add_all_once(&merged->names, std::move(row.names));
  add_all_once(&merged->domains, std::move(row.domains));
  add_all_once(&merged->contents, std::move(row.contents));
  if (row.limit_access)
    merged->limit_access = merged->limit_access.value_or(false) || *row.limit_access;
  if (row.version) merged->version = std::move(row.version);
  if (row.updated_at && (!merged->updated_at || *row.updated_at > *merged->updated_at)) {
    merged->updated_at = row.updated_at;
    merged->approved_on = row.approved_on;
  }
}

}  // namespace beian::cache
