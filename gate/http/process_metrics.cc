#include "gate/http/process_metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace beian::http {
namespace {

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

}  // namespace

void add_process_metrics(double started_at_seconds, MetricFamilies* families) {
  rusage used{};
  if (::getrusage(RUSAGE_SELF, &used) == 0)
    families->counter("process_cpu_seconds_total", "User and system time.",
                      seconds_of(used.ru_utime) + seconds_of(used.ru_stime));
  families->gauge("process_start_time_seconds", "When the process began to serve.",
                  started_at_seconds);
  double virtual_pages = 0;
  double resident_pages = 0;
  if (std::ifstream("/proc/self/statm") >> virtual_pages >> resident_pages) {
    const auto page = static_cast<double>(::sysconf(_SC_PAGESIZE));
    families->gauge("process_virtual_memory_bytes", "Address space.", virtual_pages * page);
    families->gauge("process_resident_memory_bytes",
                    "Memory in use, pages of the mapped registry included.", resident_pages * page);
  }
  std::error_code error;
  const std::filesystem::directory_iterator files("/proc/self/fd", error);
  if (!error)
    families->gauge("process_open_fds", "Open files.",
                    static_cast<double>(std::distance(begin(files), end(files))));
  rlimit bound{};
  if (::getrlimit(RLIMIT_NOFILE, &bound) == 0)
    families->gauge("process_max_fds", "RLIMIT_NOFILE.", static_cast<double>(bound.rlim_cur));
}

}  // namespace beian::http
