// The door of a GateService: who asks, whether that caller may, how often, and whether there is
// room. callers.h has the callers, admission.h has when a worker sheds load.
//
// One per GateService, on its worker's thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <string>

#include "gate/http/answer_stats.h"
#include "gate/http/exchange.h"
#include "gate/http/gate_state.h"
#include "gate/http/scope.h"

namespace beian::http {

class Door {
 public:
  // The arguments' targets outlive the door.
  Door(const GateState* state, Role role, AnswerStats* stats)
      : state_(*state), role_(role), stats_(*stats) {}

  // As in Service (message.h).
  void batch_begins(std::chrono::nanoseconds waited) noexcept;
  void watch_bulk_lane(const std::atomic<std::size_t>* waiting) noexcept {
    bulk_waiting_ = waiting;
  }

  // Returns false after answering with a refusal: 503, before anything is spent on the request, or
  // 401, 403 or 429. On true, exchange->asking has the caller.
  bool admit(Scope scope, bool is_stream, Exchange* exchange);
  // Whether admit() would shed every request of this scope now.
  bool is_behind(Scope scope) const noexcept;
  // Whether the credentials in `head` rule out this scope, whatever the body says.
  bool is_closed_to(const Request& head, Scope scope, Instant now) const;
  // Answers 503 with a short Retry-After, and keeps the connection if the body can be skipped.
  void refuse_busy(TurnedAway why, std::string detail, Exchange* exchange);

 private:
  bool admit_load(Scope scope, bool is_stream, Exchange* exchange);
  bool admit_caller(Scope scope, Exchange* exchange);
  struct Refused;
  static Refused refused_of(Callers::Outcome outcome) noexcept;
  void refuse_stranger(const Refused& refused, Exchange* exchange);
  bool lacks_certificate(const Request& head) const noexcept;
  bool take_rate(const Caller& caller, Exchange* exchange);
  Callers::Answer find_caller(const Request& head, Instant now) const;

  const GateState& state_;
  const Role role_;
  AnswerStats& stats_;
  std::chrono::nanoseconds waited_{0};                      // by what is answered now
  const std::atomic<std::size_t>* bulk_waiting_ = nullptr;  // for the bulk lane; null: none
  bool is_bulk_full_ = false;                               // sampled by batch_begins()
  unsigned busy_count_ = 0;                                 // spreads Retry-After
};

}  // namespace beian::http
