#include "gate/wire/fields.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "cache/base/bytes.h"
#include "cache/base/limits.h"
#include "cache/filing/fingerprint.h"
#include "gate/decision/approvals.h"
#include "gate/decision/identity_text.h"

namespace beian::wire {
namespace {

constexpr std::array kTopFields = {
    FieldSpec{Slot::kId, SlotType::kText, "id", "/id", &CheckRequest::id},
    FieldSpec{Slot::kOperation, SlotType::kText, "operation", "/operation"},
    FieldSpec{Slot::kFilingNumber, SlotType::kText, "filing_number", "/filing_number",
              &CheckRequest::filing_number},
    FieldSpec{Slot::kApp, SlotType::kObject, "app", "/app"},
    FieldSpec{Slot::kProvider, SlotType::kText, "provider", "/provider", &CheckRequest::provider},
    FieldSpec{Slot::kAsOf, SlotType::kText, "as_of", "/as_of"},
    FieldSpec{Slot::kMinSerial, SlotType::kInteger, "min_serial", "/min_serial"},
    FieldSpec{Slot::kDetail, SlotType::kText, "detail", "/detail"},
};

constexpr std::array kAppFields = {
    FieldSpec{Slot::kKind, SlotType::kText, "kind", "/app/kind"},
    FieldSpec{Slot::kName, SlotType::kText, "name", "/app/name", nullptr, &AppIdentity::name},
    FieldSpec{Slot::kPlatform, SlotType::kText, "platform", "/app/platform"},
    FieldSpec{Slot::kPackage, SlotType::kText, "package", "/app/package"},
    FieldSpec{Slot::kVersion, SlotType::kText, "version", "/app/version", nullptr,
              &AppIdentity::version},
    FieldSpec{Slot::kFingerprint, SlotType::kList, "fingerprint", "/app/fingerprint"},
    FieldSpec{Slot::kPublicKey, SlotType::kList, "public_key", "/app/public_key"},
    FieldSpec{Slot::kSponsor, SlotType::kObject, "sponsor", "/app/sponsor"},
    FieldSpec{Slot::kDomains, SlotType::kList, "domains", "/app/domains"},
    FieldSpec{Slot::kIps, SlotType::kList, "ips", "/app/ips"},
    FieldSpec{Slot::kCategories, SlotType::kList, "categories", "/app/categories"},
    FieldSpec{Slot::kHostPlatform, SlotType::kText, "host_platform", "/app/host_platform"},
    FieldSpec{Slot::kOffline, SlotType::kFlag, "offline", "/app/offline"},
    FieldSpec{Slot::kNetworkPermission, SlotType::kFlag, "network_permission",
              "/app/network_permission"},
    FieldSpec{Slot::kOperatorOverseas, SlotType::kFlag, "operator_overseas",
              "/app/operator_overseas"},
    FieldSpec{Slot::kServersOverseas, SlotType::kFlag, "servers_overseas", "/app/servers_overseas"},
    FieldSpec{Slot::kFirstPublished, SlotType::kText, "first_published", "/app/first_published"},
    FieldSpec{Slot::kDisplayedNumber, SlotType::kText, "displayed_number", "/app/displayed_number"},
};

constexpr std::array kSponsorFields = {
    FieldSpec{Slot::kSponsorName, SlotType::kText, "name", "/app/sponsor/name", nullptr,
              &AppIdentity::sponsor_name},
    FieldSpec{Slot::kSponsorCertificate, SlotType::kText, "certificate_number",
              "/app/sponsor/certificate_number"},
};

struct FlatAlias {
  std::string_view name;
  Slot slot;
};
constexpr std::array kFlatAliases = {
    FlatAlias{"number", Slot::kFilingNumber},
    FlatAlias{"sponsor", Slot::kSponsorName},
    FlatAlias{"sponsor.name", Slot::kSponsorName},
    FlatAlias{"sponsor_name", Slot::kSponsorName},
    FlatAlias{"sponsor.certificate_number", Slot::kSponsorCertificate},
    FlatAlias{"sponsor_certificate_number", Slot::kSponsorCertificate},
    FlatAlias{"certificate_number", Slot::kSponsorCertificate},
    FlatAlias{"domain", Slot::kDomains},
    FlatAlias{"ip", Slot::kIps},
    FlatAlias{"category", Slot::kCategories},
    FlatAlias{"fingerprints", Slot::kFingerprint},
    FlatAlias{"public_keys", Slot::kPublicKey},
};

constexpr std::array<std::pair<std::string_view, Kind>, 3> kKindNames = {
    {{"app", Kind::kApp}, {"mini_program", Kind::kMiniProgram}, {"quick_app", Kind::kQuickApp}}};

constexpr FieldTable kTopTable(kTopFields);
constexpr FieldTable kAppTable(kAppFields);
constexpr FieldTable kSponsorTable(kSponsorFields);

constexpr std::string_view kNoFingerprint =
    "not the hexadecimal of an MD5, SHA-1 or SHA-256 digest";

[[gnu::cold]] bool fail(const FieldSpec& field, std::string detail, Problem* problem) {
  *problem = {400, "invalid-field", std::move(detail), std::string(field.pointer)};
  return false;
}

std::string quoted(std::string_view value) {
  return "\"" + printable(value, 60) + "\"";
}

bool set_operation(const FieldSpec& field, std::string_view value, CheckRequest* request,
                   Problem* problem) {
  const auto operation = parse_operation(value);
  if (!operation)
    return fail(field, "operation must be distribute, connect or preinstall, not " + quoted(value),
                problem);
  request->operation = *operation;
  return true;
}

bool set_kind(const FieldSpec& field, std::string_view value, CheckRequest* request,
              Problem* problem) {
  if (value.empty()) return true;
  const auto found =
      std::ranges::find(kKindNames, value, [](const auto& kind) { return kind.first; });
  if (found == kKindNames.end())
    return fail(field, "kind must be app, mini_program or quick_app, not " + quoted(value),
                problem);
  request->app.kind = found->second;
  request->app.is_kind_given = true;
  return true;
}

bool set_day(const FieldSpec& field, std::string_view value, std::optional<Day>* day,
             Problem* problem) {
  if (value.empty()) return true;
  *day = parse_day(value);
  return *day ? true : fail(field, "not a day written YYYY-MM-DD: " + quoted(value), problem);
}

bool set_detail(const FieldSpec& field, std::string_view value, CheckRequest* request,
                Problem* problem) {
  if (value.empty()) return true;
  if (value != "brief" && value != "full")
    return fail(field, "detail must be brief or full, not " + quoted(value), problem);
  request->is_detail_full = value == "full";
  return true;
}

std::optional<bool>* flag_of(Slot slot, AppIdentity* app) {
  switch (slot) {
    case Slot::kOffline:
      return &app->offline;
    case Slot::kNetworkPermission:
      return &app->network_permission;
    case Slot::kOperatorOverseas:
      return &app->operator_overseas;
    case Slot::kServersOverseas:
      return &app->servers_overseas;
    default:
      return nullptr;
  }
}

bool set_platform(const FieldSpec& field, std::string_view value, CheckRequest* request,
                  Problem* problem) {
  const auto word = platform_word(value);
  if (!word)
    return fail(
        field,
        "platform is a lower-case word such as android, ios or harmonyos, not " + quoted(value),
        problem);
  request->app.platform = *word;
  return true;
}

[[gnu::cold, gnu::noinline]] bool fail_length(const FieldSpec& field, std::size_t max,
                                              Problem* problem) {
  return fail(field, "longer than " + std::to_string(max) + " bytes", problem);
}

bool check_length(const FieldSpec& field, std::string_view value, Problem* problem) {
  const std::size_t max =
      field.slot == Slot::kPublicKey ? limits::kPublicKeyTextBytesMax : limits::kTextFieldBytesMax;
  return value.size() <= max || fail_length(field, max, problem);
}

template <class List>
bool append(const FieldSpec& field, List* list, typename List::value_type value, Problem* problem) {
  if (list->size() >= limits::kListItemsMax)
    return fail(field, "more than " + std::to_string(limits::kListItemsMax) + " items", problem);
  list->push_back(std::move(value));
  return true;
}

}  // namespace

const FieldTable& top_fields() noexcept {
  return kTopTable;
}
const FieldTable& app_fields() noexcept {
  return kAppTable;
}
const FieldTable& sponsor_fields() noexcept {
  return kSponsorTable;
}

const FieldSpec* find_flat_field(std::string_view name) noexcept {
  if (name.starts_with("app.")) name.remove_prefix(4);
  for (const FlatAlias& alias : kFlatAliases) {
    if (alias.name != name) continue;
    for (const FieldTable* fields : {&kTopTable, &kAppTable, &kSponsorTable})
      for (const FieldSpec& field : *fields)
        if (field.slot == alias.slot) return &field;
  }
  for (const FieldTable* fields : {&kTopTable, &kAppTable})
    if (const FieldSpec* field = fields->find(name);
        field != nullptr && field->type != SlotType::kObject)
      return field;
  return nullptr;
}

bool set_meaningful_text(const FieldSpec& field, std::string_view value, CheckRequest* request,
                         Problem* problem) {
  if (!check_length(field, value, problem)) return false;
  switch (field.slot) {
    case Slot::kOperation:
      return set_operation(field, value, request, problem);
    case Slot::kKind:
      return set_kind(field, value, request, problem);
    case Slot::kAsOf:
      return set_day(field, value, &request->as_of, problem);
    case Slot::kFirstPublished:
      return set_day(field, value, &request->app.first_published, problem);
    case Slot::kDetail:
      return set_detail(field, value, request, problem);
    case Slot::kPlatform:
      return set_platform(field, without_margins(value), request, problem);
    case Slot::kPackage:
      request->app.package = without_margins(value);
      return true;
    case Slot::kHostPlatform:
      request->app.host_platform = without_margins(value);
      return true;
    case Slot::kSponsorCertificate:
      request->app.sponsor_certificate = without_margins(value);
      return true;
    case Slot::kDisplayedNumber:
      request->app.displayed_number = value;
      return true;
    default:
      return fail(field, "not a text field", problem);
  }
}

bool add_item(const FieldSpec& field, std::string_view value, CheckRequest* request,
              Problem* problem) {
  if (!check_length(field, value, problem)) return false;
  if (value.empty()) return true;
  AppIdentity& app = request->app;
  switch (field.slot) {
    case Slot::kFingerprint: {
      const auto fingerprint = parse_fingerprint(value);
      if (!fingerprint) {
        const std::string_view fault = fingerprint_label_fault(value);
        return fail(field,
                    std::string(fault.empty() ? kNoFingerprint : fault) + ": " + quoted(value),
                    problem);
      }
      return append(field, &app.fingerprints, *fingerprint, problem);
    }
    case Slot::kPublicKey: {
      const auto key = parse_public_key(value);
      if (!key)
        return fail(field,
                    "neither an RSA modulus nor a public key or certificate in PEM, base64 "
                    "or hexadecimal: " +
                        quoted(value),
                    problem);
      return append(field, &app.public_keys, *key, problem);
    }
    case Slot::kIps: {
      const auto address = parse_ip(value);
      if (!address) return fail(field, "not an IP address: " + quoted(value), problem);
      return append(field, &app.ips, *address, problem);
    }
    case Slot::kDomains: {
      if (!normalize_domain(value)) return fail(field, "not a domain: " + quoted(value), problem);
      return append(field, &app.domains, value, problem);
    }
    case Slot::kCategories: {
      bool is_room = true;
      for_each_category(value, [&](std::string_view category) {
        return is_room = append(field, &app.categories, category, problem);
      });
      return is_room;
    }
    default:
      return fail(field, "not a list", problem);
  }
}

bool set_flag(const FieldSpec& field, bool value, CheckRequest* request) {
  std::optional<bool>* flag = flag_of(field.slot, &request->app);
  if (flag != nullptr) *flag = value;
  return flag != nullptr;
}

bool set_integer(const FieldSpec& field, std::uint64_t value, CheckRequest* request) {
  if (field.slot != Slot::kMinSerial) return false;
  request->min_serial = value;
  return true;
}

bool set_from_text(const FieldSpec& field, std::string_view value, CheckRequest* request,
                   Problem* problem) {
  switch (field.type) {
    case SlotType::kText:
      return set_text(field, value, request, problem);
    case SlotType::kList:
      while (!value.empty()) {
        // A PEM holds no comma, so a list can always be split.
        const std::size_t comma = std::min(value.find(','), value.size());
        if (!add_item(field, value.substr(0, comma), request, problem)) return false;
        value.remove_prefix(std::min(comma + 1, value.size()));
      }
      return true;
    case SlotType::kFlag:
      if (value.empty()) return true;
      if (value != "true" && value != "false" && value != "1" && value != "0")
        return fail(field, "must be true or false, not " + quoted(value), problem);
      return set_flag(field, value == "true" || value == "1", request);
    case SlotType::kInteger: {
      if (value.empty()) return true;
      std::uint64_t number = 0;
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
      constexpr std::uint64_t kMax = std::numeric_limits<std::int64_t>::max();  // as in JSON
      if (error != std::errc{} || end != value.data() + value.size() || number > kMax)
        return fail(field, "must be a whole number, 0 to 2^63-1, not " + quoted(value), problem);
      return set_integer(field, number, request);
    }
    case SlotType::kObject:
      break;
  }
  return fail(field, "cannot be set from one text", problem);
}

bool require_operation(bool is_given, Problem* problem) {
  if (is_given) return true;
  *problem = {400, "missing-field", "operation is required: distribute, connect or preinstall",
              "/operation"};
  return false;
}

}  // namespace beian::wire
