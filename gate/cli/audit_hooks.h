// An audit's connection to the outside world: signals, the clock, the terminal.
#pragma once

#include <chrono>
#include <string>

#include "gate/audit/audit.h"

namespace beian::cli {

// SIGINT or SIGTERM asks the audit to stop; a second one ends the program at once. Progress is
// shown on standard error if that is a terminal. Only one instance at a time.
class ConsoleHooks final : public audit::AuditHooks {
 public:
  ConsoleHooks(bool is_quiet, std::chrono::seconds save_every);
  ~ConsoleHooks() override;

  bool is_interrupted() override;
  bool is_checkpoint_due() override;
  void show(const audit::Progress& progress) override;

  // Erases the progress line.
  void clear();

 private:
  using Clock = std::chrono::steady_clock;

  std::chrono::seconds save_every_;  // the most work that is repeated after a kill
  bool is_shown_;
  bool is_coloured_;
  bool is_line_open_ = false;
  Clock::time_point begin_ = Clock::now();
  Clock::time_point shown_at_ = begin_;
  Clock::time_point saved_at_ = begin_;
  std::uint64_t first_rows_ = 0;  // of a resumed audit: done before it resumed
  std::uint64_t first_bytes_ = 0;
  bool has_first_ = false;
};

// Whether a signal has asked the audit to stop. Thread-safe.
bool is_stop_asked() noexcept;

// `1234567 rows  45 %  1.9 M rows/s  0:03 left  allow 1230000  deny 4567`.
std::string progress_line(const audit::Progress& progress, double rows_per_second,
                          double seconds_left, bool is_coloured);

}  // namespace beian::cli
