#include "tests/support/reference_registry.h"

#include <algorithm>
#include <functional>
#include <set>

namespace beian::test {
namespace {

// The public suffixes that the worlds use: nobody can register one as a domain of their own.
const std::set<std::string, std::less<>> kPublicSuffixes = {"cn", "com.cn", "com", "net", "org"};
// Domains of companies that rent out the names below them.
const std::set<std::string, std::less<>> kRentedSuffixes = {"sinaapp.com",
                                                            "s3.cn-north-1.amazonaws.com.cn"};

template <class Item, class Wanted>
bool holds(const Known<Item>& list, const Wanted& wanted) {
  return list && std::find(list->begin(), list->end(), wanted) != list->end();
}

bool holds_package(const ServiceRecord& filing, const AppIdentity& app) {
  if (!filing.platforms) return false;
  for (const PlatformRecord& platform : *filing.platforms)
    if (platform.package == app.package && (app.platform.empty() || platform.os == app.platform))
      return true;
  return false;
}

template <class Digest>
bool holds_digest(const ServiceRecord& filing, Known<Digest> PlatformRecord::*list,
                  const Digest& digest) {
  if (!filing.platforms) return false;
  for (const PlatformRecord& platform : *filing.platforms)
    if (holds(platform.*list, digest)) return true;
  return false;
}

}  // namespace

ReferenceRegistry::ReferenceRegistry(World world) : world_(std::move(world)) {
  std::sort(world_.services.begin(), world_.services.end(), [](const auto& a, const auto& b) {
    return std::pair(a.number.key(), a.id) < std::pair(b.number.key(), b.id);
  });
}

const SubjectRecord* ReferenceRegistry::subject_by_number(const FilingNumber& number) const {
  const SubjectRecord* first = nullptr;
  for (const SubjectRecord& subject : world_.subjects)
    if (subject.number == number && (first == nullptr || subject.id < first->id)) first = &subject;
  return first;
}

const SubjectRecord* ReferenceRegistry::holder_of_number(const FilingNumber& number) const {
  const auto is_gone = [](const SubjectRecord& subject) {
    return subject.status == Status::kCancelled || subject.status == Status::kRevoked ||
           subject.status == Status::kBlacklisted;
  };
  const SubjectRecord* first = subject_by_number(number);
  if (first == nullptr || !is_gone(*first)) return first;
  for (const ServiceRecord& service : services()) {
    if (service.number.subject_number() != number) continue;
    const SubjectRecord* subject = subject_of(service);
    if (subject != nullptr && subject->number == number && !is_gone(*subject)) return subject;
  }
  return first;
}

const SubjectRecord* ReferenceRegistry::subject_of(const ServiceRecord& filing) const {
  if (filing.subject_id)
    for (const SubjectRecord& subject : world_.subjects)
      if (subject.id == *filing.subject_id) return &subject;
  return subject_by_number(filing.number.subject_number());
}

bool ReferenceRegistry::is_live(const ServiceRecord& filing) const {
  const SubjectRecord* subject = subject_of(filing);
  for (const Status status : {filing.status, subject ? subject->status : Status::kUnknown})
    if (status == Status::kCancelled || status == Status::kRevoked ||
        status == Status::kBlacklisted)
      return false;
  return true;
}

bool ReferenceRegistry::is_filed(const ServiceRecord& filing) const {
  return is_live(filing) && filing.status != Status::kUnknown && !is_handed_in(filing.status);
}

bool ReferenceRegistry::are_of_one_subject(const ServiceRecord& a, const ServiceRecord& b) const {
  const SubjectRecord* subject = subject_of(a);
  return a.number.subject_number() == b.number.subject_number() ||
         (subject != nullptr && subject == subject_of(b));
}

std::vector<const ServiceRecord*> ReferenceRegistry::candidates(const CheckRequest& request) const {
  const AppIdentity& app = request.app;
  std::set<const ServiceRecord*> found;  // ordered by address: as in world_.services
  const auto add_if = [&](auto&& is_candidate) {
    for (const ServiceRecord& filing : world_.services)
      if (is_candidate(filing)) found.insert(&filing);
  };
  if (!app.package.empty()) {
    add_if([&](const ServiceRecord& f) { return holds_package(f, app); });
  } else if (!app.fingerprints.empty() || !app.public_keys.empty()) {
    for (const Fingerprint& digest : app.fingerprints)
      add_if([&](const auto& f) { return holds_digest(f, &PlatformRecord::fingerprints, digest); });
    for (const KeyDigest& digest : app.public_keys)
      add_if([&](const auto& f) { return holds_digest(f, &PlatformRecord::public_keys, digest); });
  } else if (!app.domains.empty()) {
    for (const std::string_view given : app.domains) {
      // The nearest name that is filed or may be; else the nearest that somebody has handed in;
      // else the nearest that anybody ever had.
      const auto could_be_filed = [&](const ServiceRecord& f) {
        return is_live(f) && !is_handed_in(f.status);
      };
      const auto lives = [&](const ServiceRecord& f) { return is_live(f); };
      const auto is_any = [](const ServiceRecord&) { return true; };
      const auto names = domain_and_parents(given);
      const auto nearest = [&](const std::function<bool(const ServiceRecord&)>& is_meant) {
        return std::ranges::find_if(names, [&](const std::string& name) {
          return std::ranges::any_of(world_.services, [&](const ServiceRecord& f) {
            return holds_domain(f, name) && is_meant(f);
          });
        });
      };
      auto domain = nearest(could_be_filed);
      if (domain == names.end()) domain = nearest(lives);
      if (domain == names.end()) domain = nearest(is_any);
      if (domain != names.end())
        add_if([&](const ServiceRecord& f) { return holds_domain(f, *domain); });
    }
  } else if (request.operation == Operation::kConnect) {
    for (const IpAddress& address : app.ips)
      add_if([&](const ServiceRecord& f) { return holds_ip(f, address); });
  }
  return {found.begin(), found.end()};
}

// By the services that hold it: kSubject for the filing itself or a filed one of its subject;
// kSubjectPerhaps for one of its subject that may be filed; kStranger for a filed one of another
// subject.
template <class Holds>
Owner ReferenceRegistry::owner_of(const ServiceRecord& filing, Holds holds) const {
  bool is_perhaps = false, is_strangers = false;
  for (const ServiceRecord& other : world_.services) {
    if (!holds(other)) continue;
    const bool is_own = are_of_one_subject(filing, other);
    if (&other == &filing || (is_own && is_filed(other))) return Owner::kSubject;
    if (is_own && is_live(other) && other.status == Status::kUnknown) is_perhaps = true;
    if (!is_own && is_filed(other)) is_strangers = true;
  }
  if (is_perhaps) return Owner::kSubjectPerhaps;
  return is_strangers ? Owner::kStranger : Owner::kNobody;
}

Owner ReferenceRegistry::owner_of_domain(std::string_view given,
                                         const ServiceRecord& filing) const {
  bool is_perhaps = false;
  for (const std::string& name : domain_and_parents(given)) {
    const Owner owner =
        owner_of(filing, [&](const ServiceRecord& other) { return holds_domain(other, name); });
    if (owner == Owner::kSubject) return owner;
    if (owner == Owner::kStranger) return is_perhaps ? Owner::kSubjectPerhaps : owner;
    is_perhaps |= owner == Owner::kSubjectPerhaps;
  }
  return is_perhaps ? Owner::kSubjectPerhaps : Owner::kNobody;
}

Owner ReferenceRegistry::owner_of_ip(const IpAddress& address, const ServiceRecord& filing) const {
  return owner_of(filing, [&](const ServiceRecord& other) { return holds_ip(other, address); });
}

bool is_handed_in(Status status) {
  return status == Status::kSubmitted || status == Status::kProviderReview ||
         status == Status::kAuthorityReview || status == Status::kReturned;
}

bool holds_domain(const ServiceRecord& filing, std::string_view domain) {
  return holds(filing.domains, domain);
}

bool holds_ip(const ServiceRecord& filing, const IpAddress& address) {
  if (!filing.ips) return false;
  for (const IpRange& range : *filing.ips)
    if (range.first <= address && address <= range.last) return true;
  return false;
}

std::vector<std::string> domain_and_parents(std::string_view given) {
  std::vector<std::string> out;
  std::string domain = *normalize_domain(given);
  while (!kPublicSuffixes.contains(domain)) {
    out.push_back(domain);
    const std::size_t dot = domain.find('.');
    if (dot == std::string::npos) break;
    domain = domain.substr(dot + 1);
    if (kRentedSuffixes.contains(domain)) break;
  }
  return out;
}

}  // namespace beian::test
