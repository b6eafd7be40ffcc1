// What every exporter reports about its process, under the usual names. Any thread; reads /proc.
#pragma once

#include "gate/http/metric_families.h"

namespace beian::http {

// Leaves out what the system does not report.
void add_process_metrics(double started_at_seconds, MetricFamilies* families);

}  // namespace beian::http
