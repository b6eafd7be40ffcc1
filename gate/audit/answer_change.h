// Whether two decisions on one request give the same answer: what a brief answer shows, but for the
// registry's serial and age.
//
// Pure; any thread.
#pragma once

#include "gate/decision/decision.h"

namespace beian::audit {

// True when effect, assurance, number and findings (code, effect, field, in order) are equal.
// REGISTRY_STALE does not count: it says something of the registry's age and nothing of the app.
bool is_same_answer(const Decision& before, const Decision& after) noexcept;

}  // namespace beian::audit
