#include "gate/cli/audit_hooks.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "gate/cli/interrupt.h"

namespace beian::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto kShowEvery = 200ms;

// 1234567 -> 1.2 M
std::string short_number(double value) {
  if (value >= 999'950) return fmt::format("{:.1f} M", value / 1e6);
  if (value >= 9'999.5) return fmt::format("{:.0f} k", value / 1e3);
  return fmt::format("{:.0f}", value);
}

// `1234567 rows  45 %  1.9 M rows/s  0:03 left  allow 1230000  deny 4567`.
std::string progress_line(const audit::Progress& progress, double rows_per_second,
                          double seconds_left, bool is_coloured) {
  using audit::Outcome;
  std::string line = fmt::format("{} rows", progress.rows);
  if (progress.bytes_total && *progress.bytes_total > 0)
    line += fmt::format("  {} %", progress.bytes * 100 / *progress.bytes_total);
  line += "  " + short_number(rows_per_second) + " rows/s";
  if (progress.bytes_total)
    line += fmt::format("  {}:{:02} left", static_cast<std::uint64_t>(seconds_left) / 60,
                        static_cast<std::uint64_t>(seconds_left) % 60);
  struct Shown {
    Outcome outcome;
    const char* colour;
  };
  for (const auto& [outcome, colour] :
       {Shown{Outcome::kAllow, "32"}, Shown{Outcome::kReview, "33"}, Shown{Outcome::kUnknown, "35"},
        Shown{Outcome::kDeny, "31"}, Shown{Outcome::kBad, "31"}}) {
    const std::uint64_t count = progress.outcomes[static_cast<std::size_t>(outcome)];
    if (count == 0) continue;
    const std::string text = fmt::format("{} {}", audit::name_of(outcome), count);
    line += is_coloured ? fmt::format("  \033[{}m{}\033[0m", colour, text) : "  " + text;
  }
  return line;
}

}  // namespace

ConsoleHooks::ConsoleHooks(bool is_quiet, std::chrono::seconds save_every)
    : save_every_(save_every), is_shown_(!is_quiet && ::isatty(STDERR_FILENO) == 1) {
  const char* const no_color = std::getenv("NO_COLOR");
  is_coloured_ = no_color == nullptr || *no_color == '\0';
  catch_interrupts();
}

ConsoleHooks::~ConsoleHooks() {
  clear();
  release_interrupts();
}

bool ConsoleHooks::is_interrupted() {
  return cli::is_interrupted();
}

bool ConsoleHooks::is_checkpoint_due() {
  const Clock::time_point now = Clock::now();
  if (now - saved_at_ < save_every_) return false;
  saved_at_ = now;
  return true;
}

void ConsoleHooks::show(const audit::Progress& progress) {
  if (!is_shown_) return;
  if (!has_first_) {
    has_first_ = true;
    first_rows_ = progress.rows;
    first_bytes_ = progress.bytes;
  }
  const Clock::time_point now = Clock::now();
  if (now - shown_at_ < kShowEvery) return;
  shown_at_ = now;
  const double seconds = std::chrono::duration<double>(now - begin_).count();
  const auto bytes_done = static_cast<double>(progress.bytes - first_bytes_);
  const auto bytes_left =
      static_cast<double>(progress.bytes_total.value_or(progress.bytes) - progress.bytes);
  const double left = bytes_done > 0 ? bytes_left / bytes_done * seconds : 0;
  const double rate = static_cast<double>(progress.rows - first_rows_) / seconds;
  const std::string line = "\r\033[K" + progress_line(progress, rate, left, is_coloured_);
  std::fwrite(line.data(), 1, line.size(), stderr);
  is_line_open_ = true;
}

void ConsoleHooks::clear() {
  if (is_line_open_) std::fputs("\r\033[K", stderr);
  is_line_open_ = false;
}

}  // namespace beian::cli
