// The rules, one group a file. Each reads the request and the registry and adds findings; none
// knows of policy, and none looks at another's findings but to say nothing twice.
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
// The service is filed, be it that its change or its cancellation is in review, and its subject
// stands.
bool is_filed(const cache::ServiceView& filing) noexcept;
// The service is submitted, in review or returned: anybody can submit anything.
bool is_submission(const cache::ServiceView& filing) noexcept;
void find_standing(const RuleContext& context, const cache::ServiceView& filing);
void find_subject_standing(const RuleContext& context, const cache::SubjectView& subject);
// Who has the number: a reclaimed one can come back for somebody else. The first of its subjects,
// but where that is no more, the first with a service under it that is; nullopt where nothing has
// the number.
std::optional<cache::SubjectView> subject_of_number(const cache::Registry& registry,
                                                    SubjectKey number) noexcept;

// Whether names below `domain` are its tenants', by the public suffix list: `sinaapp.com`.
bool is_rented_out(std::string_view domain);

// Returns the fields given that could not be compared, since the registry does not hold what the
// filing has.
FieldSet find_network(const RuleContext& context, const cache::ServiceView& filing);
// The services that hold the domain itself or the nearest of its parents down to the registrable
// name. `storage` keeps a normalised copy alive when one is needed.
cache::Filings services_of_domain(const cache::Registry& registry, std::string_view domain,
                                  std::string* storage);

// The same, but a parent with a service that is filed goes over nearer names without, and one with
// a submission over those where all were cancelled: a subdomain is still part of the domain above
// it. A service without a status may be filed, and counts like one that is.
cache::Filings filed_services_of_domain(const cache::Registry& registry, std::string_view domain,
                                        std::string* storage);

void find_duties(const RuleContext& context, const cache::ServiceView& filing);
// The province of the sponsor's domicile: what the registry records of it where that is a province,
// else that of the subject's own number; empty where neither names one. Lives with the snapshot.
std::string_view domicile_of(const cache::SubjectView& subject) noexcept;
// The same as an index of kProvinces.
std::optional<std::uint8_t> domicile_index(const cache::SubjectView& subject) noexcept;
// The number that an app shows against the one it has to show, which is that of `key` and `kind`.
void find_display(const RuleContext& context, FilingKey key, Kind kind);

}  // namespace beian
