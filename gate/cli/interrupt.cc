#include "gate/cli/interrupt.h"

#include <atomic>
#include <csignal>

namespace beian::cli {
namespace {

std::atomic<bool> has_signal_come{false};
static_assert(std::atomic<bool>::is_always_lock_free, "set by a signal handler");

void handle_by(void (*handler)(int)) noexcept {
  for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, handler);
}

void take_first(int) {
  has_signal_come = true;
  handle_by(SIG_DFL);
}

}  // namespace

void catch_interrupts() noexcept {
  if (!has_signal_come) handle_by(&take_first);
}

void release_interrupts() noexcept {
  handle_by(SIG_DFL);
}

bool is_interrupted() noexcept {
  return has_signal_come;
}

}  // namespace beian::cli
