// The door of a GateService: who asks, whether he may, how fast, and whether there is room for him.
// callers.h has who there is, admission.h when a worker refuses work for its own sake.
//
// One a GateService, on its worker's thread.
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
  // What these point to outlives the door.
  Door(const GateState* state, Role role, AnswerStats* stats)
      : state_(*state), role_(role), stats_(*stats) {}

  // As Service says of the same.
  void batch_begins(std::chrono::nanoseconds waited) noexcept;
  void watch_bulk_lane(const std::atomic<std::size_t>* waiting) noexcept {
    bulk_waiting_ = waiting;
  }

  // False after answering: 503, before anything is spent on the request; 401, 403 or 429. Else
  // exchange->asking has the caller.
  bool admit(Scope scope, bool is_stream, Exchange* exchange);
  // Whether admit() would refuse all requests of this kind now.
  bool is_behind(Scope scope) const noexcept;
  // Whether nobody who shows what is in `head` may ask for this.
  bool is_closed_to(const Request& head, Scope scope, Instant now) const;
  // Answers 503, to be asked again soon, on the connection that there is.
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
  std::chrono::nanoseconds waited_{0};                      // what is answered now, for others
  const std::atomic<std::size_t>* bulk_waiting_ = nullptr;  // for the other lane; null: none
  bool is_bulk_full_ = false;                               // the same for all of one read
  unsigned busy_count_ = 0;                                 // spreads Retry-After
};

}  // namespace beian::http
