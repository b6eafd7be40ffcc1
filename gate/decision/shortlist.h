// The best few filings that suggest() has come across, each number once, with its strongest reason:
// a registry may have several filings under one number, and it is the number that is suggested.
//
// A number's best score counts. Of equal ones, what the claimed number led to precedes what the
// app's identity did, whichever was offered first, and then the first offered. One thread.
#pragma once

#include <cstdint>
#include <vector>

#include "gate/decision/compare.h"
#include "gate/decision/suggest.h"

namespace beian {

// Where a filing was found. Each may bring up a number of filings of its own, so that none starves
// the next: a licence holder has thousands of services, a packaging service's certificate a hundred
// thousand apps; looking at more of them would make a full answer slow without making it better.
enum class SuggestionSource : std::uint8_t { kSubject, kNearNumber, kPackage, kCertificate };

// What else has to speak for a filing that a guess at the number has found. Digits that happen to
// exist say nothing by themselves.
enum class Need : std::uint8_t {
  kNothing,
  kAgreement,           // something of the app agrees
  kAgreementOrSilence,  // … or the request says nothing of the app that could
};

class Shortlist {
 public:
  Shortlist(const CheckRequest& request, const Decision& decision);

  // What is offered from here on comes from `source`.
  void begin(SuggestionSource source);

  // Each of them until the source has brought up enough. `weight`: how strongly the reason alone
  // speaks.
  void offer(const cache::ServiceRange& filings, SuggestionReason reason, int weight, Need need);
  void offer(const cache::Filings& filings, SuggestionReason reason, int weight, Need need);

  // True when no guess at another number, of `weight`, can come first unless package or certificate
  // speak for it: the claimed subject has a filing that fits, so there is no slip to look for; or
  // what is held, or the claimed filing itself, counts more than a guess with any name and sponsor
  // could; or the request gives nothing by which a guess could be told from chance.
  bool outranks_guesses(int weight) const noexcept;
  bool holds(SubjectKey subject) const noexcept;
  // The request says nothing of the app but, perhaps, its kind and platform.
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
  bool is_hopeless(int weight) const noexcept;  // no filing of it would be kept
  bool is_judged(const cache::ServiceView& filing) const;
  bool may_be_meant(const cache::ServiceView& filing, const IdentityComparison& comparison,
                    int agreed) const;
  void insert(const Scored& scored);

  const CheckRequest& request_;
  const Decision& decision_;
  const int guess_points_max_;  // of a filing that neither package nor certificate speak for
  const int points_max_;
  const int claimed_score_;    // of the filing that the number names
  const bool is_silent_;       // the request says nothing of the app
  const bool is_known_other_;  // the number is a filing's of this kind: others have to fit as well
  SuggestionSource source_ = SuggestionSource::kSubject;
  bool has_subject_fit_ = false;  // one of kSubject agrees and differs in nothing
  std::size_t left_ = 0;
  std::vector<Scored> list_;
};

}  // namespace beian
