#include <libpsl.h>

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gate/decision/identity_text.h"
#include "gate/decision/rules.h"

namespace beian {
namespace {

using cache::Filings;
using cache::ServiceView;

// Whether the domain is in the form that look-ups need: labels of lower-case letters, digits and
// inner hyphens, the last with a letter. When in doubt returns false, and normalize_domain()
// decides.
bool is_plain_domain(std::string_view text) noexcept {
  constexpr std::size_t kDomainBytesMax = 253;
  constexpr std::size_t kLabelBytesMax = 63;
  if (text.empty() || text.size() > kDomainBytesMax) return false;
  bool has_letter = false;  // of this label
  std::size_t label = 0;    // bytes of it so far
  char previous = '.';
  for (const char c : text) {
    if (c == '.') {
      if (label == 0 || previous == '-') return false;
      has_letter = false;
      label = 0;
    } else {
      const bool is_letter = c >= 'a' && c <= 'z';
      const bool is_hyphen = c == '-' && label > 0;
      if (!is_letter && !is_hyphen && !(c >= '0' && c <= '9')) return false;
      if (++label > kLabelBytesMax) return false;
      has_letter |= is_letter;
    }
    previous = c;
  }
  return has_letter && previous != '-';
}

// The domain as the registry stores it; empty when `domain` is not one.
std::string_view normalized(std::string_view domain, std::string* storage) {
  if (is_plain_domain(domain)) return domain;
  auto text = normalize_domain(domain);
  if (!text) return {};
  *storage = std::move(*text);
  return *storage;
}

std::string_view parent_of(std::string_view domain) noexcept {
  const std::size_t dot = domain.find('.');
  return dot == std::string_view::npos ? std::string_view{} : domain.substr(dot + 1);
}

bool is_suffix(std::string_view domain, int type) {
  static const psl_ctx_t* const kSuffixes = psl_builtin();
  return psl_is_public_suffix2(kSuffixes, std::string(domain).c_str(), type) != 0;
}

// Whether a filing of `domain` says nothing about `asked`, which equals it or lies below it,
// because others share that space. `com.cn` and `cn` belong to nobody: a filing that held one would
// vouch for the whole country. A suffix that a company rents out (`sinaapp.com`,
// `s3.cn-north-1.amazonaws.com.cn`) is that company's own, but names below it are its tenants',
// whether the company has filed the suffix itself or a name above it.
bool is_shared(std::string_view domain, std::string_view asked) {
  if (domain.size() == asked.size()) return is_suffix(domain, PSL_TYPE_ICANN);
  std::string_view name = asked;
  do {
    name = parent_of(name);
    if (is_suffix(name, PSL_TYPE_ANY)) return true;
  } while (name.size() > domain.size());
  return false;
}

// Calls `visit` with the services of the domain, of its parent, and so on up to the registrable
// name, until it returns true. Returns whether it did.
template <class Visit>
bool visit_upwards(const cache::Registry& registry, std::string_view asked, Visit visit) {
  for (std::string_view domain = asked; !domain.empty(); domain = parent_of(domain)) {
    const Filings list = registry.by_domain(domain);
    if (list.empty()) continue;
    if (is_shared(domain, asked)) return false;
    if (visit(list)) return true;
  }
  return false;
}

enum class Standing : std::uint8_t { kDead, kSubmitted, kFiled };

Standing highest_standing(const Filings& filings) noexcept {
  Standing highest = Standing::kDead;
  for (const ServiceView filing : filings) {
    if (!is_live(filing)) continue;
    if (!is_submission(filing)) return Standing::kFiled;
    highest = Standing::kSubmitted;
  }
  return highest;
}

// By number, or by the registry's own record: a licence holder that files its site under 备 and its
// apps under the licence is still one subject.
bool is_same_subject(const ServiceView& a, const ServiceView& b) noexcept {
  if (subject_key(a.key()) == subject_key(b.key())) return true;
  // Compared by id, since the two may lie in different layers of the registry.
  const cache::SubjectView of_a = a.subject();
  const cache::SubjectView of_b = b.subject();
  return of_a.is_recorded() && of_b.is_recorded() && of_a.id() == of_b.id();
}

// Who holds a domain or an address, from the point of view of one filing.
enum class Holder : std::uint8_t {
  kNobody,
  kOther,    // a filed service of another subject
  kUnclear,  // a service of its subject, and the registry does not know whether that is filed
  kOurs,     // the filing itself, or a filed service of its subject
};

// [F-18]: an app and a site of one subject may share what one of them has filed. What a cancelled
// sibling held, or a sibling has only submitted, is not filed.
template <class Services>
Holder holder_among(const Services& services, const ServiceView& filing) noexcept {
  Holder holder = Holder::kNobody;
  for (const ServiceView other : services) {
    if (other == filing) return Holder::kOurs;
    if (!is_same_subject(other, filing)) {
      if (holder == Holder::kNobody && is_filed(other)) holder = Holder::kOther;
      continue;
    }
    if (is_filed(other)) return Holder::kOurs;
    if (other.status() == Status::kUnknown && is_live(other)) holder = Holder::kUnclear;
  }
  return holder;
}

// The nearest name that somebody has filed decides: a name filed by another subject is not ours
// just because its parent is.
Holder holder_of_domain(const RuleContext& context, std::string_view domain,
                        const ServiceView& filing) {
  std::string storage;
  Holder holder = Holder::kNobody;
  visit_upwards(context.registry(), normalized(domain, &storage), [&](const Filings& filings) {
    const Holder here = holder_among(filings, filing);
    // An unclear name below one of ours is still ours.
    if (holder != Holder::kUnclear || here == Holder::kOurs) holder = here;
    return here == Holder::kOther || here == Holder::kOurs;
  });
  return holder;
}

struct HostRule {
  FieldId field;
  Code code;
  Match Compared::*match;
};
constexpr HostRule kDomainRule = {FieldId::kDomains, Code::kDomainNotFiled, &Compared::domain};
constexpr HostRule kIpRule = {FieldId::kIps, Code::kIpNotFiled, &Compared::ip};

// Compares each of `hosts`, all of which must be the subject's. That a host is not filed is an
// absence, reported only where absence can be asserted. `is_known`: the registry knows which hosts
// the filing itself has. Returns the rule's field when it does not, and some host could therefore
// not be compared; else 0.
template <class Hosts, class HolderOf>
FieldSet find_hosts(const RuleContext& context, const HostRule& rule, const Hosts& hosts,
                    bool is_known, HolderOf holder_of) {
  if (hosts.empty()) return 0;
  Decision& decision = *context.decision;
  std::size_t ours = 0;
  std::size_t not_filed = 0;
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    const Holder holder = holder_of(hosts[i]);
    if (holder == Holder::kOurs) ++ours;
    if (holder == Holder::kOurs || !is_known || !context.is_absence_assertable) continue;
    Code code = rule.code;
    if (holder == Holder::kUnclear) {
      // Policy: as for a claimed filing without a status (standing_rules.cc).
      code = Code::kRegistryIncomplete;
      if (decision.has(code)) continue;
    } else {
      ++not_filed;
    }
    decision.add(code, rule.field).index = static_cast<std::uint8_t>(i);
  }
  const bool are_all_ours = ours == hosts.size();
  Match& match = decision.compared.*rule.match;
  if (are_all_ours) match = Match::kMatches;
  if (not_filed > 0) match = Match::kDiffers;
  return is_known || are_all_ours ? 0 : field_bit(rule.field);
}

bool holds_ip(const ServiceView& filing, const IpAddress& address) noexcept {
  for (std::size_t i = 0; i < filing.ip_count(); ++i) {
    const IpRange range = filing.ip(i);
    if (range.first <= address && address <= range.last) return true;
  }
  return false;
}

// How many holders of an address are fetched at first. More may share one behind a provider's
// gateway; then all are fetched, with a second walk and an allocation: no holder may be overlooked.
constexpr std::size_t kHoldersMax = 256;

Holder holder_of_ip(const RuleContext& context, const ServiceView& filing,
                    const IpAddress& address) {
  if (holds_ip(filing, address)) return Holder::kOurs;
  std::array<ServiceView, kHoldersMax> first;
  const std::size_t count = context.registry().by_ip(address, first);
  if (count <= first.size()) return holder_among(std::span(first).first(count), filing);
  std::vector<ServiceView> all(count);
  context.registry().by_ip(address, all);
  return holder_among(all, filing);
}

// [MIIT-2023-105 (九)], [F-13]: a filing counts for an access provider only when it holds that
// provider's access; otherwise the sponsor has to add it (新增接入). A shell has its own finding,
// and access cannot be added to what is not yet, or no longer, filed.
void find_provider(const RuleContext& context, const ServiceView& filing) {
  const std::string_view provider = context.request.provider;
  if (is_blank(provider) || !is_live(filing) || is_submission(filing)) return;
  const cache::StringList filed = filing.providers();
  if (filed.empty()) return;
  for (std::size_t i = 0; i < filed.size(); ++i)
    if (names_equal(filed[i], provider)) return;
  context.decision->add(Code::kAccessNotAdded, FieldId::kProvider);
}

}  // namespace

bool is_rented_out(std::string_view domain) {
  return is_suffix(domain, PSL_TYPE_PRIVATE);
}

cache::Filings services_of_domain(const cache::Registry& registry, std::string_view domain,
                                  std::string* storage) {
  Filings found;
  visit_upwards(registry, normalized(domain, storage), [&](const Filings& filings) {
    found = filings;
    return true;
  });
  return found;
}

cache::Filings filed_services_of_domain(const cache::Registry& registry, std::string_view domain,
                                        std::string* storage) {
  std::optional<Standing> highest;
  Filings found;
  visit_upwards(registry, normalized(domain, storage), [&](const Filings& filings) {
    const Standing standing = highest_standing(filings);
    if (!highest || *highest < standing) {
      highest = standing;
      found = filings;
    }
    return standing == Standing::kFiled;
  });
  return found;
}

FieldSet find_network(const RuleContext& context, const ServiceView& filing) {
  const AppIdentity& app = context.request.app;
  const FieldSet domains = find_hosts(
      context, kDomainRule, app.domains, filing.domains().is_known(),
      [&](std::string_view domain) { return holder_of_domain(context, domain, filing); });
  const FieldSet ips =
      find_hosts(context, kIpRule, app.ips, filing.are_ips_known(),
                 [&](const IpAddress& ip) { return holder_of_ip(context, filing, ip); });
  find_provider(context, filing);
  return domains | ips;
}

}  // namespace beian
