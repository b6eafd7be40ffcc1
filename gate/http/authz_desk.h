// Answers `/v1/authz`: what a proxy asks before it lets a visitor through. The decision is a status
// and a few fields, since that is all that proxies read.
//
// Trust depends on where an input comes from. Query parameters come from the proxy's configuration.
// Fields may come from the visitor, if the proxy passes them on, so they cannot weaken a parameter:
// a parameter takes precedence, and of several hosts each is judged. What no parameter fixes is up
// to the visitor, the operation included.
//
// One per GateService, on its worker's thread. What it is given outlives it.
#pragma once

#include <string>
#include <string_view>

#include "gate/http/decider.h"
#include "gate/http/exchange.h"

namespace beian::http {

class AuthzDesk {
 public:
  explicit AuthzDesk(Decider* decider) : decider_(*decider) {}

  void answer(Exchange* exchange);

 private:
  bool add_inputs(Exchange* exchange, wire::Problem* fault);
  bool add_field(std::string_view field, std::string_view parameter, Exchange* exchange,
                 wire::Problem* fault);
  void tell(std::string_view id, Exchange* exchange);

  Decider& decider_;
  std::string text_;  // scratch
};

}  // namespace beian::http
