// The rules, one group per file. Each reads the request and the registry and adds findings. None
// knows policy, and none looks at another's findings except to avoid reporting something twice.
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
// Whether the service is filed, even while a change or cancellation is in review, and its subject
// stands.
bool is_filed(const cache::ServiceView& filing) noexcept;
// Whether the service is submitted, in review or returned: anybody can submit anything.
bool is_submission(const cache::ServiceView& filing) noexcept;
void find_standing(const RuleContext& context, const cache::ServiceView& filing);
void find_subject_standing(const RuleContext& context, const cache::SubjectView& subject);
// Who has the number now, as a reclaimed one can be given to somebody else: its first subject,
// unless that is dead and a live one has a service under the number. nullopt when nobody has it.
std::optional<cache::SubjectView> subject_of_number(const cache::Registry& registry,
                                                    SubjectKey number) noexcept;

// Whether names below `domain` are its tenants', according to the public suffix list:
// `sinaapp.com`.
bool is_rented_out(std::string_view domain);

// Returns the given fields that could not be compared because the registry does not hold them for
// the filing.
FieldSet find_network(const RuleContext& context, const cache::ServiceView& filing);
// The services that hold the domain itself, or else its nearest parent up to the registrable name.
// `storage` keeps a normalised copy alive when one is needed.
cache::Filings services_of_domain(const cache::Registry& registry, std::string_view domain,
                                  std::string* storage);

// The same, but a parent with a filed service is preferred to nearer names without one, and a
// parent with a submission to names where all are cancelled: a subdomain is still part of the
// domain above it. A service without a status may be filed, and counts as if it were.
cache::Filings filed_services_of_domain(const cache::Registry& registry, std::string_view domain,
                                        std::string* storage);

void find_duties(const RuleContext& context, const cache::ServiceView& filing);
// The province of the sponsor's domicile: the recorded one if that is a province, else the one of
// the subject's own number; empty when neither names one. Lives with the snapshot.
std::string_view domicile_of(const cache::SubjectView& subject) noexcept;
// The same as an index into kProvinces; nullopt when there is none.
std::optional<std::uint8_t> domicile_index(const cache::SubjectView& subject) noexcept;
// Compares the number that an app displays with the one that it must, which is that of `key` and
// `kind`.
void find_display(const RuleContext& context, FilingKey key, Kind kind);

}  // namespace beian
