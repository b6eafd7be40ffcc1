// Answers `/v1/authz`: what a proxy asks before it lets a visitor through. The decision is a status
// and a few fields, since that is all that proxies look at.
//
// Who sets what decides whom to trust: query parameters come from the proxy's configuration. Fields
// may come from the visitor where the proxy passes them on, so they never take anything away from
// those: a parameter counts more, and of several hosts each is judged. What no parameter says is
// the visitor's to say, the operation too.
//
// One a GateService, on its worker's thread. What it is given outlives it.
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
