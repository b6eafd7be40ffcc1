// An audit's connection to the outside world: interrupts, the clock, the terminal.
#pragma once

#include <chrono>

#include "gate/audit/audit.h"

namespace beian::cli {

// Catches interrupts (interrupt.h) while it lives. Progress is shown on standard error if that is a
// terminal.
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

}  // namespace beian::cli
