// The words of the contract: every enumerator's name as JSON, configuration and metrics print it.
#include <algorithm>
#include <array>
#include <span>

#include "gate/decision/decision.h"
#include "gate/decision/finding.h"

namespace beian {
namespace {

constexpr std::array<std::string_view, kOperationCount> kOperations = {"distribute", "connect",
                                                                       "preinstall"};
constexpr std::array<std::string_view, 5> kEffects = {"note", "allow", "review", "unknown", "deny"};
constexpr std::array<std::string_view, 5> kAssurances = {"none", "number", "name", "package",
                                                         "certificate"};

// clang-format off
constexpr std::array<std::string_view, kCodeCount> kCodes = {
    "NUMBER_MISSING",        "NUMBER_RESOLVED",     "AMBIGUOUS",
    "NUMBER_MALFORMED",      "NUMBER_REPAIRED",     "NUMBER_IMPLAUSIBLE",
    "NOT_A_FILING",          "SUBJECT_ONLY",        "WRONG_KIND",
    "NOT_FILED",             "PENDING",             "RETURNED",
    "SERVICE_CANCELLED",     "SUBJECT_CANCELLED",   "REVOKED",
    "BLACKLISTED",           "CANCELLING",          "CHANGE_PENDING",
    "ACCESS_RESTRICTED",     "SHELL",               "NAME_MISMATCH",
    "PACKAGE_NOT_FILED",     "CERTIFICATE_MISMATCH", "PUBLIC_KEY_MISMATCH",
    "PLATFORM_NOT_FILED",    "SPONSOR_MISMATCH",    "DOMAIN_NOT_FILED",
    "IP_NOT_FILED",          "ACCESS_NOT_ADDED",    "APPROVAL_MISSING",
    "DISPLAY_MISSING",       "DISPLAY_MISMATCH",    "PROVINCE_MISMATCH",
    "NOT_COMPARABLE",        "EXEMPT_OFFLINE",      "EXEMPT_OVERSEAS",
    "EXEMPTION_CONTRADICTED", "BEFORE_REGIME",      "STOCK_GRACE",
    "REGISTRY_STALE",        "REGISTRY_EXPIRED",    "REGISTRY_INCOMPLETE",
    "REGISTRY_BEHIND",
};
// clang-format on

constexpr std::array<std::string_view, kFieldCount> kPointers = {
    "",
    "/filing_number",
    "/app/kind",
    "/app/name",
    "/app/sponsor/name",
    "/app/sponsor/certificate_number",
    "/app/platform",
    "/app/package",
    "/app/fingerprint",
    "/app/public_key",
    "/app/domains",
    "/app/ips",
    "/app/categories",
    "/provider",
    "/app/displayed_number",
    "/app/offline",
    "/app/network_permission",
    "/app/operator_overseas",
    "/app/servers_overseas",
    "/app/first_published",
    "/as_of",
    "/min_serial",
    "/app/host_platform",
};

template <class Enum>
std::optional<Enum> find_name(std::span<const std::string_view> names, std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Enum>(found - names.begin());
}

template <class Enum>
std::string_view name_in(std::span<const std::string_view> names, Enum value) noexcept {
  return names[static_cast<std::size_t>(value)];
}

}  // namespace

std::string_view name_of(Operation operation) noexcept {
  return name_in(kOperations, operation);
}
std::optional<Operation> parse_operation(std::string_view name) noexcept {
  return find_name<Operation>(kOperations, name);
}

std::string_view name_of(Effect effect) noexcept {
  return name_in(kEffects, effect);
}
std::optional<Effect> parse_effect(std::string_view name) noexcept {
  return find_name<Effect>(kEffects, name);
}

std::string_view name_of(Code code) noexcept {
  return name_in(kCodes, code);
}
std::optional<Code> parse_code(std::string_view name) noexcept {
  return find_name<Code>(kCodes, name);
}

std::string_view field_pointer(FieldId field) noexcept {
  return name_in(kPointers, field);
}

std::string_view name_of(Assurance assurance) noexcept {
  return name_in(kAssurances, assurance);
}

}  // namespace beian
