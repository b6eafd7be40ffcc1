#include "gate/http/metrics.h"

#include <prometheus/collectable.h>
#include <prometheus/text_serializer.h>

#include <optional>

#include "gate/http/admission.h"
#include "gate/http/build_info.h"
#include "gate/http/log_metrics.h"
#include "gate/http/metric_families.h"
#include "gate/http/package_metrics.h"
#include "gate/http/process_metrics.h"
#include "gate/http/registry_metrics.h"

namespace beian::http {
namespace {

// The bounds that a caller can run into.
constexpr std::pair<std::string_view, std::size_t> kLimits[] = {
    {"head_bytes", limits::kHeadBytesMax},
    {"head_fields", limits::kHeadFieldsMax},
    {"target_bytes", limits::kTargetBytesMax},
    {"body_bytes", limits::kBodyBytesMax},
    {"batch_bytes", limits::kBatchBytesMax},
    {"batch_items", limits::kBatchItemsMax},
    {"stream_line_bytes", limits::kStreamLineBytesMax},
    {"trailer_bytes", limits::kTrailerBytesMax},
    {"streams_per_worker", kStreamsPerWorkerMax},
    {"bulk_waiting", kBulkWaitingMax},
};
constexpr std::pair<std::string_view, std::chrono::milliseconds> kDeadlines[] = {
    {"head", limits::kHeadDeadline},   {"body", limits::kBodyDeadline},
    {"idle", limits::kIdleDeadline},   {"stream_idle", limits::kStreamIdleDeadline},
    {"write", limits::kWriteDeadline}, {"linger", limits::kLingerDeadline},
    {"wait_bulk", kWaitBulkMax},       {"wait", kWaitMax},
    {"package", kPackageDeadline},
};

double sum_of(const std::vector<const AnswerStats*>& workers, const auto& counter_of) {
  std::uint64_t sum = 0;
  for (const AnswerStats* worker : workers) sum += counter_of(*worker).value();
  return static_cast<double>(sum);
}

void add_answers(const std::vector<const AnswerStats*>& workers,
                 std::span<const std::string_view> routes, MetricFamilies* families) {
  families->counter("beian_gate_http_requests_total",
                    "Requests answered, by route and first digit of the status.");
  for (std::size_t route = 0; route <= kNoRoute; ++route) {
    if (route >= routes.size() && route != kNoRoute) continue;
    const std::string name(route == kNoRoute ? "none" : routes[route]);
    for (std::size_t status = 2; status < kStatusClasses; ++status) {
      const double count = sum_of(
          workers, [&](const AnswerStats& w) -> auto& { return w.answers[route][status]; });
      families->value(count, {{"route", name}, {"status", std::to_string(status) + "xx"}});
    }
  }
}

void add_latency(const std::vector<const AnswerStats*>& workers,
                 std::span<const std::string_view> routes, MetricFamilies* families) {
  families->histogram("beian_gate_http_request_duration_seconds",
                      "From reading a request to having its answer; requests that came together "
                      "leave together.");
  for (std::size_t route = 0; route < routes.size(); ++route) {
    prometheus::ClientMetric::Histogram histogram;
    std::uint64_t count = 0;
    std::uint64_t nanoseconds = 0;
    for (std::size_t i = 0; i <= kLatencyBoundsUs.size(); ++i) {
      for (const AnswerStats* worker : workers) count += worker->latency[route].counts[i].value();
      const bool is_last = i == kLatencyBoundsUs.size();
      histogram.bucket.push_back(
          {count, is_last ? std::numeric_limits<double>::infinity() : kLatencyBoundsUs[i] / 1e6});
    }
    for (const AnswerStats* worker : workers)
      nanoseconds += worker->latency[route].nanoseconds.value();
    histogram.sample_count = count;
    histogram.sample_sum = static_cast<double>(nanoseconds) / 1e9;
    families->distribution(std::move(histogram), {{"route", std::string(routes[route])}});
  }
}

void add_decisions(const std::vector<const AnswerStats*>& workers, MetricFamilies* families) {
  families->counter("beian_gate_decisions_total", "Decisions, rows of batches and streams too.");
  for (std::size_t operation = 0; operation < kOperationCount; ++operation)
    for (const Effect effect : {Effect::kAllow, Effect::kReview, Effect::kUnknown, Effect::kDeny}) {
      const double count = sum_of(
          workers, [&](const AnswerStats& w) -> auto& {
            return w.decisions[operation][static_cast<std::size_t>(effect)];
          });
      families->value(count,
                      {{"operation", std::string(name_of(static_cast<Operation>(operation)))},
                       {"decision", std::string(name_of(effect))}});
    }
  families->counter("beian_gate_findings_total", "Findings of decisions, notes too.");
  for (std::size_t code = 0; code < kCodeCount; ++code) {
    const double count = sum_of(
        workers, [&](const AnswerStats& w) -> auto& { return w.findings[code]; });
    families->value(count, {{"code", std::string(name_of(static_cast<Code>(code)))}});
  }
}

void add_turned_away(const std::vector<const AnswerStats*>& workers, MetricFamilies* families) {
  families->counter("beian_gate_turned_away_total",
                    "Requests, and rows, that the key, the role or the rate of their caller does "
                    "not allow, or the load of the gate.");
  for (std::size_t why = 0; why < kTurnedAwayWords.size(); ++why)
    families->value(sum_of(
                        workers, [&](const AnswerStats& w) -> auto& { return w.turned_away[why]; }),
                    {{"reason", std::string(kTurnedAwayWords[why])}});
  // Reads `ended` before `begun`, so that a stream that ends in between cannot make this negative.
  const double ended = sum_of(
      workers, [](const AnswerStats& w) -> auto& { return w.streams_ended; });
  const double begun = sum_of(
      workers, [](const AnswerStats& w) -> auto& { return w.streams_begun; });
  families->gauge("beian_gate_streams_in_flight", "Streams of rows that are being answered.",
                  begun - ended);
}

void add_server(const ServerStats& stats, MetricFamilies* families) {
  const auto number = [](std::uint64_t value) { return static_cast<double>(value); };
  families->counter("beian_gate_http_refusals_total",
                    "Requests that the HTTP layer refused, by status.");
  for (std::size_t i = 0; i < kRefusalStatuses.size(); ++i)
    families->value(number(stats.refusals[i]), {{"status", std::to_string(kRefusalStatuses[i])}});
  families->counter("beian_gate_http_connections_total", "Connections accepted.",
                    number(stats.connections_accepted));
  families->counter("beian_gate_http_connections_over_limit_total",
                    "Connections closed at once: their address had its share already.",
                    number(stats.connections_over_limit));
  families->gauge("beian_gate_http_connections", "Connections open now.",
                  number(stats.connections_open()));
  families->counter("beian_gate_http_timeouts_total",
                    "Connections that a deadline ended, idle ones included.",
                    number(stats.timeouts));
  families->counter("beian_gate_http_received_bytes_total", "Bytes read from connections.",
                    number(stats.bytes_in));
  families->counter("beian_gate_http_sent_bytes_total", "Bytes written to connections.",
                    number(stats.bytes_out));
}

// `server` may be null, as in tests.
void add_limits(const ServerStats* server, MetricFamilies* families) {
  families->gauge("beian_gate_limit", "Bounds on what is taken; beyond them requests are refused.");
  for (const auto& [name, value] : kLimits)
    families->value(static_cast<double>(value), {{"name", std::string(name)}});
  if (server != nullptr)
    families->value(static_cast<double>(server->connections_per_address_max),
                    {{"name", "connections_per_address"}});
  families->gauge("beian_gate_deadline_seconds", "How long a connection may take for what.");
  for (const auto& [name, deadline] : kDeadlines)
    families->value(static_cast<double>(deadline.count()) / 1e3, {{"name", std::string(name)}});
}

}  // namespace

// Everything, in the form that prometheus-cpp takes.
class MetricsCollector final : public prometheus::Collectable {
 public:
  MetricsCollector(const Metrics& metrics, const Metrics::Moment& moment)
      : metrics_(metrics), moment_(moment) {}

  std::vector<prometheus::MetricFamily> Collect() const override {
    MetricFamilies families;
    families.gauge("beian_gate_build_info", "1, with what was built as labels.");
    families.value(1, {{"version", std::string(kVersion)}, {"compiler", std::string(kCompiler)}});
    std::vector<const AnswerStats*> workers;
    std::optional<ServerStats> server;
    {
      const std::scoped_lock lock(metrics_.mutex_);
      for (const auto& worker : metrics_.workers_) workers.push_back(worker.get());
      if (metrics_.server_) server = metrics_.server_();
      if (server) add_server(*server, &families);
      if (metrics_.log_) add_log_metrics(metrics_.log_(), &families);
      if (metrics_.packages_) add_package_metrics(metrics_.packages_(), &families);
    }
    families.gauge("beian_gate_workers", "Threads that answer.",
                   static_cast<double>(workers.size()));
    add_answers(workers, moment_.routes, &families);
    add_latency(workers, moment_.routes, &families);
    add_decisions(workers, &families);
    add_turned_away(workers, &families);
    families.counter("beian_gate_reloads_total",
                     "Configuration or registry file read anew, and taken up or refused.");
    families.value(static_cast<double>(metrics_.reloads_taken_.load()), {{"result", "taken"}});
    families.value(static_cast<double>(metrics_.reloads_refused_.load()), {{"result", "refused"}});
    add_registry_metrics(moment_.generation, moment_.follower, moment_.now, &families);
    add_limits(server ? &*server : nullptr, &families);
    add_process_metrics(static_cast<double>(metrics_.started_at_.time_since_epoch().count()),
                        &families);
    return families.take();
  }

 private:
  const Metrics& metrics_;
  const Metrics::Moment& moment_;
};

AnswerStats* Metrics::add_worker() {
  const std::scoped_lock lock(mutex_);
  return workers_.emplace_back(std::make_unique<AnswerStats>()).get();
}

void Metrics::set_log(std::function<log::LogStats()> stats) {
  const std::scoped_lock lock(mutex_);
  log_ = std::move(stats);
}

void Metrics::set_packages(std::function<PackageStats()> stats) {
  const std::scoped_lock lock(mutex_);
  packages_ = std::move(stats);
}

void Metrics::set_server(std::function<ServerStats()> stats) {
  const std::scoped_lock lock(mutex_);
  server_ = std::move(stats);
}

std::string Metrics::text(const Moment& moment) const {
  return prometheus::TextSerializer().Serialize(MetricsCollector(*this, moment).Collect());
}

}  // namespace beian::http
