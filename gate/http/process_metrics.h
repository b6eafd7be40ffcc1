// What every exporter tells of its process, under the usual names. Any thread; reads /proc.
#pragma once

#include "gate/http/metric_families.h"

namespace beian::http {

// What /proc does not tell is left out.
void add_process_metrics(double started_at_seconds, MetricFamilies* families);

}  // namespace beian::http
