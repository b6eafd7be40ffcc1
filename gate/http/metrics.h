// `/metrics`: what all workers of a process count, in the text format of Prometheus.
//
// Counting takes no lock and shares no counter: each GateService writes AnswerStats of its own. A
// scrape adds them up, on the thread of the worker that answers it, in about a millisecond. Any
// thread.
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

  // A place to count for one worker; lives as long as this object.
  AnswerStats* add_worker();
  // Where connections are counted. What `stats` refers to must outlive this, or the call with {}.
  void set_server(std::function<ServerStats()> stats);
  // What the decision log counts; likewise.
  void set_log(std::function<log::LogStats()> stats);
  // What the desk of packages counts; likewise.
  void set_packages(std::function<PackageStats()> stats);
  // The configuration and what it names were read anew, and taken or refused.
  void count_reload(bool is_taken) noexcept {
    (is_taken ? reloads_taken_ : reloads_refused_).fetch_add(1, std::memory_order_relaxed);
  }

  // What a scrape is told besides what is counted here.
  struct Moment {
    const cache::Generation& generation;
    const cache::FollowerStatus* follower;     // null: nothing is followed
    std::span<const std::string_view> routes;  // names, by their place in AnswerStats
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
