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

// The number that a request claims, read. A batch reads those of its rows ahead, to have the cache
// fetch what the rules will look up.
struct Claim {
  bool is_made = false;  // the filing number is not blank
  ParsedNumber number;   // where one is claimed
};
Claim read_claim(const CheckRequest& request) noexcept;

// Fills `decision` (which it clears first). Views in it live as long as `generation` and `request`.
void evaluate(const CheckRequest& request, const cache::Generation& generation,
              const Policy& policy, const Calendar& calendar, Instant now, Decision* decision);
// The same, for a caller that has the claim. REQUIRES: `claim` is read_claim(request).
void evaluate(const CheckRequest& request, const Claim& claim, const cache::Generation& generation,
              const Policy& policy, const Calendar& calendar, Instant now, Decision* decision);

}  // namespace beian
