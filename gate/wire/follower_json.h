// How a gate follows Redis, as JSON. Appends; any thread.
#pragma once

#include <span>

#include "cache/base/json_writer.h"
#include "cache/redis/follower_status.h"

namespace beian::wire {

// state, since, url, epoch, serial, chain, lag, last contact, last errors.
void write_follower(const cache::FollowerStatus& status, JsonWriter* json);

// The registries that were served last, newest first.
void write_last_changes(std::span<const cache::RegistryChange> newest_first, JsonWriter* json);

}  // namespace beian::wire
