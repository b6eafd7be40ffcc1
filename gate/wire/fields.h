// The fields of a check request: one table of names and types, and the setters that JSON, query
// strings, CSV rows and command-line flags all go through.
//
// Values are checked here and nowhere else: a setter either stores a valid value or explains what
// is wrong with it. One thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "gate/decision/request.h"
#include "gate/wire/problem.h"

namespace beian::wire {

// clang-format off
enum class Slot : std::uint8_t {
  kId, kOperation, kFilingNumber, kApp, kProvider, kAsOf, kMinSerial, kDetail,  // top level
  kKind, kName, kPlatform, kPackage, kVersion, kFingerprint, kPublicKey, kSponsor, kDomains, kIps,
  kCategories, kHostPlatform, kOffline, kNetworkPermission, kOperatorOverseas, kServersOverseas,
  kFirstPublished, kDisplayedNumber,                                            // app
  kSponsorName, kSponsorCertificate,                                            // app.sponsor
};
// clang-format on

enum class SlotType : std::uint8_t { kText, kList, kFlag, kInteger, kObject };

struct FieldSpec {
  Slot slot;
  SlotType type;
  std::string_view name;     // key in its JSON object
  std::string_view pointer;  // JSON Pointer
};

std::span<const FieldSpec> top_fields() noexcept;
std::span<const FieldSpec> app_fields() noexcept;
std::span<const FieldSpec> sponsor_fields() noexcept;

// The field with this key among `fields`, or nullptr. One comparison. REQUIRES: `fields` is one of
// the three tables above.
const FieldSpec* find_field(std::span<const FieldSpec> fields, std::string_view name) noexcept;

// The field that a flat name means (query parameter, CSV column, flag): dotted or bare, with or
// without `app.`; `number` is filing_number, `sponsor` the sponsor's name, `domain`, `ip`,
// `category` and the plurals are the lists. nullptr when it is none.
const FieldSpec* find_flat_field(std::string_view name) noexcept;

// A platform as the registry spells it: a lower-case word; the usual ones are known in any case
// (iOS, HarmonyOS). nullopt for other words with capitals.
std::optional<std::string_view> platform_word(std::string_view text) noexcept;

// Each returns false after explaining in `problem`. Text is stored as a view, so it has to outlive
// the request. Empty text leaves the field not given (but for displayed_number, where it says that
// nothing is displayed).
bool set_text(const FieldSpec& field, std::string_view value, CheckRequest* request,
              Problem* problem);
bool add_item(const FieldSpec& field, std::string_view value, CheckRequest* request,
              Problem* problem);
bool set_flag(const FieldSpec& field, bool value, CheckRequest* request);
bool set_integer(const FieldSpec& field, std::uint64_t value, CheckRequest* request);

// Sets a flat field from text, whatever its type; lists are split at commas.
bool set_from_text(const FieldSpec& field, std::string_view value, CheckRequest* request,
                   Problem* problem);

// `operation` is required; explains its absence.
bool require_operation(bool is_given, Problem* problem);

}  // namespace beian::wire
