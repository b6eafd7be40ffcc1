// `/metrics`: what all workers of a process count, in the text format of Prometheus.
//
// Counting takes no lock and shares no counter: each GateService writes its own AnswerStats. A
// scrape sums them on the thread of the worker that answers it, in about a millisecond. Any thread.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cache/base/time.h"
#include "gate/http/answer_stats.h"
#include "gate/http/package_stats.h"
#include "gate/http/server_limits.h"
#include "gate/http/server_stats.h"
#include "gate/log/decision_log.h"

namespace beian::cache {
class Generation;
struct FollowerStatus;
}  // namespace beian::cache

namespace beian::http {

inline constexpr std::string_view kMetricsContentType = "text/plain; version=0.0.4; charset=utf-8";

class Metrics {
 public:
  explicit Metrics(Instant started_at) : started_at_(started_at) {}

  // Adds the counters of one worker; they live as long as this object.
  AnswerStats* add_worker();
  // Sets where connections are counted. What `stats` refers to must live until this object is
  // destroyed or this is called with {}.
  void set_server(std::function<ServerStats()> stats);
  // The same for the decision log.
  void set_log(std::function<log::LogStats()> stats);
  // The same for the package desk.
  void set_packages(std::function<PackageStats()> stats);
  // Counts a reload of the configuration and the files it names, taken or refused.
  void count_reload(bool is_taken) noexcept {
    (is_taken ? reloads_taken_ : reloads_refused_).fetch_add(1, std::memory_order_relaxed);
  }

  // What a scrape needs besides what is counted here.
  struct Moment {
    const cache::Generation& generation;
    const cache::FollowerStatus* follower;     // null: the registry is not followed
    std::span<const std::string_view> routes;  // names, by index in AnswerStats
    Instant now;
  };
  std::string text(const Moment& moment) const;

 private:
  friend class MetricsCollector;

  const Instant started_at_;
  std::atomic<std::uint64_t> reloads_taken_{0};
  std::atomic<std::uint64_t> reloads_refused_{0};

  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<AnswerStats>> workers_;  // guarded by mutex_; only grows
  std::function<ServerStats()> server_;                // guarded by mutex_
  std::function<log::LogStats()> log_;                 // guarded by mutex_
  std::function<PackageStats()> packages_;             // guarded by mutex_
};

}  // namespace beian::http
