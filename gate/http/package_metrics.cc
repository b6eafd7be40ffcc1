#include "gate/http/package_metrics.h"

namespace beian::http {

void add_package_metrics(const PackageStats& stats, MetricFamilies* families) {
  const auto number = [](std::uint64_t value) { return static_cast<double>(value); };
  families->counter("beian_gate_packages_total", "Packages handed in, by what came of them.");
  for (std::size_t i = 0; i < kPackageResultWords.size(); ++i)
    families->value(number(stats.results[i]), {{"result", std::string(kPackageResultWords[i])}});
  families->gauge("beian_gate_packages_in_flight", "Packages that come in or are inspected.",
                  number(stats.in_flight));
  families->gauge("beian_gate_packages_in_flight_max", "Beyond it: 503.",
                  number(stats.concurrent_max));
  families->gauge("beian_gate_package_bytes_max", "Of a package; beyond it: 413.",
                  number(stats.bytes_max));
  families->counter("beian_gate_package_bytes_total", "Bytes of packages that were inspected.",
                    number(stats.bytes));
  families->counter("beian_gate_package_inspecting_seconds_total",
                    "Time that threads spent on inspecting, uploads not included.",
                    number(static_cast<std::uint64_t>(stats.inspecting_time.count())) / 1e9);
}

}  // namespace beian::http
