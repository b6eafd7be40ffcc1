// Decides a check, counts and logs the decision and renders it: what all routes with a decision
// have in common.
//
// One per GateService, on its worker's thread. It owns the check and its decision and reuses their
// memory for the next one: a desk reads a request into check(), then has it decided.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "gate/decision/decision.h"
#include "gate/decision/request.h"
#include "gate/http/answer_stats.h"
#include "gate/http/decision_recorder.h"
#include "gate/http/exchange.h"
#include "gate/http/gate_state.h"
#include "gate/wire/decision_id.h"
#include "gate/wire/decision_json.h"

namespace beian::http {

// A request verbatim, for the log.
struct Given {
  log::RequestForm form = log::RequestForm::kJson;
  std::string_view text;
};

class Decider {
 public:
  // The arguments' targets outlive it. `log` null: decisions are not logged.
  Decider(const GateState* state, AnswerStats* stats, log::DecisionLog* log,
          std::array<std::uint64_t, 2> id_seed)
      : state_(*state), stats_(*stats), ids_(id_seed), recorder_(log) {}

  CheckRequest& check() noexcept { return check_; }
  const Decision& decision() const noexcept { return decision_; }  // of the last check decided
  DecisionRecorder& recorder() noexcept { return recorder_; }
  bool is_logging() const noexcept { return recorder_.is_on(); }

  // Whether the caller may ask for the operation of check(); if not, sets `fault`.
  bool is_operation_allowed(const Asking& asking, wire::Problem* fault);
  // Decides check(). False when the log accepts nothing now: then the decision must not be given.
  // `id_out`, which may be null, is set to the decision's id, valid until the next one.
  [[nodiscard]] bool decide(const Asking& asking, const Given& given, std::string_view* id_out);
  // Decides check() and appends the decision as JSON. `is_full` is the default where neither the
  // request nor `asking` says. False as above; then `out` is unchanged.
  [[nodiscard]] bool append(const Asking& asking, bool is_full, const Given& given,
                            std::string* out);

 private:
  const Policy& policy_for(const Asking& asking) const;

  const GateState& state_;
  AnswerStats& stats_;
  wire::DecisionIds ids_;
  wire::RegistryJson registry_json_;
  DecisionRecorder recorder_;
  CheckRequest check_;
  Decision decision_;
};

// Replaces the answer by 503: better none than one that nobody can account for.
void refuse_unlogged(Exchange* exchange);

// Sets how long a proxy may cache the answer to a GET: an allow for longer than a deny, since a
// developer who has just corrected a filing waits for it; any other decision not at all. `vary`:
// the fields on which the answer depends, besides the caller's key.
void add_cache_control(Effect effect, std::string_view vary, Exchange* exchange);

}  // namespace beian::http
