// What /readyz says: whether this gate can assert absence, and which of its checks fail.
#pragma once

#include "cache/base/json_writer.h"
#include "cache/snapshot/generation.h"
#include "gate/wire/filing_json.h"

namespace beian::http {

// Writes the answer and returns whether the gate is ready: whether its registry may assert absence,
// whatever the follower's state. Diverting traffic from a gate whose registry is good helps nobody.
// Any thread.
bool write_readiness(const cache::Generation& generation, const wire::RegistryNews& news,
                     Instant now, bool is_verbose, JsonWriter* json);

}  // namespace beian::http
