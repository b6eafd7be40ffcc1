// The rules: request + registry -> findings -> decision. Pure: no I/O, no clock, no allocation on
// the usual path. Any thread; `decision` and `request` belong to the caller.
#pragma once

#include "cache/base/calendar.h"
#include "cache/base/time.h"
#include "cache/filing/parse.h"
#include "cache/snapshot/generation.h"
#include "gate/decision/decision.h"
#include "gate/decision/policy.h"
#include "gate/decision/request.h"

namespace beian {

// The filing number that a request claims, parsed. A batch parses those of its rows ahead, so that
// the cache can fetch what the rules will look up.
struct Claim {
  bool is_made = false;  // the filing number is not blank
  ParsedNumber number;   // when is_made
};
Claim read_claim(const CheckRequest& request) noexcept;

// Fills `decision`, clearing it first. Its views live as long as `generation` and `request`.
void evaluate(const CheckRequest& request, const cache::Generation& generation,
              const Policy& policy, const Calendar& calendar, Instant now, Decision* decision);
// The same, for a caller that has read the claim already. REQUIRES: `claim` is read_claim(request).
void evaluate(const CheckRequest& request, const Claim& claim, const cache::Generation& generation,
              const Policy& policy, const Calendar& calendar, Instant now, Decision* decision);

}  // namespace beian
