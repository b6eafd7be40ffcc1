// The registry and its follower as metrics. Any thread.
#pragma once

#include "cache/base/time.h"
#include "cache/redis/follower_status.h"
#include "cache/snapshot/generation.h"
#include "gate/http/metric_families.h"

namespace beian::http {

// `follower` is null if the registry is not followed; then its families are left out.
void add_registry_metrics(const cache::Generation& generation,
                          const cache::FollowerStatus* follower, Instant now,
                          MetricFamilies* families);

}  // namespace beian::http
