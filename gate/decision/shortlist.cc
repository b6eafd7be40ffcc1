#include "gate/decision/shortlist.h"

#include <algorithm>
#include <array>

#include "gate/decision/identity_text.h"
#include "gate/decision/rules.h"

namespace beian {
namespace {

using cache::ServiceView;

// How many filings of each source are looked at, in the order of SuggestionSource: of the subject,
// of near numbers, of the package, of certificates.
constexpr std::array<std::size_t, 4> kLookedAtMax = {4096, 2048, 512, 1024};

// A guess without evidence ranks behind everything that has some: this is more than a guess weighs.
constexpr int kSilencePenalty = 45;

// How strongly each match speaks for a filing; a name can be anybody's, a certificate cannot.
constexpr int kCertificatePoints = 8;
constexpr int kPackagePoints = 6;
constexpr int kNamePoints = 5;
constexpr int kSponsorPoints = 3;
constexpr int kPlatformPoints = 1;
constexpr int kPointScore = 10;  // what one point adds to a score, next to the weights

// Whether matches of so many points speak for a filing at all: the platform alone does not.
constexpr bool is_evidence(int points) noexcept {
  return points > kPlatformPoints;
}

int agreement(Match certificate, Match package, Match name, Match sponsor,
              Match platform) noexcept {
  const auto points = [](Match match, int value) { return match == Match::kMatches ? value : 0; };
  return points(certificate, kCertificatePoints) + points(package, kPackagePoints) +
         points(name, kNamePoints) + points(sponsor, kSponsorPoints) +
         points(platform, kPlatformPoints);
}

// The same for the filing that the decision is about.
int agreement(const Compared& compared) noexcept {
  return agreement(compared.certificate, compared.package, compared.name, compared.sponsor,
                   compared.platform);
}

int differences(const Compared& compared) noexcept {
  return static_cast<int>(
      std::ranges::count(std::array{compared.certificate, compared.package, compared.name,
                                    compared.sponsor, compared.platform},
                         Match::kDiffers));
}

// Without decoding either number.
bool have_same_number(const ServiceView& a, const ServiceView& b) {
  return a.key() == b.key() && a.kind() == b.kind();
}

bool share_a_name(const ServiceView& a, const ServiceView& b) {
  const cache::StringList names = a.names();
  const cache::StringList others = b.names();
  for (std::size_t i = 0; i < names.size(); ++i)
    for (std::size_t j = 0; j < others.size(); ++j)
      if (names[i] == others[j]) return true;
  return false;
}

// The score of the filing that the claimed number names, by its identity alone; 0 when it names
// none that can be claimed.
int claimed_score(const Decision& decision) noexcept {
  if (!decision.is_number_claimed || !decision.filing || !is_filed(*decision.filing)) return 0;
  if (decision.has(Code::kWrongKind)) return 0;
  return kPointScore * agreement(decision.compared);
}

bool names_a_sponsor(const AppIdentity& app) {
  return !is_blank(app.sponsor_name) || !is_blank(app.sponsor_certificate);
}

bool says_who_it_is(const AppIdentity& app) {
  return !is_blank(app.name) || !app.package.empty() || !app.fingerprints.empty() ||
         !app.public_keys.empty() || names_a_sponsor(app);
}

// The most points that a filing can get without package and certificate.
int guess_points_max(const AppIdentity& app) {
  return (is_blank(app.name) ? 0 : kNamePoints) + (names_a_sponsor(app) ? kSponsorPoints : 0) +
         (app.platform.empty() && app.host_platform.empty() ? 0 : kPlatformPoints);
}

// The most points that a filing can get.
int points_max(const AppIdentity& app) {
  const bool has_certificate = !app.fingerprints.empty() || !app.public_keys.empty();
  return guess_points_max(app) + (app.package.empty() ? 0 : kPackagePoints) +
         (has_certificate ? kCertificatePoints : 0);
}

SuggestionReason refine(SuggestionReason reason, const IdentityComparison& comparison) {
  if (reason != SuggestionReason::kSameSubject) return reason;
  if (comparison.package == Match::kMatches) return SuggestionReason::kSameSubjectSamePackage;
  if (comparison.certificate() == Match::kMatches)
    return SuggestionReason::kSameSubjectSameCertificate;
  if (comparison.name == Match::kMatches) return SuggestionReason::kSameSubjectSameName;
  return reason;
}

}  // namespace

Shortlist::Shortlist(const CheckRequest& request, const Decision& decision)
    : request_(request),
      decision_(decision),
      guess_points_max_(guess_points_max(request.app)),
      points_max_(points_max(request.app)),
      claimed_score_(claimed_score(decision)),
      is_silent_(!says_who_it_is(request.app)),
      is_known_other_(decision.filing && !decision.has(Code::kWrongKind)) {
  list_.reserve(kSuggestionsMax + 1);
  begin(SuggestionSource::kSubject);
}

void Shortlist::begin(SuggestionSource source) {
  source_ = source;
  left_ = kLookedAtMax[static_cast<std::size_t>(source)];
}

void Shortlist::offer(const ServiceView& filing, SuggestionReason reason, int weight, Need need) {
  --left_;
  if (filing.kind() != request_.app.kind || is_hopeless(weight)) return;
  if (is_judged(filing) || !is_filed(filing)) return;
  const IdentityComparison comparison = compare_identity(request_, filing);
  const int agreed = agreement(comparison.certificate(), comparison.package, comparison.name,
                               comparison.sponsor(), comparison.platforms());
  // A restricted filing would be denied as well: only the app's own is worth naming.
  if (filing.limit_access() == true && !is_evidence(agreed)) return;
  if (is_known_other_ && !may_be_meant(filing, comparison, agreed)) return;
  if (need != Need::kNothing && !is_evidence(agreed)) {
    if (need == Need::kAgreement || !is_silent_) return;
    weight -= kSilencePenalty;
  }
  insert({{filing, refine(reason, comparison)},
          weight + agreed * kPointScore - comparison.differences(),
          source_ == SuggestionSource::kPackage || source_ == SuggestionSource::kCertificate});
  has_subject_fit_ |=
      source_ == SuggestionSource::kSubject && is_evidence(agreed) && comparison.differences() == 0;
}

void Shortlist::offer(const cache::ServiceRange& filings, SuggestionReason reason, int weight,
                      Need need) {
  for (std::size_t i = 0; i < filings.size() && left_ > 0; ++i)
    offer(filings[i], reason, weight, need);
}

void Shortlist::offer(const cache::Filings& filings, SuggestionReason reason, int weight,
                      Need need) {
  for (auto at = filings.begin(); at != filings.end() && left_ > 0; ++at)
    offer(*at, reason, weight, need);
}

// Of a hundred services of which only the subject is known, this lets only five be compared.
bool Shortlist::is_hopeless(int weight) const noexcept {
  if (list_.size() < kSuggestionsMax) return false;
  const Scored& last = list_.back();
  const int score_max = weight + points_max_ * kPointScore;
  return last.score > score_max || (last.score == score_max && !last.is_of_identity);
}

bool Shortlist::outranks_guesses(int weight) const noexcept {
  if (has_subject_fit_) return true;
  if (!is_silent_ && !is_evidence(guess_points_max_)) return true;
  const int guess_score_max = weight + guess_points_max_ * kPointScore;
  return claimed_score_ > guess_score_max ||
         (!list_.empty() && list_.front().score > guess_score_max);
}

bool Shortlist::holds(SubjectKey subject) const noexcept {
  return std::ranges::any_of(list_, [&](const Scored& scored) {
    return subject_key(scored.suggestion.filing.key()) == subject;
  });
}

std::vector<FilingNumber> Shortlist::numbers() const {
  std::vector<FilingNumber> out;
  out.reserve(list_.size());
  for (const Scored& scored : list_) out.push_back(scored.suggestion.filing.number());
  return out;
}

std::vector<Suggestion> Shortlist::take() const {
  std::vector<Suggestion> out;
  out.reserve(list_.size());
  for (const Scored& scored : list_) out.push_back(scored.suggestion);
  return out;
}

// The number that the decision is about is no suggestion, unless it was claimed as the wrong kind.
bool Shortlist::is_judged(const ServiceView& filing) const {
  return decision_.filing && have_same_number(*decision_.filing, filing) &&
         !decision_.has(Code::kWrongKind);
}

// The claimed number belongs to a filing of the right kind that is pending, cancelled or another
// app's. A different filing is meant only if the app's identity says so and fits it at least as
// well; that both are of one subject says nothing. When nothing identifies the app, a namesake of
// the claimed filing may be meant.
bool Shortlist::may_be_meant(const ServiceView& filing, const IdentityComparison& comparison,
                             int agreed) const {
  const bool is_of_subject = source_ == SuggestionSource::kSubject;
  const bool is_identified =
      comparison.certificate() == Match::kMatches || comparison.package == Match::kMatches ||
      comparison.name == Match::kMatches || (!is_of_subject && is_evidence(agreed));
  if (!is_identified)
    return is_of_subject && comparison.differences() == 0 &&
           share_a_name(filing, *decision_.filing);
  const Compared& claimed = decision_.compared;
  return agreed >= agreement(claimed) || comparison.differences() < differences(claimed);
}

void Shortlist::insert(const Scored& scored) {
  const auto is_behind = [&](const Scored& held) {
    return held.score < scored.score ||
           (held.score == scored.score && held.is_of_identity && !scored.is_of_identity);
  };
  const auto same = std::ranges::find_if(list_, [&](const Scored& held) {
    return have_same_number(held.suggestion.filing, scored.suggestion.filing);
  });
  if (same != list_.end()) {
    if (!is_behind(*same)) return;
    list_.erase(same);
  }
  list_.insert(std::ranges::find_if(list_, is_behind), scored);
  if (list_.size() > kSuggestionsMax) list_.pop_back();
}

}  // namespace beian
