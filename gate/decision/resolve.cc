#include "gate/decision/resolve.h"

#include <algorithm>
#include <array>
#include <string>

namespace beian {
namespace {

using cache::Filings;
using cache::ServiceView;

// A certificate can be shared by a hundred thousand apps (a packaging service's own key): beyond
// this many the answer is AMBIGUOUS whatever the rest says.
constexpr std::size_t kCandidatesLookedAtMax = 4096;
constexpr std::size_t kHoldersMax = 256;  // of one address

// Sorts candidates into those that fit and are live, those that fit and are not, and the closest of
// those that the request contradicts.
class Candidates {
 public:
  Candidates(const CheckRequest& request, bool is_kind_binding)
      : request_(request), is_kind_binding_(is_kind_binding) {}

  void add(const ServiceView& filing) {
    if (looked_at_ >= kCandidatesLookedAtMax || holds(filing)) return;
    ++looked_at_;
    const IdentityComparison comparison = compare_identity(request_, filing);
    if (comparison.contradicts(is_kind_binding_)) return add_contradicted(filing, comparison);
    if (!is_live(filing)) {
      if (!dead_) dead_ = filing;
      return;
    }
    Group& group = comparison.kind == Match::kMatches ? same_kind_ : other_kind_;
    if (group.count < group.first.size()) group.first[group.count] = filing;
    ++group.count;
  }

  void add(const Filings& filings) {
    for (const ServiceView filing : filings) {
      if (looked_at_ >= kCandidatesLookedAtMax) return;
      add(filing);
    }
  }

  Resolution resolution(Decision* decision) const {
    using Outcome = Resolution::Outcome;
    // Where the kind is not binding it is still `app` before anything else: an app is preferred to
    // a site that shares its domain, and where there is no app at all, a site will do.
    const Group& group = same_kind_.count > 0 ? same_kind_ : other_kind_;
    if (group.count == 1) return {Outcome::kOne, group.first[0], is_kind_binding_};
    if (group.count > 1) {
      decision->candidate_count = static_cast<std::uint32_t>(group.count);
      for (std::size_t i = 0; i < std::min(group.count, group.first.size()); ++i)
        decision->candidates[i] = group.first[i]->number();
      return {Outcome::kSeveral, std::nullopt, is_kind_binding_};
    }
    if (dead_) return {Outcome::kOne, dead_, is_kind_binding_};
    if (closest_) return {Outcome::kContradicted, closest_, is_kind_binding_};
    return {Outcome::kNone, std::nullopt, is_kind_binding_};
  }

 private:
  struct Group {
    std::array<std::optional<ServiceView>, Decision::kCandidatesShownMax> first;
    std::size_t count = 0;
  };

  // One filing may be found by two keys. Only the first few are compared: a filing that comes twice
  // comes early, since all keys of one request are its own.
  bool holds(const ServiceView& filing) const {
    if (dead_ == filing || closest_ == filing) return true;
    for (const Group* group : {&same_kind_, &other_kind_})
      for (const auto& held : group->first)
        if (held == filing) return true;
    return false;
  }

  void add_contradicted(const ServiceView& filing, const IdentityComparison& comparison) {
    const int distance = comparison.differences() + (is_live(filing) ? 0 : 100);
    if (closest_ && distance >= closest_distance_) return;
    closest_ = filing;
    closest_distance_ = distance;
  }

  const CheckRequest& request_;
  const bool is_kind_binding_;
  std::size_t looked_at_ = 0;
  Group same_kind_;
  Group other_kind_;
  std::optional<ServiceView> dead_;
  std::optional<ServiceView> closest_;
  int closest_distance_ = 0;
};

void add_by_package(const RuleContext& context, Candidates* candidates) {
  const AppIdentity& app = context.request.app;
  candidates->add(app.platform.empty() ? context.registry().by_package(app.package)
                                       : context.registry().by_package(app.platform, app.package));
}

void add_by_certificate(const RuleContext& context, Candidates* candidates) {
  for (const Fingerprint& fingerprint : context.request.app.fingerprints)
    candidates->add(context.registry().by_fingerprint(fingerprint));
  for (const KeyDigest& key : context.request.app.public_keys)
    candidates->add(context.registry().by_public_key(key));
}

void add_by_domain(const RuleContext& context, Candidates* candidates) {
  std::string storage;
  for (const std::string_view domain : context.request.app.domains)
    candidates->add(live_services_of_domain(context.registry(), domain, &storage));
}

void add_by_ip(const RuleContext& context, Candidates* candidates) {
  std::array<ServiceView, kHoldersMax> holders;
  for (const IpAddress& address : context.request.app.ips) {
    const std::size_t count = std::min(context.registry().by_ip(address, holders), holders.size());
    for (std::size_t i = 0; i < count; ++i) candidates->add(holders[i]);
  }
}

}  // namespace

Resolution resolve(const RuleContext& context) {
  const AppIdentity& app = context.request.app;
  const bool has_certificate = !app.fingerprints.empty() || !app.public_keys.empty();
  // What a store distributes or a device maker preinstalls is an app unless the request says
  // otherwise, and so is what has a package or a certificate [F-15]. What an access provider
  // connects, and knows by a domain or an address alone, may as well be a site.
  const bool may_be_site = context.request.operation == Operation::kConnect && !app.is_kind_given &&
                           app.package.empty() && !has_certificate;
  Candidates candidates(context.request, /*is_kind_binding=*/!may_be_site);
  if (!app.package.empty()) {
    add_by_package(context, &candidates);
  } else if (has_certificate) {
    add_by_certificate(context, &candidates);
  } else if (!app.domains.empty()) {
    add_by_domain(context, &candidates);
  } else if (!app.ips.empty() && context.request.operation == Operation::kConnect) {
    add_by_ip(context, &candidates);
  } else {
    return {};
  }
  return candidates.resolution(context.decision);
}

}  // namespace beian
