// What /readyz says: whether this gate can tell what is not filed, and which check fails.
#pragma once

#include "cache/base/json_writer.h"
#include "cache/snapshot/generation.h"
#include "gate/wire/filing_json.h"

namespace beian::http {

// Writes the answer and returns whether the gate is ready: with a registry that may assert absence,
// whatever the follower does, since a gate that others are led away from helps nobody while its
// registry is good. Any thread.
bool write_readiness(const cache::Generation& generation, const wire::RegistryNews& news,
                     Instant now, bool is_verbose, JsonWriter* json);

}  // namespace beian::http
