// Answers look-ups: what the registry holds for a number, a package or a domain, and how a number
// parses.
//
// One per GateService, on its worker's thread. What it is given outlives it.
#pragma once

#include <string>
#include <string_view>

#include "gate/http/exchange.h"
#include "gate/http/gate_state.h"

namespace beian::http {

class LookupDesk {
 public:
  explicit LookupDesk(const GateState* state) : state_(*state) {}

  void show_filing(Exchange* exchange);
  void show_package(Exchange* exchange);
  void show_domain(Exchange* exchange);
  void show_number(Exchange* exchange);

 private:
  void write_filings(const cache::Filings& filings, std::string_view absence, Exchange* exchange);
  void absent(std::string_view detail, Exchange* exchange);

  const GateState& state_;
  std::string text_;  // scratch: what follows the route's path, decoded
};

}  // namespace beian::http
