#include "gate/decision/resolve.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>

namespace beian {
namespace {

using cache::Filings;
using cache::ServiceView;

// How many candidates are compared. A certificate can be shared by a hundred thousand apps (a
// packaging service's own key); when there are more than this, the answer is AMBIGUOUS whatever the
// comparisons say.
constexpr std::size_t kComparedMax = 4096;

// By number, then id: the registry's own order.
bool comes_before(const ServiceView& a, const ServiceView& b) noexcept {
  return a.key() != b.key() ? a.key() < b.key() : a.id() < b.id();
}

// The filings that the keys of a request lead to: each once, in order.
class Found {
 public:
  void add(const Filings& filings) {
    const std::size_t held = count_;
    for (const ServiceView filing : filings) {
      if (std::binary_search(list_.begin(), list_.begin() + held, filing, comes_before)) continue;
      if (count_ == list_.size()) {
        is_cut_off_ = true;
        break;
      }
      list_[count_++] = filing;
    }
    if (held > 0 && count_ > held) std::sort(list_.begin(), list_.begin() + count_, comes_before);
  }

  void add_holders(const cache::Registry& registry, const IpAddress& address) {
    const std::size_t held = count_;
    const auto room = std::span(list_).subspan(held);
    const std::size_t holders = registry.by_ip(address, room);
    is_cut_off_ |= holders > room.size();
    count_ += std::min(holders, room.size());
    if (held == 0 || count_ == held) return;
    std::sort(list_.begin(), list_.begin() + count_, comes_before);
    const auto end = std::unique(list_.begin(), list_.begin() + count_);
    count_ = static_cast<std::size_t>(end - list_.begin());
  }

  std::span<const ServiceView> list() const noexcept { return std::span(list_).first(count_); }
  bool is_cut_off() const noexcept { return is_cut_off_; }

 private:
  std::array<ServiceView, kComparedMax> list_;  // 64 KiB; only what is found is touched
  std::size_t count_ = 0;
  bool is_cut_off_ = false;  // there are more
};

// Sorts candidates into those that fit and are live, those that fit and are not, and the closest of
// those that the request contradicts.
class Candidates {
 public:
  Candidates(const CheckRequest& request, bool is_kind_binding, bool is_filed_preferred)
      : request_(request),
        is_kind_binding_(is_kind_binding),
        is_filed_preferred_(is_filed_preferred) {}

  void add(const ServiceView& filing) {
    const IdentityComparison comparison = compare_identity(request_, filing);
    if (comparison.contradicts(is_kind_binding_)) return add_contradicted(filing, comparison);
    if (!is_live(filing)) {
      if (!dead_) dead_ = filing;
      return;
    }
    const bool is_outranked = is_filed_preferred_ && is_submission(filing);
    auto& of_rank = groups_[is_outranked ? 1 : 0];
    of_rank[comparison.kind == Match::kMatches ? 0 : 1].add(
        filing, 2 * comparison.differences() + (is_filed(filing) ? 0 : 1));
  }

  // `compared_of_more`: how many candidates were added when there were more; 0 when all were.
  Resolution resolution(std::uint32_t compared_of_more, Decision* decision) const {
    using Outcome = Resolution::Outcome;
    const Group& group = preferred();
    if (group.count > 1 || compared_of_more > 0) {
      decision->candidate_count = static_cast<std::uint32_t>(group.count);
      for (std::size_t i = 0; i < std::min(group.count, group.first.size()); ++i)
        decision->candidates[i] = group.first[i]->number();
      return {Outcome::kSeveral, std::nullopt, is_kind_binding_, compared_of_more};
    }
    if (group.count == 1) return {Outcome::kOne, group.first[0], is_kind_binding_};
    if (dead_) return {Outcome::kOne, dead_, is_kind_binding_};
    if (closest_) return {Outcome::kContradicted, closest_, is_kind_binding_};
    return {Outcome::kNone, std::nullopt, is_kind_binding_};
  }

 private:
  // Filings under one number are one candidate: the one that fits best, as for a claimed number.
  // They arrive one after the other.
  struct Group {
    std::array<std::optional<ServiceView>, Decision::kCandidatesShownMax> first;
    std::size_t count = 0;
    std::optional<ServiceView> last;
    int last_distance = 0;

    void add(const ServiceView& filing, int distance) {
      const bool is_again = last && last->key() == filing.key() && last->kind() == filing.kind();
      if (is_again && distance >= last_distance) return;
      if (!is_again) ++count;
      if (count <= first.size()) first[count - 1] = filing;
      last = filing;
      last_distance = distance;
    }
  };

  // Even when the kind is not binding, an app comes first: it is preferred to a site that shares
  // its domain, and only when there is no app at all will a site do.
  const Group& preferred() const noexcept {
    for (const auto& of_rank : groups_)
      for (const Group& group : of_rank)
        if (group.count > 0) return group;
    return groups_[0][0];
  }

  void add_contradicted(const ServiceView& filing, const IdentityComparison& comparison) {
    const int distance = comparison.differences() + (is_live(filing) ? 0 : 100);
    if (closest_ && distance >= closest_distance_) return;
    closest_ = filing;
    closest_distance_ = distance;
  }

  const CheckRequest& request_;
  const bool is_kind_binding_;
  const bool is_filed_preferred_;
  std::array<std::array<Group, 2>, 2> groups_;  // [is outranked][is of another kind]
  std::optional<ServiceView> dead_;
  std::optional<ServiceView> closest_;
  int closest_distance_ = 0;
};

void find_by_package(const RuleContext& context, Found* found) {
  const AppIdentity& app = context.request.app;
  found->add(app.platform.empty() ? context.registry().by_package(app.package)
                                  : context.registry().by_package(app.platform, app.package));
}

void find_by_certificate(const RuleContext& context, Found* found) {
  for (const Fingerprint& fingerprint : context.request.app.fingerprints)
    found->add(context.registry().by_fingerprint(fingerprint));
  for (const KeyDigest& key : context.request.app.public_keys)
    found->add(context.registry().by_public_key(key));
}

void find_by_domain(const RuleContext& context, Found* found) {
  std::string storage;
  for (const std::string_view domain : context.request.app.domains)
    found->add(filed_services_of_domain(context.registry(), domain, &storage));
}

void find_by_ip(const RuleContext& context, Found* found) {
  for (const IpAddress& address : context.request.app.ips)
    found->add_holders(context.registry(), address);
}

bool has_certificate(const AppIdentity& app) noexcept {
  return !app.fingerprints.empty() || !app.public_keys.empty();
}

}  // namespace

bool may_be_site(const CheckRequest& request) noexcept {
  const AppIdentity& app = request.app;
  return request.operation == Operation::kConnect && !app.is_kind_given && app.package.empty() &&
         !has_certificate(app);
}

FieldSet fields_to_look_by(const CheckRequest& request) noexcept {
  const AppIdentity& app = request.app;
  const auto bit_if = [](bool is_given, FieldId field) {
    return is_given ? field_bit(field) : FieldSet{0};
  };
  if (!app.package.empty())
    return bit_if(!app.platform.empty(), FieldId::kPlatform) | field_bit(FieldId::kPackage);
  if (has_certificate(app))
    return bit_if(!app.fingerprints.empty(), FieldId::kFingerprint) |
           bit_if(!app.public_keys.empty(), FieldId::kPublicKey);
  if (!app.domains.empty()) return field_bit(FieldId::kDomains);
  return bit_if(!app.ips.empty() && request.operation == Operation::kConnect, FieldId::kIps);
}

Resolution resolve(const RuleContext& context) {
  const AppIdentity& app = context.request.app;
  const FieldSet fields = fields_to_look_by(context.request);
  if (fields == 0) return {};
  const auto is_by = [&](FieldId field) { return (fields & field_bit(field)) != 0; };
  Found found;
  if (is_by(FieldId::kPackage)) find_by_package(context, &found);
  if (is_by(FieldId::kFingerprint) || is_by(FieldId::kPublicKey))
    find_by_certificate(context, &found);
  if (is_by(FieldId::kDomains)) find_by_domain(context, &found);
  if (is_by(FieldId::kIps)) find_by_ip(context, &found);
  // Policy: a submission may name any domain and any address, and takes neither from the filing
  // that has it.
  const bool is_by_host = app.package.empty() && !has_certificate(app);
  Candidates candidates(context.request, /*is_kind_binding=*/!may_be_site(context.request),
                        /*is_filed_preferred=*/is_by_host);
  for (const ServiceView& filing : found.list()) candidates.add(filing);
  const std::size_t compared_of_more = found.is_cut_off() ? found.list().size() : 0;
  return candidates.resolution(static_cast<std::uint32_t>(compared_of_more), context.decision);
}

}  // namespace beian
