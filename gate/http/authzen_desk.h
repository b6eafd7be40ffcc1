// Answers access evaluations of the Authorization API 1.0 (OpenID AuthZEN), for enforcement points
// that already speak it. `decision` is true only for an allow; everything else is in `context`,
// which is the decision of /v1/check.
//
// One per GateService, on its worker's thread. What it is given outlives it.
#pragma once

#include <string>

#include "gate/http/decider.h"
#include "gate/http/exchange.h"
#include "gate/http/gate_state.h"
#include "gate/wire/authzen_json.h"

namespace beian::http {

class AuthzenDesk {
 public:
  // `has_evaluations`: whether the listener offers evaluations.
  AuthzenDesk(const GateState* state, bool has_evaluations, Decider* decider)
      : state_(*state), has_evaluations_(has_evaluations), decider_(*decider) {}

  void answer_one(Exchange* exchange);
  void answer_several(Exchange* exchange);
  // Tells clients where the two above are.
  void show_endpoints(Exchange* exchange);

 private:
  bool may_evaluate(const Asking& asking, wire::Problem* fault);
  bool append_evaluation(const Asking& asking, bool is_full, std::string* out);
  void append_evaluations(Exchange* exchange);

  const GateState& state_;
  const bool has_evaluations_;
  Decider& decider_;
  wire::AuthzenReader reader_;
  std::string text_;  // scratch
};

}  // namespace beian::http
