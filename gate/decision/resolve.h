// Finds the filing when none is claimed: by platform and package; without a package by certificate
// or key; without either by domain, and for `connect` by IP.
#pragma once

#include "gate/decision/compare.h"
#include "gate/decision/rules.h"

namespace beian {

// What a store distributes or a device maker preinstalls is an app unless the request says
// otherwise, and so is what has a package or a certificate [F-15]. What an access provider
// connects, and knows by a domain or an address alone, may as well be a site.
bool may_be_site(const CheckRequest& request) noexcept;

// The fields of a request by which its filing is looked for when it claims none; none when it gives
// nothing to look by.
FieldSet fields_to_look_by(const CheckRequest& request) noexcept;

struct Resolution {
  enum class Outcome : std::uint8_t {
    kNothingToLookFor,  // the request gives no key to look with
    kNone,              // nothing in the registry has the key
    kOne,               // one filing fits
    kSeveral,           // several do, or may; the first few are in the decision's candidates
    kContradicted,      // there were some, and each differs; `filing` is the closest
  };
  Outcome outcome = Outcome::kNothingToLookFor;
  std::optional<cache::ServiceView> filing;
  bool is_kind_binding = true;  // the kind was given, or is implied by what was looked up
  // Of kSeveral: how many were compared when there were more; 0 when all were.
  std::uint32_t compared_of_more = 0;
};

// Adds the candidates of kSeveral to the decision, and nothing else.
Resolution resolve(const RuleContext& context);

}  // namespace beian
