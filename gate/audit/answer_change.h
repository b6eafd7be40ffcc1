// Whether two decisions on one request give the same answer, which is everything in a brief answer
// except the registry's serial and age.
//
// Pure; any thread.
#pragma once

#include "gate/decision/decision.h"

namespace beian::audit {

// True if effect (also would_be), assurance, number and findings (code, effect, field, in order)
// are equal. REGISTRY_STALE is ignored: it concerns the registry's age, not the app.
bool is_same_answer(const Decision& before, const Decision& after) noexcept;

}  // namespace beian::audit
