#include "gate/decision/suggest.h"

#include <algorithm>

#include "gate/decision/near_numbers.h"
#include "gate/decision/readings.h"
#include "gate/decision/rules.h"
#include "gate/decision/shortlist.h"

namespace beian {
namespace {

using cache::ServiceRange;

// Weights of a source's filings, before points for what matches (10 each); the highest wins.
constexpr int kExactWeight = 60;
constexpr int kNearWeight = 40;
constexpr int kProvinceWeight = 30;  // another province, or another form
constexpr int kSubjectWeight = 20;
constexpr int kPackageWeight = 10;
constexpr int kCertificateWeight = 0;
// Off, for another service of a guessed subject: half a step, so that it stays between the sources.
constexpr int kOtherServicePenalty = 5;

// Offers the number itself if it exists; else those services of its subject that match the app.
void offer_number(const cache::Registry& registry, FilingKey number, SuggestionReason reason,
                  int weight, Shortlist* list) {
  // Most guesses end here, after one look-up.
  if (!registry.find_subject(subject_key(number))) return;
  const ServiceRange exact = registry.find(number);
  list->offer(exact, reason, weight, Need::kAgreementOrSilence);
  if (exact.empty())
    list->offer(registry.services(subject_key(number)), reason, weight - kOtherServicePenalty,
                Need::kAgreement);
}

// Offers guesses at a slip in the number. Filings that a package or certificate speaks for are on
// the list by now: when guesses are outranked, only the slips that lead to those are offered.
void offer_near_numbers(const cache::Registry& registry, const FilingNumber& number,
                        Shortlist* list) {
  // A guess at a bare subject number needs a matching identity, and the request gives none.
  if (number.is_subject() && list->is_silent()) return;
  list->begin(SuggestionSource::kNearNumber);
  const auto offer = [&](SubjectKey subject, SuggestionReason reason) {
    const bool is_far =
        reason == SuggestionReason::kOtherProvince || reason == SuggestionReason::kOtherForm;
    offer_number(registry, filing_key(subject, number.serial()), reason,
                 is_far ? kProvinceWeight : kNearWeight, list);
  };
  if (!list->outranks_guesses(kNearWeight)) return for_each_near_subject(number, offer);
  for (const FilingNumber& held : list->numbers())
    if (const auto reason = slip_between(number, held.subject())) offer(held.subject(), *reason);
}

void offer_subject(const cache::Registry& registry, FilingKey number, Shortlist* list) {
  list->begin(SuggestionSource::kSubject);
  if (serial_of(number) != 0)
    list->offer(registry.find(number), SuggestionReason::kSameNumberOtherKind, kExactWeight,
                Need::kNothing);
  list->offer(registry.services(subject_key(number)), SuggestionReason::kSameSubject,
              kSubjectWeight, Need::kNothing);
}

void offer_readings(const cache::Registry& registry, std::string_view text, MalformedReason reason,
                    Shortlist* list) {
  list->begin(SuggestionSource::kNearNumber);
  const bool are_guesses_outranked = list->outranks_guesses(kNearWeight);
  const auto offer_guess = [&](FilingKey key, SuggestionReason why, int weight) {
    if (!are_guesses_outranked || list->holds(subject_key(key)))
      offer_number(registry, key, why, weight, list);
  };
  const auto offer_exact = [&](FilingKey key, SuggestionReason why) {
    if (serial_of(key) != 0) list->offer(registry.find(key), why, kExactWeight, Need::kNothing);
    offer_subject(registry, key, list);
    // Nobody has this subject: there is a slip in the digits as well.
    if (registry.find_subject(subject_key(key))) return;
    const Kind kind = serial_of(key) == 0 ? Kind::kSubject : Kind::kApp;
    offer_near_numbers(registry, FilingNumber::from_key(key, kind), list);
  };
  for (const auto& [key, slip] : readings_of(text, reason)) {
    switch (slip) {
      case Reading::Slip::kLetterForDigit:
      case Reading::Slip::kText:
        offer_exact(key, slip == Reading::Slip::kText ? SuggestionReason::kTextDamaged
                                                      : SuggestionReason::kLetterForDigit);
        break;
      case Reading::Slip::kForm:
        offer_guess(key, SuggestionReason::kOtherForm, kProvinceWeight);
        break;
      case Reading::Slip::kDigitCount:
        offer_guess(key, SuggestionReason::kDigitsMissing, kNearWeight);
        break;
      case Reading::Slip::kProvince:
        offer_guess(key, SuggestionReason::kOtherProvince, kProvinceWeight);
        break;
      case Reading::Slip::kService:
        offer_subject(registry, key, list);
        break;
    }
  }
}

void offer_identity(const CheckRequest& request, const cache::Registry& registry, Shortlist* list) {
  const AppIdentity& app = request.app;
  list->begin(SuggestionSource::kPackage);
  if (!app.package.empty())
    list->offer(registry.by_package(app.package), SuggestionReason::kSamePackage, kPackageWeight,
                Need::kNothing);
  list->begin(SuggestionSource::kCertificate);
  for (const Fingerprint& fingerprint : app.fingerprints)
    list->offer(registry.by_fingerprint(fingerprint), SuggestionReason::kSameCertificate,
                kCertificateWeight, Need::kNothing);
  for (const KeyDigest& key : app.public_keys)
    list->offer(registry.by_public_key(key), SuggestionReason::kSameCertificate, kCertificateWeight,
                Need::kNothing);
}

// True when the claimed number is not this app's: nobody has it, or something that was compared
// differs.
bool is_another_app(const Decision& decision) noexcept {
  const Compared& compared = decision.compared;
  return !decision.filing || compared.name == Match::kDiffers ||
         compared.package == Match::kDiffers || compared.certificate == Match::kDiffers;
}

// True when the number is the app's own, valid filing: whatever else is wrong, such as a domain, an
// approval or the displayed number, no other number would mend it.
bool is_right_number(const Decision& decision) noexcept {
  const Compared& compared = decision.compared;
  return decision.filing && is_filed(*decision.filing) && !decision.has(Code::kWrongKind) &&
         !is_another_app(decision) && compared.platform != Match::kDiffers &&
         compared.sponsor != Match::kDiffers && !decision.has(Code::kNumberResolved);
}

}  // namespace

std::vector<Suggestion> suggest(const CheckRequest& request, const Decision& decision,
                                const cache::Generation& generation) {
  if (decision.effect == Effect::kAllow && decision.would_be == Effect::kAllow) return {};
  if (is_right_number(decision)) return {};
  const cache::Registry& registry = generation.registry();
  Shortlist list(request, decision);
  offer_identity(request, registry, &list);
  if (decision.number.is_number()) {
    offer_subject(registry, decision.number.number.key(), &list);
    if (is_another_app(decision)) offer_near_numbers(registry, decision.number.number, &list);
  } else if (decision.number.outcome == ParsedNumber::Outcome::kMalformed &&
             decision.is_number_claimed) {
    offer_readings(registry, request.filing_number, decision.number.reason, &list);
  } else if (decision.filing && decision.has(Code::kWrongKind)) {
    offer_subject(registry, decision.filing->key(), &list);  // [F-15]: a site was found, no app
  }
  return list.take();
}

}  // namespace beian
