// The naive twin's registry: plain records and linear scans. Tests only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cache/base/time.h"
#include "cache/filing/record.h"
#include "gate/decision/request.h"

namespace beian::test {

// A registry as plain records.
struct World {
  std::vector<SubjectRecord> subjects;
  std::vector<ServiceRecord> services;
  std::uint64_t serial = 1;
  Instant as_of{};
  bool is_sealed = true;
};

// Whose a domain or address is as seen from one filing, as far as the registry knows.
enum class Owner { kNobody, kStranger, kSubjectPerhaps, kSubject };

class ReferenceRegistry {
 public:
  // Takes a copy of the records, because the order of a feed has no meaning: services of equal
  // standing are ordered by number, then by id.
  explicit ReferenceRegistry(World world);

  const World& world() const { return world_; }
  const std::vector<ServiceRecord>& services() const { return world_.services; }

  // Null where nothing but the number is recorded.
  const SubjectRecord* subject_by_number(const FilingNumber& number) const;
  // The same; but instead of a subject that has ended, another with the same number that has not
  // and has a service.
  const SubjectRecord* holder_of_number(const FilingNumber& number) const;
  const SubjectRecord* subject_of(const ServiceRecord& filing) const;
  // Neither the service nor its subject is cancelled, revoked or blacklisted.
  bool is_live(const ServiceRecord& filing) const;
  // Live, and past the reviews.
  bool is_filed(const ServiceRecord& filing) const;
  bool are_of_one_subject(const ServiceRecord& a, const ServiceRecord& b) const;

  // Which filings a request without a number may mean, ordered by number and id.
  std::vector<const ServiceRecord*> candidates(const CheckRequest& request) const;

  // By the domain, or its nearest parent, that somebody has filed.
  Owner owner_of_domain(std::string_view given, const ServiceRecord& filing) const;
  Owner owner_of_ip(const IpAddress& address, const ServiceRecord& filing) const;

 private:
  template <class Holds>
  Owner owner_of(const ServiceRecord& filing, Holds holds) const;

  World world_;
};

// Handed in but not filed: in review or returned.
bool is_handed_in(Status status);
bool holds_domain(const ServiceRecord& filing, std::string_view domain);
bool holds_ip(const ServiceRecord& filing, const IpAddress& address);
// The domain and its parents, up to the registrable name or a tenant's own name.
std::vector<std::string> domain_and_parents(std::string_view given);

}  // namespace beian::test
