// Finds the filing when none is claimed: by platform and package; without a package, by certificate
// or key; without either, by domain, or, for `connect`, by IP.
#pragma once

#include "gate/decision/compare.h"
#include "gate/decision/rules.h"

namespace beian {

// What a store distributes or a device maker preinstalls is an app unless the request says
// otherwise, and so is what has a package or a certificate [F-15]. What an access provider
// connects, and knows only by a domain or an address, may also be a site.
bool may_be_site(const CheckRequest& request) noexcept;

// The fields by which to look up the filing of a request that claims none; empty when it gives
// nothing to look by.
FieldSet fields_to_look_by(const CheckRequest& request) noexcept;

struct Resolution {
  enum class Outcome : std::uint8_t {
    kNothingToLookFor,  // the request gives no key to look with
    kNone,              // nothing in the registry has the key
    kOne,               // one filing fits
    kSeveral,           // several do, or may; the first few are in the decision's candidates
    kContradicted,  // there were some, but the request contradicts each; `filing` is the closest
  };
  Outcome outcome = Outcome::kNothingToLookFor;
  std::optional<cache::ServiceView> filing;
  bool is_kind_binding = true;  // the kind was given, or is implied by what was looked up
  // For kSeveral: how many were compared when there were more; 0 when all were.
  std::uint32_t compared_of_more = 0;
};

// Puts the candidates of kSeveral into the decision and changes nothing else there.
Resolution resolve(const RuleContext& context);

}  // namespace beian
