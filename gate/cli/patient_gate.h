// Asks a running gate for all threads of an audit, which is in no hurry.
#pragma once

#include <atomic>
#include <chrono>
#include <mutex>
#include <string>

#include "gate/audit/judge.h"
#include "gate/cli/http_client.h"

namespace beian::cli {

class PatientGate {
 public:
  explicit PatientGate(HttpClient* gate) noexcept : gate_(*gate) {}

  // If the gate is behind (503) or limits its callers (429), asks again after the time it gives,
  // ten times in all; then that is the answer. Threads wait one after the other. Any thread.
  // Errors: those of HttpClient::request(), and kUnavailable when a signal asks the audit to stop
  // meanwhile.
  [[nodiscard]] Result<ClientResponse> ask(const std::string& target, const std::string& body);

  // Nobody waits any more. Any thread.
  void give_up() noexcept { has_given_up_ = true; }

 private:
  using Clock = std::chrono::steady_clock;
  Result<ClientResponse> ask_once(const std::string& target, const std::string& body);
  // False if a signal asked to stop.
  bool sleep_until(Clock::time_point due) const;

  HttpClient& gate_;
  std::mutex turn_;
  std::atomic<bool> has_given_up_{false};
};

// `judges`, of which the first that cannot go on ends the waiting of all: then the audit ends.
// `gate` outlives them.
audit::JudgeFactory ending_together(audit::JudgeFactory judges, PatientGate* gate);

}  // namespace beian::cli
