// The decision log as metrics. Any thread.
#pragma once

#include "gate/http/metric_families.h"
#include "gate/log/decision_log.h"

namespace beian::http {

void add_log_metrics(const log::LogStats& stats, MetricFamilies* families);

}  // namespace beian::http
