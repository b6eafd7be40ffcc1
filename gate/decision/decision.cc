#include "gate/decision/decision.h"

#include <algorithm>

#include "cache/base/result.h"
#include "gate/decision/request.h"

namespace beian {

void CheckRequest::clear() {
  // Vectors are emptied, not replaced: their capacity is what makes a reused request free.
  auto fingerprints = std::move(app.fingerprints);
  auto public_keys = std::move(app.public_keys);
  auto domains = std::move(app.domains);
  auto ips = std::move(app.ips);
  auto categories = std::move(app.categories);
  *this = CheckRequest{};
  fingerprints.clear();
  public_keys.clear();
  domains.clear();
  ips.clear();
  categories.clear();
  app.fingerprints = std::move(fingerprints);
  app.public_keys = std::move(public_keys);
  app.domains = std::move(domains);
  app.ips = std::move(ips);
  app.categories = std::move(categories);
}

void Decision::clear() {
  effect = would_be = Effect::kAllow;
  is_softened = false;
  operation = Operation::kDistribute;
  assurance = Assurance::kNone;
  compared = {};
  number = {};
  is_number_claimed = false;
  filing.reset();
  subject.reset();
  candidate_count = 0;
  serial = age_seconds = 0;
  registry_as_of = {};
  freshness = cache::Freshness::kFresh;
  finding_count_ = 0;
}

Finding& Decision::add(Code code, FieldId field) {
  BEIAN_ASSERT(finding_count_ < kFindingsMax);
  Finding& finding = findings_[finding_count_++];
  finding = Finding{};
  finding.code = code;
  finding.field = field;
  return finding;
}

bool Decision::has(Code code) const noexcept {
  return std::ranges::any_of(findings(), [&](const Finding& f) { return f.code == code; });
}

}  // namespace beian
