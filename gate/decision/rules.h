// The rules, one group a file. Each reads the request and the registry and adds findings; none
// knows of policy, and none looks at another's findings.
//
//   registry_rules.cc  what the registry at hand can assert
//   scope_rules.cc     exemptions and dates: does the duty to file apply at all
//   standing_rules.cc  status of service and subject, restrictions, shells
//   network_rules.cc   domains, IPs, access provider
//   duty_rules.cc      prior approvals, displayed number, province
#pragma once

#include "cache/base/calendar.h"
#include "cache/snapshot/generation.h"
#include "gate/decision/decision.h"
#include "gate/decision/request.h"

namespace beian {

// What every rule sees; lives for one evaluate().
struct RuleContext {
  const CheckRequest& request;
  const cache::Generation& generation;
  const Calendar& calendar;
  Instant now;
  Day day;                     // judged by: as_of, or today in China
  bool is_absence_assertable;  // sealed, unexpired and not behind the caller
  Decision* decision;

  const cache::Registry& registry() const noexcept { return generation.registry(); }
};

void find_registry_state(const RuleContext& context);
bool can_assert_absence(const CheckRequest& request, const cache::Generation& generation,
                        Instant now) noexcept;

void find_scope(const RuleContext& context);

// True unless the service or its subject is cancelled, revoked or blacklisted.
bool is_live(const cache::ServiceView& filing) noexcept;
void find_standing(const RuleContext& context, const cache::ServiceView& filing);
void find_subject_standing(const RuleContext& context, const cache::SubjectView& subject);

void find_network(const RuleContext& context, const cache::ServiceView& filing);
// The services that hold the domain itself or the nearest of its parents down to the registrable
// name. `storage` keeps a normalised copy alive when one is needed.
cache::Filings services_of_domain(const cache::Registry& registry, std::string_view domain,
                                  std::string* storage);

// The same, but a parent with a live filing goes over nearer ones without: a subdomain whose own
// filing was cancelled is still part of the domain above it.
cache::Filings live_services_of_domain(const cache::Registry& registry, std::string_view domain,
                                       std::string* storage);

void find_duties(const RuleContext& context, const cache::ServiceView& filing);
// The province of the sponsor's domicile: what the registry records of it where that is a province,
// else that of the subject's own number; empty where neither names one. Lives with the snapshot.
std::string_view domicile_of(const cache::SubjectView& subject) noexcept;
// The number that an app shows against the one it has to show, which is that of `key` and `kind`.
void find_display(const RuleContext& context, FilingKey key, Kind kind);

}  // namespace beian
