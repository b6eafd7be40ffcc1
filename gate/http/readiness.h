// What /readyz says: whether this gate can tell what is not filed, and which check fails.
#pragma once

#include "cache/base/json_writer.h"
#include "cache/redis/follower_status.h"
#include "cache/snapshot/generation.h"

namespace beian::http {

// Writes the answer and returns whether the gate is ready: with a registry that may assert absence,
// whatever the follower does, since a gate that others are led away from helps nobody while its
// registry is good. `follower` is null where nothing is followed. Any thread.
bool write_readiness(const cache::Generation& generation, const cache::FollowerStatus* follower,
                     Instant now, bool is_verbose, JsonWriter* json);

}  // namespace beian::http
