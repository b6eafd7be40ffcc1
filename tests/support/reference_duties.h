// The rules of the naive twin that consider one filing alone: pending, approvals, province,
// displayed number. Tests only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cache/base/time.h"
#include "cache/filing/record.h"
#include "gate/decision/request.h"
#include "tests/support/reference_policy.h"

namespace beian::test {

using ReferenceFindings = std::vector<ReferenceFinding>;

bool is_blank(std::string_view text);
// `/app/domains[2]`; for the first item, the pointer alone.
std::string item(const std::string& pointer, std::size_t index);

// Stage, `overdue` if it is on `day`, and due date.
std::string reference_pending(const ServiceRecord& filing, Day day);
ReferenceFindings reference_approvals(const AppIdentity& app, const ServiceRecord& filing);
ReferenceFindings reference_province(const ServiceRecord& filing, const SubjectRecord* subject);
ReferenceFindings reference_display(const AppIdentity& app, const FilingNumber& number);

}  // namespace beian::test
