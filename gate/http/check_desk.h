// Answers checks: a single one by body or by query, batches, and streams.
//
// One per GateService, on its worker's thread. What it is given outlives it.
#pragma once

#include <string>

#include "gate/http/decider.h"
#include "gate/http/exchange.h"
#include "gate/http/gate_state.h"
#include "gate/wire/request_json.h"

namespace beian::http {

class CheckDesk {
 public:
  CheckDesk(const GateState* state, Clock clock, AnswerStats* stats, Decider* decider)
      : state_(*state), clock_(clock), stats_(*stats), decider_(*decider) {}

  void answer_body(Exchange* exchange);
  void answer_query(Exchange* exchange);
  void answer_batch(Exchange* exchange);
  void begin_stream(Exchange* exchange);

 private:
  class StreamedRows;  // check_desk_stream.cc
  bool answer(const Given& given, Exchange* exchange);

  const GateState& state_;
  const Clock clock_;
  AnswerStats& stats_;
  Decider& decider_;
  wire::RequestReader reader_;
  std::string item_;  // of a batch, verbatim
};

}  // namespace beian::http
