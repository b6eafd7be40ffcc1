// The naive twin's comparison of a request with one filing. Tests only.
#pragma once

#include <map>
#include <set>
#include <string>

#include "cache/filing/record.h"
#include "gate/decision/request.h"

namespace beian::test {

struct ReferenceComparison {
  // By field (kind, name, sponsor_name, sponsor_certificate, platform, host_platform, package,
  // fingerprint, public_key): true matched, false differs; absent when not given or not in the
  // registry.
  std::map<std::string, bool> fields;
  std::set<std::string> not_comparable;  // JSON Pointers of fields given that the registry lacks

  bool differs(const std::string& field) const {
    return fields.contains(field) && !fields.at(field);
  }
  int differences() const;
  bool contradicts(bool is_kind_binding) const;
};

// `subject` is null where only the subject's number is known.
ReferenceComparison reference_compare(const CheckRequest& request, const ServiceRecord& filing,
                                      const SubjectRecord* subject);

}  // namespace beian::test
