#include "gate/decision/suggest.h"

#include <algorithm>
#include <array>
#include <string>

#include "cache/base/limits.h"
#include "cache/filing/provinces.h"
#include "gate/decision/compare.h"
#include "gate/decision/rules.h"

namespace beian {
namespace {

using cache::ServiceList;
using cache::ServiceRange;
using cache::ServiceView;

// A licence holder has thousands of services, a packaging service's certificate a hundred thousand
// apps; looking at more of them would make a full answer slow without making it better.
constexpr std::size_t kLookedAtMax = 4096;

// How much an identity that agrees says for a filing; a name can be anybody's, a certificate
// cannot.
int agreement(const IdentityComparison& comparison) noexcept {
  const auto points = [](Match match, int value) { return match == Match::kMatches ? value : 0; };
  return points(comparison.certificate(), 8) + points(comparison.package, 6) +
         points(comparison.name, 5) + points(comparison.sponsor(), 3) +
         points(comparison.platform, 1);
}

// Keeps the best few, each filing once, with its strongest reason.
class Shortlist {
 public:
  Shortlist(const CheckRequest& request, const Decision& decision)
      : request_(request), decision_(decision) {}

  // `weight`: how strongly the reason alone speaks. `needs_agreement`: digits that happen to exist
  // say nothing unless something else of the app agrees.
  void offer(const ServiceView& filing, SuggestionReason reason, int weight, bool needs_agreement) {
    if (looked_at_++ >= kLookedAtMax || !is_live(filing)) return;
    const IdentityComparison comparison = compare_identity(request_, filing);
    if (comparison.kind == Match::kDiffers || is_judged(filing)) return;
    const int agreed = agreement(comparison);
    if (needs_agreement && agreed <= 1) return;
    insert({filing, refine(reason, comparison)}, weight + agreed * 10 - comparison.differences());
  }

  void offer(const ServiceRange& filings, SuggestionReason reason, int weight,
             bool needs_agreement) {
    for (std::size_t i = 0; i < filings.size() && looked_at_ < kLookedAtMax; ++i)
      offer(filings[i], reason, weight, needs_agreement);
  }
  void offer(const ServiceList& filings, SuggestionReason reason, int weight,
             bool needs_agreement) {
    for (std::size_t i = 0; i < filings.size() && looked_at_ < kLookedAtMax; ++i)
      offer(filings[i], reason, weight, needs_agreement);
  }

  bool empty() const noexcept { return list_.empty(); }
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
  std::vector<Scored> list_;
  std::size_t looked_at_ = 0;
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

void offer_near_numbers(const cache::Snapshot& registry, const FilingNumber& number,
                        Shortlist* list) {
  const NumberParts parts = number.parts();
  const auto offer = [&](NumberParts changed, SuggestionReason reason, int weight) {
    const FilingNumber near = FilingNumber::pack(changed);
    const ServiceRange exact = registry.find(near.key());
    list->offer(exact, reason, weight, /*needs_agreement=*/true);
    if (exact.empty()) list->offer(registry.services(near.subject()), reason, weight - 5, true);
  };
  for_each_slip(parts, [&](std::uint64_t main, SuggestionReason reason) {
    if (main == parts.main) return;
    NumberParts changed = parts;
    changed.main = main;
    offer(changed, reason, 40);
  });
  if (parts.form != Form::kFiling) return;
  // 23000001 is how 2023000001 reads when somebody shortens the year, and the other way round.
  NumberParts changed = parts;
  if (parts.main_digits == 8) {
    changed.main_digits = 10;
    changed.main = 2'000'000'000 + parts.main / 1'000'000 * 1'000'000 + parts.main % 1'000'000;
    offer(changed, SuggestionReason::kDigitsMissing, 40);
  } else if (parts.main >= 2'000'000'000 && parts.main < 2'100'000'000) {
    changed.main_digits = 8;
    changed.main = parts.main - 2'000'000'000;
    offer(changed, SuggestionReason::kDigitsMissing, 40);
  }
  for (std::uint8_t province = 1; province < kProvinces.size(); ++province) {
    if (!kProvinces[province].is_on_filings || province == parts.province) continue;
    changed = parts;
    changed.province = province;
    offer(changed, SuggestionReason::kOtherProvince, 30);
  }
}

// Letters that stand for digits: O for 0, I and l for 1, S for 5, B for 8. Only behind 备 or 证, so
// that ICP itself stays.
std::string with_letters_as_digits(std::string_view text) {
  std::string out(text);
  const std::size_t token = std::max(out.rfind("备") == std::string::npos ? 0 : out.rfind("备"),
                                     out.rfind("证") == std::string::npos ? 0 : out.rfind("证"));
  const std::size_t end = std::min(out.find("号"), out.size());
  for (std::size_t i = token; i < end; ++i) {
    char& c = out[i];
    if (c == 'O' || c == 'o') c = '0';
    else if (c == 'I' || c == 'l' || c == 'i') c = '1';
    else if (c == 'S' || c == 's') c = '5';
    else if (c == 'B') c = '8';
  }
  return out;
}

void offer_subject(const cache::Snapshot& registry, const FilingNumber& number, Shortlist* list) {
  if (!number.is_subject())
    list->offer(registry.find(number.key()), SuggestionReason::kSameNumberOtherKind, 60, false);
  list->offer(registry.services(number.subject()), SuggestionReason::kSameSubject, 20, false);
}

void offer_identity(const CheckRequest& request, const cache::Snapshot& registry, Shortlist* list) {
  const AppIdentity& app = request.app;
  if (!app.package.empty())
    list->offer(registry.by_package(app.package), SuggestionReason::kSamePackage, 10, false);
  for (const Fingerprint& fingerprint : app.fingerprints)
    list->offer(registry.by_fingerprint(fingerprint), SuggestionReason::kSameCertificate, 0, false);
  for (const KeyDigest& key : app.public_keys)
    list->offer(registry.by_public_key(key), SuggestionReason::kSameCertificate, 0, false);
}

}  // namespace

std::vector<Suggestion> suggest(const CheckRequest& request, const Decision& decision,
                                const cache::Generation& generation) {
  if (decision.effect == Effect::kAllow && decision.would_be == Effect::kAllow) return {};
  const cache::Snapshot& registry = generation.registry();
  Shortlist list(request, decision);
  if (decision.number.is_number()) {
    offer_subject(registry, decision.number.number, &list);
    if (!decision.filing) offer_near_numbers(registry, decision.number.number, &list);
  } else if (decision.is_number_claimed) {
    const std::string corrected = with_letters_as_digits(request.filing_number);
    const ParsedNumber parsed = parse_number(corrected);
    if (parsed.is_number()) {
      list.offer(registry.find(parsed.number.key()), SuggestionReason::kDigitMistyped, 60, false);
      if (list.empty()) offer_subject(registry, parsed.number, &list);
    }
  }
  offer_identity(request, registry, &list);
  return list.take();
}

}  // namespace beian
