// The rules: request + registry -> findings -> decision. Pure: no I/O, no clock, no allocation on
// the usual path. Any thread; `decision` and `request` belong to the caller.
#pragma once

#include "cache/base/calendar.h"
#include "cache/base/time.h"
#include "cache/snapshot/generation.h"
#include "gate/decision/decision.h"
#include "gate/decision/policy.h"
#include "gate/decision/request.h"

namespace beian {

// Fills `decision` (which it clears first). Views in it live as long as `generation` and `request`.
void evaluate(const CheckRequest& request, const cache::Generation& generation,
              const Policy& policy, const Calendar& calendar, Instant now, Decision* decision);

}  // namespace beian
