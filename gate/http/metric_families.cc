#include "gate/http/metric_families.h"

#include <utility>

namespace beian::http {

using prometheus::MetricType;

void MetricFamilies::begin(std::string_view name, std::string_view help, MetricType type) {
  families_.push_back({std::string(name), std::string(help), type, {}});
}

void MetricFamilies::counter(std::string_view name, std::string_view help) {
  begin(name, help, MetricType::Counter);
}

void MetricFamilies::gauge(std::string_view name, std::string_view help) {
  begin(name, help, MetricType::Gauge);
}

void MetricFamilies::histogram(std::string_view name, std::string_view help) {
  begin(name, help, MetricType::Histogram);
}

void MetricFamilies::value(double value, Labels labels) {
  prometheus::ClientMetric metric;
  metric.label = std::move(labels);
  prometheus::MetricFamily& family = families_.back();
  if (family.type == MetricType::Counter)
    metric.counter.value = value;
  else
    metric.gauge.value = value;
  family.metric.push_back(std::move(metric));
}

void MetricFamilies::distribution(prometheus::ClientMetric::Histogram histogram, Labels labels) {
  prometheus::ClientMetric metric;
  metric.label = std::move(labels);
  metric.histogram = std::move(histogram);
  families_.back().metric.push_back(std::move(metric));
}

void MetricFamilies::counter(std::string_view name, std::string_view help, double one) {
  counter(name, help);
  value(one);
}

void MetricFamilies::gauge(std::string_view name, std::string_view help, double one) {
  gauge(name, help);
  value(one);
}

}  // namespace beian::http
