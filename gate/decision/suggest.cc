#include "gate/decision/suggest.h"

#include <algorithm>
#include <array>

#include "cache/filing/provinces.h"
#include "gate/decision/compare.h"
#include "gate/decision/readings.h"
#include "gate/decision/rules.h"

namespace beian {
namespace {

using cache::Filings;
using cache::ServiceRange;
using cache::ServiceView;

// Filings that one source may bring up. A licence holder has thousands of services, a packaging
// service's certificate a hundred thousand apps; looking at more of them would make a full answer
// slow without making it better. Each source has its own, so that none starves the next.
constexpr std::size_t kOfSubjectMax = 4096;
constexpr std::size_t kOfNearNumbersMax = 2048;
constexpr std::size_t kOfPackageMax = 512;
constexpr std::size_t kOfCertificatesMax = 1024;

// What else has to speak for a filing that a guess at the number has found. Digits that happen to
// exist say nothing by themselves.
enum class Need : std::uint8_t {
  kNothing,
  kAgreement,           // something of the app agrees
  kAgreementOrSilence,  // … or the request says nothing of the app that could
};
// A guess that nothing speaks for comes behind everything that something does.
constexpr int kSilencePenalty = 45;

// How much an identity that agrees says for a filing; a name can be anybody's, a certificate
// cannot.
int agreement(const IdentityComparison& comparison) noexcept {
  const auto points = [](Match match, int value) { return match == Match::kMatches ? value : 0; };
  return points(comparison.certificate(), 8) + points(comparison.package, 6) +
         points(comparison.name, 5) + points(comparison.sponsor(), 3) +
         points(comparison.platform, 1);
}

// A filing that can be claimed: neither gone nor still to come.
bool is_valid(const ServiceView& filing) noexcept {
  switch (filing.status()) {
    case Status::kFiled:
    case Status::kChanging:
    case Status::kCancelling:
      return is_live(filing);
    default:
      return false;
  }
}

bool says_who_it_is(const AppIdentity& app) noexcept {
  return !app.name.empty() || !app.package.empty() || !app.fingerprints.empty() ||
         !app.public_keys.empty() || !app.sponsor_name.empty() || !app.sponsor_certificate.empty();
}

// Keeps the best few, each filing once, with its strongest reason.
class Shortlist {
 public:
  Shortlist(const CheckRequest& request, const Decision& decision)
      : request_(request),
        decision_(decision),
        is_silent_(!says_who_it_is(request.app)),
        is_known_other_(decision.filing && !decision.has(Code::kWrongKind)) {}

  // Begins a source that may bring up `looked_at_max` filings.
  void begin(std::size_t looked_at_max) { left_ = looked_at_max; }

  // `weight`: how strongly the reason alone speaks.
  void offer(const ServiceView& filing, SuggestionReason reason, int weight, Need need) {
    if (left_ == 0) return;
    --left_;
    if (!is_valid(filing)) return;
    const IdentityComparison comparison = compare_identity(request_, filing);
    if (comparison.kind == Match::kDiffers || is_judged(filing)) return;
    const int agreed = agreement(comparison);
    // Restricted ones are refused as well: only the app's own is worth naming.
    if (filing.limit_access() == true && agreed <= 1) return;
    if (is_known_other_ && agreed <= 1 && comparison.differences() > 0) return;
    if (need != Need::kNothing && agreed <= 1) {
      if (need == Need::kAgreement || !is_silent_) return;
      weight -= kSilencePenalty;
    }
    insert({filing, refine(reason, comparison)}, weight + agreed * 10 - comparison.differences());
  }

  void offer(const ServiceRange& filings, SuggestionReason reason, int weight, Need need) {
    for (std::size_t i = 0; i < filings.size() && left_ > 0; ++i)
      offer(filings[i], reason, weight, need);
  }
  void offer(const Filings& filings, SuggestionReason reason, int weight, Need need) {
    for (auto at = filings.begin(); at != filings.end() && left_ > 0; ++at)
      offer(*at, reason, weight, need);
  }

  std::vector<Suggestion> take() const {
    std::vector<Suggestion> out;
    for (const Scored& scored : list_) out.push_back(scored.suggestion);
    return out;
  }

 private:
  // The filing that the decision is about is no suggestion, unless its number was written wrongly.
  bool is_judged(const ServiceView& filing) const {
    return decision_.filing == filing && !decision_.has(Code::kWrongKind);
  }

  static SuggestionReason refine(SuggestionReason reason, const IdentityComparison& comparison) {
    if (reason != SuggestionReason::kSameSubject) return reason;
    if (comparison.package == Match::kMatches) return SuggestionReason::kSameSubjectSamePackage;
    if (comparison.certificate() == Match::kMatches)
      return SuggestionReason::kSameSubjectSameCertificate;
    if (comparison.name == Match::kMatches) return SuggestionReason::kSameSubjectSameName;
    return reason;
  }

  void insert(const Suggestion& suggestion, int score) {
    const auto same = [&](const Scored& held) {
      return held.suggestion.filing == suggestion.filing;
    };
    if (const auto held = std::ranges::find_if(list_, same); held != list_.end()) {
      if (held->score >= score) return;
      list_.erase(held);
    }
    const auto at = std::ranges::find_if(list_, [&](const Scored& s) { return s.score < score; });
    list_.insert(at, {suggestion, score});
    if (list_.size() > kSuggestionsMax) list_.pop_back();
  }

  struct Scored {
    Suggestion suggestion;
    int score;
  };

  const CheckRequest& request_;
  const Decision& decision_;
  const bool is_silent_;
  const bool is_known_other_;  // the number is a filing's of this kind: others have to fit better
  std::size_t left_ = 0;
  std::vector<Scored> list_;
};

// Main numbers one slip away from `parts.main`: visits each with the reason it would be.
template <class Visit>
void for_each_slip(const NumberParts& parts, Visit visit) {
  std::array<unsigned, 20> digits{};
  const std::size_t count = parts.main_digits;
  std::uint64_t rest = parts.main;
  for (std::size_t i = count; i-- > 0; rest /= 10) digits[i] = static_cast<unsigned>(rest % 10);
  const auto value = [&] {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < count; ++i) sum = sum * 10 + digits[i];
    return sum;
  };
  for (std::size_t i = 0; i + 1 < count; ++i) {
    std::swap(digits[i], digits[i + 1]);
    visit(value(), SuggestionReason::kDigitsSwapped);
    std::swap(digits[i], digits[i + 1]);
  }
  for (std::size_t i = 0; i < count; ++i) {
    const unsigned kept = digits[i];
    for (digits[i] = 0; digits[i] < 10; ++digits[i])
      if (digits[i] != kept) visit(value(), SuggestionReason::kDigitMistyped);
    digits[i] = kept;
  }
}

// Weights of a source's filings, before what agrees; in the order in which they win.
constexpr int kExactWeight = 60;
constexpr int kNearWeight = 40;
constexpr int kProvinceWeight = 30;
constexpr int kSubjectWeight = 20;
constexpr int kPackageWeight = 10;
constexpr int kCertificateWeight = 0;

// The number itself where it exists; else the services of its subject, if one of them agrees.
void offer_number(const cache::Registry& registry, const FilingNumber& number,
                  SuggestionReason reason, int weight, Shortlist* list) {
  // Nearly every guess ends here, after one look-up.
  if (!registry.find_subject(number.subject())) return;
  const ServiceRange exact = registry.find(number.key());
  list->offer(exact, reason, weight, Need::kAgreementOrSilence);
  if (exact.empty())
    list->offer(registry.services(number.subject()), reason, weight - 5, Need::kAgreement);
}

void offer_provinces(const cache::Registry& registry, const NumberParts& parts, Shortlist* list) {
  const bool has_province = parts.province != kNoProvince && parts.province != kCrossProvince;
  if (!has_province) return;
  for (std::uint8_t province = 1; province < kProvinceCount; ++province) {
    // Licences print other characters too: 川 for 蜀.
    if (!kProvinces[province].is_on_filings && parts.form != Form::kLicence) continue;
    if (province == parts.province) continue;
    NumberParts changed = parts;
    changed.province = province;
    offer_number(registry, FilingNumber::pack(changed), SuggestionReason::kOtherProvince,
                 kProvinceWeight, list);
  }
}

void offer_near_numbers(const cache::Registry& registry, const FilingNumber& number,
                        Shortlist* list) {
  list->begin(kOfNearNumbersMax);
  const NumberParts parts = number.parts();
  NumberParts changed = parts;
  for_each_slip(parts, [&](std::uint64_t main, SuggestionReason reason) {
    if (main == parts.main) return;
    changed.main = main;
    offer_number(registry, FilingNumber::pack(changed), reason, kNearWeight, list);
  });
  changed = parts;
  // 23000001 is how 2023000001 reads when somebody shortens the year, and the other way round.
  constexpr std::uint64_t kCentury = 2'000'000'000;
  if (parts.form == Form::kFiling && parts.main_digits == 8) {
    changed.main_digits = 10;
    changed.main = kCentury + parts.main;
  } else if (parts.form == Form::kFiling && parts.main / 100'000'000 == kCentury / 100'000'000) {
    changed.main_digits = 8;
    changed.main = parts.main - kCentury;
  }
  if (changed.main != parts.main)
    offer_number(registry, FilingNumber::pack(changed), SuggestionReason::kDigitsMissing,
                 kNearWeight, list);
  offer_provinces(registry, parts, list);
}

void offer_subject(const cache::Registry& registry, const FilingNumber& number, Shortlist* list) {
  list->begin(kOfSubjectMax);
  if (!number.is_subject())
    list->offer(registry.find(number.key()), SuggestionReason::kSameNumberOtherKind, kExactWeight,
                Need::kNothing);
  list->offer(registry.services(number.subject()), SuggestionReason::kSameSubject, kSubjectWeight,
              Need::kNothing);
}

void offer_readings(const cache::Registry& registry, std::string_view text, MalformedReason reason,
                    Shortlist* list) {
  list->begin(kOfNearNumbersMax);
  for (const Reading& reading : readings_of(text, reason)) {
    switch (reading.slip) {
      case Reading::Slip::kLetterForDigit:
      case Reading::Slip::kToken:
        list->offer(registry.find(reading.number.key()),
                    reading.slip == Reading::Slip::kToken ? SuggestionReason::kTextLost
                                                          : SuggestionReason::kLetterForDigit,
                    kExactWeight, Need::kNothing);
        offer_subject(registry, reading.number, list);
        break;
      case Reading::Slip::kDigitCount:
        offer_number(registry, reading.number, SuggestionReason::kDigitsMissing, kNearWeight, list);
        break;
      case Reading::Slip::kProvince:
        offer_number(registry, reading.number, SuggestionReason::kOtherProvince, kProvinceWeight,
                     list);
        break;
      case Reading::Slip::kService:
        offer_subject(registry, reading.number, list);
        break;
    }
  }
}

void offer_identity(const CheckRequest& request, const cache::Registry& registry, Shortlist* list) {
  const AppIdentity& app = request.app;
  list->begin(kOfPackageMax);
  if (!app.package.empty())
    list->offer(registry.by_package(app.package), SuggestionReason::kSamePackage, kPackageWeight,
                Need::kNothing);
  list->begin(kOfCertificatesMax);
  for (const Fingerprint& fingerprint : app.fingerprints)
    list->offer(registry.by_fingerprint(fingerprint), SuggestionReason::kSameCertificate,
                kCertificateWeight, Need::kNothing);
  for (const KeyDigest& key : app.public_keys)
    list->offer(registry.by_public_key(key), SuggestionReason::kSameCertificate, kCertificateWeight,
                Need::kNothing);
}

// True when the claimed number is not this app's: nobody's, or, as far as it was compared,
// another's.
bool is_another_app(const Decision& decision) noexcept {
  const Compared& compared = decision.compared;
  return !decision.filing || compared.name == Match::kDiffers ||
         compared.package == Match::kDiffers || compared.certificate == Match::kDiffers;
}

// True when the number is the app's own filing, and a valid one: whatever else was found, such as a
// domain, an approval or what is displayed, no other number mends it.
bool is_right_number(const Decision& decision) noexcept {
  const Compared& compared = decision.compared;
  return decision.filing && is_valid(*decision.filing) && !decision.has(Code::kWrongKind) &&
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
  if (decision.number.is_number()) {
    offer_subject(registry, decision.number.number, &list);
    if (is_another_app(decision)) offer_near_numbers(registry, decision.number.number, &list);
  } else if (decision.number.outcome == ParsedNumber::Outcome::kMalformed &&
             decision.is_number_claimed) {
    offer_readings(registry, request.filing_number, decision.number.reason, &list);
  }
  offer_identity(request, registry, &list);
  return list.take();
}

}  // namespace beian
