// Builds metric families, which metrics.cc and its neighbours fill and prometheus-cpp prints.
//
// One thread. Labels are our own words (routes, codes, states), never text from a request: a
// package or a number as a label would make one series per app in the country.
#pragma once

#include <prometheus/metric_family.h>

#include <string>
#include <string_view>
#include <vector>

namespace beian::http {

using Labels = std::vector<prometheus::ClientMetric::Label>;

class MetricFamilies {
 public:
  // Begins a family; the calls below add to it.
  void counter(std::string_view name, std::string_view help);
  void gauge(std::string_view name, std::string_view help);
  void histogram(std::string_view name, std::string_view help);

  void value(double value, Labels labels = {});
  void distribution(prometheus::ClientMetric::Histogram histogram, Labels labels);

  // A family of one value.
  void counter(std::string_view name, std::string_view help, double value);
  void gauge(std::string_view name, std::string_view help, double value);
  // A gauge of a state: 1 for `is`, 0 for every other word of `all`.
  template <class Words>
  void state(std::string_view name, std::string_view help, const Words& all, std::string_view is) {
    gauge(name, help);
    for (const std::string_view word : all)
      value(word == is ? 1 : 0, {{"state", std::string(word)}});
  }

  std::vector<prometheus::MetricFamily> take() { return std::move(families_); }

 private:
  void begin(std::string_view name, std::string_view help, prometheus::MetricType type);

  std::vector<prometheus::MetricFamily> families_;
};

}  // namespace beian::http
