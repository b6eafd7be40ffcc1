// Tells numbers that somebody could have been given from placeholders. A note, never a refusal: the
// registry decides what exists. Pure; any thread.
#pragma once

#include "cache/filing/number.h"

namespace beian {

bool is_plausible(const NumberParts& parts) noexcept;

}  // namespace beian
