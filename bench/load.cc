// Loads an HTTP server at constant rates and measures latencies from the moment each request was
// due.
//
//   beian-bench-load --to HOST:PORT --phase RATE:SECONDS[:bulk]… [--get PATH[=WEIGHT]]…
//                    [--post PATH[=WEIGHT]]… [--rows FILE] [--connections N] [--sources N] …
//
// Phases follow one another without a pause on the same connections, so that a quiet period, an
// overload and the recovery are one run. Prints one line of JSON per phase: requests offered, sent
// and answered, counts by status, and percentiles in microseconds. `late_us` is how late requests
// were sent, for want of a free connection or of CPU for this program; `ok_sent_us` and
// `refused_sent_us` are latencies measured from the moment of sending.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <optional>

#include "bench/load/bulk_lane.h"
#include "bench/load/open_lane.h"

namespace beian::load {
namespace {

struct Options {
  std::string to;
  std::vector<std::string> phases;
  std::vector<std::string> gets;
  std::vector<std::string> posts;
  std::string rows;
  std::string key;
  std::string bulk = "stream";
  unsigned connections = 32;
  unsigned sources = 1;
  unsigned bulk_connections = 4;
  std::size_t batch_rows = 1'000;
  double give_up_ms = 0;
  double patience = 5;
};

template <class T>
T value_of(Result<T> result) {
  if (!result) give_up(result.error().message);
  return std::move(*result);
}

int read_options(int argc, char** argv, Options* options) {
  CLI::App app("Load on an HTTP server at constant rates");
  app.add_option("--to", options->to, "ADDRESS:PORT, IPv4")->required();
  app.add_option("--phase", options->phases,
                 "RATE:SECONDS, or RATE:SECONDS:bulk beside a bulk lane")
      ->required();
  app.add_option("--get", options->gets, "PATH or PATH=WEIGHT");
  app.add_option("--post", options->posts, "the same, with a row each as its body");
  app.add_option("--rows", options->rows, "file of bodies, one a line");
  app.add_option("--key", options->key, "API key");
  app.add_option("--connections", options->connections)->check(CLI::Range(1, 100'000));
  app.add_option("--sources", options->sources, "local addresses to connect from, 127.0.0.2 and on")
      ->check(CLI::Range(1, 250));
  app.add_option("--bulk", options->bulk)->check(CLI::IsMember({"stream", "batch"}));
  app.add_option("--bulk-connections", options->bulk_connections)->check(CLI::Range(1, 1'000));
  app.add_option("--batch-rows", options->batch_rows, "rows of a POST /v1/checks")
      ->check(CLI::Range(1, 1'000));
  app.add_option("--give-up-ms", options->give_up_ms,
                 "a request that found no free connection for so long is not sent; 0: it waits");
  app.add_option("--patience", options->patience, "seconds to wait for the last answers")
      ->check(CLI::Range(0.1, 600.0));
  CLI11_PARSE(app, argc, argv);
  return -1;
}

Phase parse_phase(const std::string& text) {
  Phase phase;
  double seconds = 0;
  int end = 0;
  if (std::sscanf(text.c_str(), "%lf:%lf%n", &phase.per_second, &seconds, &end) != 2 ||
      phase.per_second <= 0 || seconds <= 0)
    give_up("--phase " + text + ": it is RATE:SECONDS or RATE:SECONDS:bulk, both above 0");
  const std::string rest = text.substr(static_cast<std::size_t>(end));
  if (!rest.empty() && rest != ":bulk") give_up("--phase " + text + ": what follows is not :bulk");
  phase.has_bulk = !rest.empty();
  phase.length = std::chrono::duration_cast<nanoseconds>(std::chrono::duration<double>(seconds));
  return phase;
}

Route parse_route(const Options& options) {
  Route route;
  route.sources = options.sources;
  route.to.sin_family = AF_INET;
  const std::size_t colon = options.to.rfind(':');
  std::uint16_t port = 0;
  if (colon != std::string::npos)
    std::from_chars(options.to.data() + colon + 1, options.to.data() + options.to.size(), port);
  route.to.sin_port = htons(port);
  if (::inet_pton(AF_INET, options.to.substr(0, colon).c_str(), &route.to.sin_addr) != 1 ||
      port == 0)
    give_up("--to " + options.to + ": it is ADDRESS:PORT");
  return route;
}

std::vector<Target> make_targets(const Options& options, const CommonFields& fields,
                                 const std::vector<std::string>& rows) {
  std::vector<Target> targets;
  for (const std::string& text : options.gets)
    targets.push_back(value_of(parse_target("GET", text)));
  for (const std::string& text : options.posts)
    targets.push_back(value_of(parse_target("POST", text)));
  if (targets.empty()) give_up("no target: give --get or --post");
  if (rows.empty() && !options.posts.empty()) give_up("--post needs --rows");
  for (Target& target : targets) write_texts(fields, rows, options.batch_rows, &target);
  return targets;
}

// --- what is printed ---

double microseconds(nanoseconds value) {
  return static_cast<double>(value.count()) / 1e3;
}

std::string percentiles(const Histogram& latencies) {
  return fmt::format(
      R"({{"count":{},"p50":{:.1f},"p90":{:.1f},"p99":{:.1f},"p99.9":{:.1f},"max":{:.1f}}})",
      latencies.count(), microseconds(latencies.percentile(0.5)),
      microseconds(latencies.percentile(0.9)), microseconds(latencies.percentile(0.99)),
      microseconds(latencies.percentile(0.999)), microseconds(latencies.max()));
}

std::string statuses(const std::array<std::uint64_t, 600>& by_status) {
  std::string text;
  for (std::size_t status = 0; status < by_status.size(); ++status) {
    if (by_status[status] == 0) continue;
    text += fmt::format(R"({}"{}":{})", text.empty() ? "" : ",", status, by_status[status]);
  }
  return "{" + text + "}";
}

// The outcome of one target, or of all targets together.
std::string outcome(const TargetCounts& counts) {
  return fmt::format(
      R"("by_status":{},"ok_us":{},"ok_sent_us":{},"refused_us":{},"refused_sent_us":{})",
      statuses(counts.by_status), percentiles(counts.accepted),
      percentiles(counts.accepted_since_sent), percentiles(counts.refused),
      percentiles(counts.refused_since_sent));
}

void print_phase(const Phase& phase, const PhaseCounts& counts, const std::vector<Target>& targets,
                 const std::optional<BulkCounts>& bulk) {
  TargetCounts all;
  std::string each;
  for (std::size_t t = 0; t < targets.size(); ++t) {
    const TargetCounts& one = counts.targets[t];
    all.accepted.add(one.accepted);
    all.refused.add(one.refused);
    all.accepted_since_sent.add(one.accepted_since_sent);
    all.refused_since_sent.add(one.refused_since_sent);
    for (std::size_t i = 0; i < one.by_status.size(); ++i) all.by_status[i] += one.by_status[i];
    each += fmt::format(R"({}"{}":{{{}}})", t == 0 ? "" : ",", targets[t].name(), outcome(one));
  }
  const double seconds = std::chrono::duration<double>(phase.length).count();
  fmt::print(R"({{"rate":{},"seconds":{},"offered":{},"sent":{},"ok":{},"ok_per_second":{:.0f},)",
             phase.per_second, seconds, counts.offered, counts.sent, all.accepted.count(),
             static_cast<double>(all.accepted.count()) / seconds);
  fmt::print(R"("refused":{},"given_up":{},"broken":{},"unanswered":{},{},"late_us":{},)",
             all.refused.count(), counts.given_up, counts.broken, counts.unanswered, outcome(all),
             percentiles(counts.late));
  if (bulk) {
    fmt::print(R"("bulk":{{"rows_per_second":{:.0f},"connections":{},"refused":{}}},)",
               static_cast<double>(bulk->rows) / seconds, bulk->connections, bulk->refused);
  }
  fmt::print("\"targets\":{{{}}}}}\n", each);
}

void run(const Options& options) {
  std::vector<Phase> phases;
  for (const std::string& text : options.phases) phases.push_back(parse_phase(text));
  const CommonFields fields{options.to, options.key};
  const auto rows =
      options.rows.empty() ? std::vector<std::string>{} : value_of(read_rows(options.rows));
  const auto targets = make_targets(options, fields, rows);
  const bool has_bulk = std::ranges::any_of(phases, &Phase::has_bulk);
  if (has_bulk && rows.empty()) give_up("a bulk lane needs --rows");

  const Route route = parse_route(options);
  std::optional<BulkLane> bulk;
  if (has_bulk) {
    const auto kind = options.bulk == "batch" ? BulkKind::kBatch : BulkKind::kStream;
    bulk.emplace(BulkOptions{route, kind, options.bulk_connections, options.batch_rows}, fields,
                 rows);
  }
  std::vector<std::optional<BulkCounts>> bulk_counts(phases.size());
  OpenLane lane(
      {route, options.connections, nanoseconds{static_cast<std::int64_t>(options.give_up_ms * 1e6)},
       nanoseconds{static_cast<std::int64_t>(options.patience * 1e9)}},
      targets);
  const auto counts = lane.run(phases, [&](std::size_t phase) {
    if (phase > 0 && phases[phase - 1].has_bulk) bulk_counts[phase - 1] = bulk->stop();
    if (phase < phases.size() && phases[phase].has_bulk) bulk->start();
  });
  for (std::size_t i = 0; i < phases.size(); ++i)
    print_phase(phases[i], counts[i], targets, bulk_counts[i]);
  if (lane.reconnects() > 0)
    fmt::print(stderr, "bench load: {} connections were made anew\n", lane.reconnects());
}

}  // namespace
}  // namespace beian::load

int main(int argc, char** argv) {
  beian::load::Options options;
  if (const int code = beian::load::read_options(argc, argv, &options); code >= 0) return code;
  beian::load::run(options);
  return 0;
}
