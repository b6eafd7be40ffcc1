#include "gate/decision/rules.h"

namespace beian {
namespace {

// [MII-33 §12], F-10: a submission with complete material is filed within this many working days.
constexpr int kReviewWorkingDays = 20;

void find_pending(const RuleContext& context, const cache::ServiceView& filing) {
  Finding& finding = context.decision->add(Code::kPending, FieldId::kFilingNumber);
  finding.stage = filing.status();
  const auto submitted = filing.submitted_on();
  if (!submitted) return;
  const Calendar::Due due = context.calendar.add_working_days(*submitted, kReviewWorkingDays);
  finding.date = due.day;
  finding.is_calendar_known = due.is_known;
  finding.is_overdue = context.day > due.day;
}

void find_service_status(const RuleContext& context, const cache::ServiceView& filing) {
  Decision& decision = *context.decision;
  switch (filing.status()) {
    case Status::kFiled:
      return;
    case Status::kSubmitted:
    case Status::kProviderReview:
    case Status::kAuthorityReview:
      return find_pending(context, filing);
    case Status::kReturned:
      decision.add(Code::kReturned, FieldId::kFilingNumber);
      return;
    case Status::kChanging:
      decision.add(Code::kChangePending, FieldId::kFilingNumber);
      return;
    case Status::kCancelling:
      decision.add(Code::kCancelling, FieldId::kFilingNumber);
      return;
    case Status::kCancelled:
      decision.add(Code::kServiceCancelled, FieldId::kFilingNumber).date = filing.cancelled_on();
      return;
    case Status::kRevoked:
      decision.add(Code::kRevoked, FieldId::kFilingNumber).date = filing.cancelled_on();
      return;
    case Status::kBlacklisted:
      decision.add(Code::kBlacklisted, FieldId::kFilingNumber).date = filing.cancelled_on();
      return;
    case Status::kUnknown:
      // Policy: a record without a status is no proof that the filing stands; the registry at hand
      // is incomplete at this very point.
      if (!decision.has(Code::kRegistryIncomplete))
        decision.add(Code::kRegistryIncomplete, FieldId::kFilingNumber);
      return;
  }
}

bool is_dead(Status status) noexcept {
  return status == Status::kCancelled || status == Status::kRevoked ||
         status == Status::kBlacklisted;
}

// A filing that is not yet, or no longer, valid is no shell: nobody gives it access anyway.
bool is_filed_status(Status status) noexcept {
  return status == Status::kFiled || status == Status::kChanging || status == Status::kCancelling;
}

// Sites and apps need access; for a mini-program or quick app it is the host platform that has it,
// and the filing leaves it blank [F-14].
bool needs_provider(Kind kind) noexcept {
  return kind == Kind::kApp || kind == Kind::kWebsite;
}

}  // namespace

bool is_live(const cache::ServiceView& filing) noexcept {
  return !is_dead(filing.status()) && !is_dead(filing.subject().status());
}

bool is_filed(const cache::ServiceView& filing) noexcept {
  return is_filed_status(filing.status()) && !is_dead(filing.subject().status());
}

bool is_submission(const cache::ServiceView& filing) noexcept {
  switch (filing.status()) {
    case Status::kSubmitted:
    case Status::kProviderReview:
    case Status::kAuthorityReview:
    case Status::kReturned:
      return true;
    default:
      return false;
  }
}

std::optional<cache::SubjectView> subject_of_number(const cache::Registry& registry,
                                                    SubjectKey number) noexcept {
  const auto first = registry.find_subject(number);
  if (!first || !is_dead(first->status())) return first;
  for (const cache::ServiceView service : registry.services(number)) {
    const cache::SubjectView subject = service.subject();
    if (subject.is_recorded() && subject.key() == number && !is_dead(subject.status()))
      return subject;
  }
  return first;
}

// A subject's cancellation takes down all of its services, whatever their own records say.
void find_subject_standing(const RuleContext& context, const cache::SubjectView& subject) {
  Decision& decision = *context.decision;
  const auto add_once = [&](Code code) {
    if (!decision.has(code))
      decision.add(code, FieldId::kFilingNumber).date = subject.cancelled_on();
  };
  switch (subject.status()) {
    case Status::kCancelled:
      return add_once(Code::kSubjectCancelled);
    case Status::kRevoked:
      return add_once(Code::kRevoked);
    case Status::kBlacklisted:
      return add_once(Code::kBlacklisted);
    case Status::kCancelling:
      return add_once(Code::kCancelling);
    case Status::kChanging:
      return add_once(Code::kChangePending);
    default:
      return;
  }
}

void find_standing(const RuleContext& context, const cache::ServiceView& filing) {
  find_service_status(context, filing);
  find_subject_standing(context, filing.subject());
  Decision& decision = *context.decision;
  if (filing.limit_access() == true) decision.add(Code::kAccessRestricted, FieldId::kFilingNumber);
  if (!is_filed_status(filing.status()) || !needs_provider(filing.kind())) return;
  const cache::StringList providers = filing.providers();
  if (providers.is_known() && providers.empty()) decision.add(Code::kShell, FieldId::kFilingNumber);
}

}  // namespace beian
