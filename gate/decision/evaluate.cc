#include "gate/decision/evaluate.h"

#include <algorithm>

#include "gate/decision/compare.h"
#include "gate/decision/identity_text.h"
#include "gate/decision/resolve.h"
#include "gate/decision/rules.h"

namespace beian {
namespace {

using cache::ServiceRange;
using cache::ServiceView;

void report_identity(const IdentityComparison& comparison, Decision* decision) {
  const auto report = [&](Match match, Code code, FieldId field) {
    if (match == Match::kDiffers) decision->add(code, field);
  };
  report(comparison.name, Code::kNameMismatch, FieldId::kName);
  report(comparison.platform, Code::kPlatformNotFiled, FieldId::kPlatform);
  report(comparison.host_platform, Code::kPlatformNotFiled, FieldId::kHostPlatform);
  report(comparison.package, Code::kPackageNotFiled, FieldId::kPackage);
  report(comparison.fingerprint, Code::kCertificateMismatch, FieldId::kFingerprint);
  report(comparison.public_key, Code::kPublicKeyMismatch, FieldId::kPublicKey);
  if (comparison.sponsor() == Match::kDiffers)
    decision->add(Code::kSponsorMismatch, comparison.sponsor_name == Match::kDiffers
                                              ? FieldId::kSponsorName
                                              : FieldId::kSponsorCertificate);
  Compared& compared = decision->compared;
  compared.name = comparison.name;
  compared.sponsor = comparison.sponsor();
  compared.platform = comparison.platforms();
  compared.package = comparison.package;
  compared.certificate = comparison.certificate();
}

// Fields about duties that were given but that the filing does not hold.
FieldSet duties_not_comparable(const CheckRequest& request, const ServiceView& filing) {
  const auto bit_if = [](bool condition, FieldId field) {
    return condition ? field_bit(field) : FieldSet{0};
  };
  return bit_if(!request.app.categories.empty() && !filing.approvals().is_known(),
                FieldId::kCategories) |
         bit_if(!is_blank(request.provider) && !filing.providers().is_known(), FieldId::kProvider);
}

Assurance assurance_of(const Compared& compared) noexcept {
  const bool is_package =
      compared.platform == Match::kMatches && compared.package == Match::kMatches;
  if (is_package && compared.certificate == Match::kMatches) return Assurance::kCertificate;
  if (is_package) return Assurance::kPackage;
  if (compared.name == Match::kMatches) return Assurance::kName;
  const bool is_number = compared.number == Match::kMatches && compared.kind == Match::kMatches;
  return is_number ? Assurance::kNumber : Assurance::kNone;
}

// Adds everything that a known filing says about the request. `is_kind_binding` is false only where
// an access provider found the filing by domain or IP and the request names no kind.
void judge_filing(const RuleContext& context, const ServiceView& filing, bool is_kind_binding) {
  Decision& decision = *context.decision;
  decision.filing = filing;
  decision.subject = filing.subject();
  const IdentityComparison comparison = compare_identity(context.request, filing);
  if (is_kind_binding) decision.compared.kind = comparison.kind;
  // For a claimed number this has been reported already.
  if (decision.compared.kind == Match::kDiffers && !decision.has(Code::kWrongKind))
    decision.add(Code::kWrongKind, FieldId::kKind);
  find_standing(context, filing);
  report_identity(comparison, &decision);
  const FieldSet hosts = find_network(context, filing);
  find_duties(context, filing);
  find_display(context, filing.key(), filing.kind());
  const FieldSet missing =
      comparison.not_comparable | hosts | duties_not_comparable(context.request, filing);
  if (missing != 0) decision.add(Code::kNotComparable).fields = missing;
  decision.assurance = assurance_of(decision.compared);
}

// The registry can hold several services under one number. Picks the one that fits the request
// best: first one with the claimed letter, then of the right kind, then live, then with the fewest
// differences; among equals, a filed one before a submission.
ServiceView best_of(const CheckRequest& request, Kind claimed, const ServiceRange& filings) {
  const auto distance = [&](const ServiceView& filing) {
    const IdentityComparison comparison = compare_identity(request, filing);
    return (filing.kind() == claimed ? 0 : 20'000) +
           (comparison.kind == Match::kDiffers ? 10'000 : 0) + (is_live(filing) ? 0 : 100) +
           2 * comparison.differences() + (is_filed(filing) ? 0 : 1);
  };
  std::size_t best = 0;
  for (std::size_t i = 1; i < filings.size(); ++i)
    if (distance(filings[i]) < distance(filings[best])) best = i;
  return filings[best];
}

void judge_subject_number(const RuleContext& context) {
  Decision& decision = *context.decision;
  const FilingNumber& number = decision.number.number;
  decision.add(Code::kSubjectOnly, FieldId::kFilingNumber);
  decision.subject = subject_of_number(context.registry(), number.subject());
  if (decision.subject) find_subject_standing(context, *decision.subject);
  find_display(context, number.key(), number.kind());
}

void judge_absent(const RuleContext& context) {
  Decision& decision = *context.decision;
  const FilingNumber& number = decision.number.number;
  if (context.is_absence_assertable) {
    decision.compared.number = Match::kDiffers;
    decision.add(Code::kNotFiled, FieldId::kFilingNumber);
  }
  decision.subject = subject_of_number(context.registry(), number.subject());
  if (decision.subject) find_subject_standing(context, *decision.subject);
  find_display(context, number.key(), number.kind());
}

void judge_number(const RuleContext& context) {
  Decision& decision = *context.decision;
  const ParsedNumber& parsed = decision.number;
  if (parsed.repairs != 0)
    decision.add(Code::kNumberRepaired, FieldId::kFilingNumber).repairs = parsed.repairs;
  if (!parsed.plausible) decision.add(Code::kNumberImplausible, FieldId::kFilingNumber);
  if (parsed.number.is_subject()) return judge_subject_number(context);
  if (parsed.number.kind() != context.request.app.kind)
    decision.add(Code::kWrongKind, FieldId::kFilingNumber);
  const ServiceRange filings = context.registry().find(parsed.number.key());
  if (filings.empty()) return judge_absent(context);
  const ServiceView filing = best_of(context.request, parsed.number.kind(), filings);
  // The letter is part of the claim: an app filed as -2A is not what `-2` or `-2X` names.
  if (filing.kind() != parsed.number.kind() && !decision.has(Code::kWrongKind))
    decision.add(Code::kWrongKind, FieldId::kFilingNumber);
  decision.compared.number = Match::kMatches;
  judge_filing(context, filing, /*is_kind_binding=*/true);
  if (decision.has(Code::kWrongKind)) {
    decision.compared.kind = Match::kDiffers;
    decision.assurance = assurance_of(decision.compared);
  }
}

void judge_claim(const RuleContext& context, const ParsedNumber& claimed) {
  Decision& decision = *context.decision;
  decision.is_number_claimed = true;
  decision.number = claimed;
  if (claimed.is_number()) return judge_number(context);
  decision.compared.number = Match::kDiffers;
  if (claimed.outcome == ParsedNumber::Outcome::kNotAFiling) {
    decision.add(Code::kNotAFiling, FieldId::kFilingNumber).what = claimed.what;
    return;
  }
  Finding& finding = decision.add(Code::kNumberMalformed, FieldId::kFilingNumber);
  finding.reason = claimed.reason;
  finding.offset = claimed.offset;
}

// Policy: resolving an app without a number to a filing assumes that no other filing fits better.
// When the registry cannot know that, a live filing is named but nothing is judged by it: the
// finding about the registry makes the answer `unknown`, never a deny caused by a record that is
// missing here.
void name_unasserted(const Resolution& resolution, Decision* decision) {
  decision->candidate_count = 0;  // nothing is reported as ambiguous either
  if (resolution.outcome != Resolution::Outcome::kOne || !is_live(*resolution.filing)) return;
  decision->add(Code::kNumberResolved, FieldId::kFilingNumber);
  decision->filing = resolution.filing;
  decision->subject = resolution.filing->subject();
}

void judge_unclaimed(const RuleContext& context) {
  Decision& decision = *context.decision;
  const Resolution resolution = resolve(context);
  if (!context.is_absence_assertable &&
      resolution.outcome != Resolution::Outcome::kNothingToLookFor)
    return name_unasserted(resolution, &decision);
  switch (resolution.outcome) {
    case Resolution::Outcome::kNothingToLookFor:
    case Resolution::Outcome::kNone:
      decision.add(Code::kNumberMissing, FieldId::kFilingNumber);
      return;
    case Resolution::Outcome::kSeveral:
      decision.add(Code::kAmbiguous, FieldId::kFilingNumber).offset = resolution.compared_of_more;
      return;
    case Resolution::Outcome::kOne:
      decision.add(Code::kNumberResolved, FieldId::kFilingNumber);
      return judge_filing(context, *resolution.filing, resolution.is_kind_binding);
    case Resolution::Outcome::kContradicted:
      return judge_filing(context, *resolution.filing, resolution.is_kind_binding);
  }
}

}  // namespace

Claim read_claim(const CheckRequest& request) noexcept {
  if (request.filing_number.empty()) return {};
  const ParsedNumber number = parse_number(request.filing_number);
  // Blanks of any kind claim nothing.
  if (number.reason == MalformedReason::kEmpty) return {};
  return {true, number};
}

void evaluate(const CheckRequest& request, const cache::Generation& generation,
              const Policy& policy, const Calendar& calendar, Instant now, Decision* decision) {
  evaluate(request, read_claim(request), generation, policy, calendar, now, decision);
}

void evaluate(const CheckRequest& request, const Claim& claim, const cache::Generation& generation,
              const Policy& policy, const Calendar& calendar, Instant now, Decision* decision) {
  decision->clear();
  decision->operation = request.operation;
  decision->serial = generation.serial();
  decision->registry_as_of = generation.info().as_of;
  decision->age_seconds = static_cast<std::uint64_t>(generation.age(now).count());
  decision->freshness = generation.freshness(now);
  const Day day = request.as_of.value_or(day_in_china(now));
  const RuleContext context{request, generation, calendar,
                            now,     day,        can_assert_absence(request, generation, now),
                            decision};
  find_registry_state(context);
  find_scope(context);
  if (claim.is_made)
    judge_claim(context, claim.number);
  else
    judge_unclaimed(context);
  policy.apply(request, day, decision);
}

}  // namespace beian
