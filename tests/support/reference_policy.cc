#include "tests/support/reference_policy.h"

#include <map>
#include <set>

namespace beian::test {
namespace {

// The table of API.md, row by row: distribute / connect / preinstall.
const std::map<std::string, std::vector<std::string>, std::less<>> kEffects = {
    {"NUMBER_MISSING", {"deny", "deny", "deny"}},
    {"NUMBER_RESOLVED", {"review", "note", "note"}},
    {"AMBIGUOUS", {"review", "review", "review"}},
    {"NUMBER_MALFORMED", {"deny", "deny", "deny"}},
    {"NUMBER_REPAIRED", {"note", "note", "note"}},
    {"NUMBER_IMPLAUSIBLE", {"note", "note", "note"}},
    {"NOT_A_FILING", {"deny", "deny", "deny"}},
    {"SUBJECT_ONLY", {"deny", "deny", "deny"}},
    {"WRONG_KIND", {"deny", "deny", "deny"}},
    {"NOT_FILED", {"deny", "deny", "deny"}},
    {"PENDING", {"deny", "deny", "deny"}},
    {"RETURNED", {"deny", "deny", "deny"}},
    {"SERVICE_CANCELLED", {"deny", "deny", "deny"}},
    {"SUBJECT_CANCELLED", {"deny", "deny", "deny"}},
    {"REVOKED", {"deny", "deny", "deny"}},
    {"BLACKLISTED", {"deny", "deny", "deny"}},
    {"CANCELLING", {"review", "review", "review"}},
    {"CHANGE_PENDING", {"note", "note", "note"}},
    {"ACCESS_RESTRICTED", {"deny", "deny", "deny"}},
    {"SHELL", {"review", "deny", "review"}},
    {"NAME_MISMATCH", {"deny", "deny", "deny"}},
    {"PACKAGE_NOT_FILED", {"deny", "deny", "deny"}},
    {"CERTIFICATE_MISMATCH", {"deny", "deny", "deny"}},
    {"PUBLIC_KEY_MISMATCH", {"deny", "deny", "deny"}},
    {"PLATFORM_NOT_FILED", {"deny", "deny", "deny"}},
    {"SPONSOR_MISMATCH", {"review", "review", "review"}},
    {"DOMAIN_NOT_FILED", {"review", "deny", "review"}},
    {"IP_NOT_FILED", {"review", "deny", "review"}},
    {"ACCESS_NOT_ADDED", {"note", "deny", "note"}},
    {"APPROVAL_MISSING", {"review", "review", "review"}},
    {"DISPLAY_MISSING", {"review", "note", "review"}},
    {"DISPLAY_MISMATCH", {"review", "note", "review"}},
    {"PROVINCE_MISMATCH", {"review", "review", "review"}},
    {"NOT_COMPARABLE", {"note", "note", "note"}},
    {"EXEMPT_OFFLINE", {"allow", "allow", "allow"}},
    {"EXEMPT_OVERSEAS", {"allow", "allow", "allow"}},
    {"EXEMPTION_CONTRADICTED", {"deny", "deny", "deny"}},
    {"BEFORE_REGIME", {"allow", "allow", "allow"}},
    {"STOCK_GRACE", {"allow", "allow", "allow"}},
    {"REGISTRY_STALE", {"note", "note", "note"}},
    {"REGISTRY_EXPIRED", {"unknown", "unknown", "unknown"}},
    {"REGISTRY_INCOMPLETE", {"unknown", "unknown", "unknown"}},
    {"REGISTRY_BEHIND", {"unknown", "unknown", "unknown"}},
};

// Profile `factory`: at preinstall, what a person would otherwise look at is denied.
const std::set<std::string, std::less<>> kFactoryDenies = {
    "AMBIGUOUS",    "CANCELLING",       "SHELL",           "SPONSOR_MISMATCH", "DOMAIN_NOT_FILED",
    "IP_NOT_FILED", "APPROVAL_MISSING", "DISPLAY_MISSING", "DISPLAY_MISMATCH", "PROVINCE_MISMATCH"};

// Exempt and grace findings, and the denies they remove.
const std::set<std::string, std::less<>> kLifting = {"EXEMPT_OFFLINE", "EXEMPT_OVERSEAS",
                                                     "BEFORE_REGIME", "STOCK_GRACE"};
const std::set<std::string, std::less<>> kLifted = {"NUMBER_MISSING", "NOT_FILED", "PENDING",
                                                    "RETURNED"};

std::string worst(const std::vector<std::string>& effects) {
  for (const char* effect : {"deny", "unknown", "review"})
    for (const std::string& one : effects)
      if (one == effect) return effect;
  return "allow";
}

// The effect of `code` alone, whatever else is found.
std::string effect_of(std::string_view code, std::string_view operation, std::string_view profile) {
  if (profile == "factory" && operation == "preinstall" && kFactoryDenies.contains(code))
    return "deny";
  const auto& row = kEffects.find(code)->second;
  return row[operation == "distribute" ? 0 : operation == "connect" ? 1 : 2];
}

}  // namespace

ReferenceVerdict reference_verdict(const std::vector<ReferenceFinding>& findings,
                                   std::string_view operation, std::string_view profile) {
  bool is_exempt = false;
  for (const ReferenceFinding& finding : findings) is_exempt |= kLifting.contains(finding.code);
  ReferenceVerdict verdict;
  for (const ReferenceFinding& finding : findings)
    verdict.effects.push_back(is_exempt && kLifted.contains(finding.code)
                                  ? "note"
                                  : effect_of(finding.code, operation, profile));
  verdict.would_be = worst(verdict.effects);
  verdict.decision = profile == "observe" ? "allow" : verdict.would_be;  // a dry run
  return verdict;
}

}  // namespace beian::test
