// The best few filings that suggest() has come across, each number once, with its strongest reason:
// a registry may have several filings under one number, and it is the number that is suggested.
//
// A number's best score counts. Among equals, what the claimed number led to precedes what the
// app's identity led to, in whatever order they were offered; then the first offered wins. One
// thread.
#pragma once

#include <cstdint>
#include <vector>

#include "gate/decision/compare.h"
#include "gate/decision/suggest.h"

namespace beian {

// Where a filing was found. Only a limited number of filings of each source are looked at, so that
// none starves the next: a licence holder has thousands of services, a packaging service's
// certificate a hundred thousand apps, and comparing more of them would make a full answer slow
// without making it better.
enum class SuggestionSource : std::uint8_t { kSubject, kNearNumber, kPackage, kCertificate };

// What else must speak for a filing that was found by guessing at the number. That the digits
// happen to exist says nothing by itself.
enum class Need : std::uint8_t {
  kNothing,
  kAgreement,           // part of the app's identity matches
  kAgreementOrSilence,  // … or the request gives no identity that could
};

class Shortlist {
 public:
  Shortlist(const CheckRequest& request, const Decision& decision);

  // What is offered from here on comes from `source`.
  void begin(SuggestionSource source);

  // Offers each filing, until enough of the source have been looked at. `weight`: how strongly the
  // reason speaks by itself.
  void offer(const cache::ServiceRange& filings, SuggestionReason reason, int weight, Need need);
  void offer(const cache::Filings& filings, SuggestionReason reason, int weight, Need need);

  // True when no guess of this `weight` at another number can come first unless package or
  // certificate speaks for it: the claimed subject has a filing that fits, so there is no slip to
  // look for; or a filing held, or the claimed one, outscores any guess that name and sponsor could
  // support; or the request gives nothing by which a guess could be told from chance.
  bool outranks_guesses(int weight) const noexcept;
  bool holds(SubjectKey subject) const noexcept;
  // Whether the request says nothing of the app except, perhaps, its kind and platform.
  bool is_silent() const noexcept { return is_silent_; }

  // The held filings' numbers, best first.
  std::vector<FilingNumber> numbers() const;
  std::vector<Suggestion> take() const;

 private:
  struct Scored {
    Suggestion suggestion;
    int score;
    bool is_of_identity;
  };

  void offer(const cache::ServiceView& filing, SuggestionReason reason, int weight, Need need);
  bool is_hopeless(int weight) const noexcept;  // no filing of this weight would be kept
  bool is_judged(const cache::ServiceView& filing) const;
  bool may_be_meant(const cache::ServiceView& filing, const IdentityComparison& comparison,
                    int agreed) const;
  void insert(const Scored& scored);

  const CheckRequest& request_;
  const Decision& decision_;
  const int guess_points_max_;  // of a filing for which neither package nor certificate speaks
  const int points_max_;
  const int claimed_score_;    // of the filing that the number names
  const bool is_silent_;       // the request says nothing of the app
  const bool is_known_other_;  // the number names a filing of this kind: others must fit as well
  SuggestionSource source_ = SuggestionSource::kSubject;
  bool has_subject_fit_ = false;  // one of kSubject matches and differs in nothing
  std::size_t left_ = 0;
  std::vector<Scored> list_;
};

}  // namespace beian
