#include "gate/http/log_metrics.h"

namespace beian::http {

void add_log_metrics(const log::LogStats& stats, MetricFamilies* families) {
  const auto number = [](std::uint64_t value) { return static_cast<double>(value); };
  families->counter("beian_gate_log_accepted_total",
                    "Entries taken by the decision log; all are written, or in memory.",
                    number(stats.accepted));
  families->counter("beian_gate_log_written_total", "Entries flushed to the disk.",
                    number(stats.written));
  families->counter("beian_gate_log_shed_total",
                    "Checks refused since the log had no room for their entry, or no disk.",
                    number(stats.shed));
  families->counter("beian_gate_log_written_bytes_total", "Bytes of records flushed to the disk.",
                    number(stats.bytes));
  families->counter("beian_gate_log_flushes_total", "Groups of entries, one flush each.",
                    number(stats.groups));
  families->counter("beian_gate_log_segments_total", "Segments opened.", number(stats.segments));
  families->counter("beian_gate_log_errors_total", "Errors of the disk.", number(stats.errors));
  families->gauge("beian_gate_log_queue_bytes", "Entries in memory, as they will be on the disk.",
                  number(stats.queue_bytes));
  families->gauge("beian_gate_log_accepting", "0 while checks are refused for the log's sake.",
                  stats.is_accepting ? 1 : 0);
}

}  // namespace beian::http
