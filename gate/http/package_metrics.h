// Uploaded packages as metrics. Any thread.
#pragma once

#include "gate/http/metric_families.h"
#include "gate/http/package_stats.h"

namespace beian::http {

void add_package_metrics(const PackageStats& stats, MetricFamilies* families);

}  // namespace beian::http
