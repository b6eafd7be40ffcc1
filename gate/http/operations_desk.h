// Answers about the gate itself: registry, health, metrics, version, OpenAPI description, reload.
//
// One per GateService, on its worker's thread. What it is given outlives it.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "gate/http/exchange.h"
#include "gate/http/gate_state.h"
#include "gate/wire/filing_json.h"

namespace beian::http {

class OperationsDesk {
 public:
  // `routes`: names, by index in AnswerStats. `reload` begins a reload, or returns false if the
  // gate is stopping; empty: does nothing.
  OperationsDesk(const GateState* state, const Metrics* metrics,
                 std::span<const std::string_view> routes, std::function<bool()> reload)
      : state_(*state), metrics_(*metrics), routes_(routes), reload_(std::move(reload)) {}

  void show_registry(Exchange* exchange);
  void show_live(Exchange* exchange);
  void show_ready(Exchange* exchange);
  void show_version(Exchange* exchange);
  void show_openapi(Exchange* exchange);
  void show_metrics(Exchange* exchange);
  void begin_reload(Exchange* exchange);

 private:
  // Null if the registry is not followed.
  std::shared_ptr<const cache::FollowerStatus> follower() const {
    return state_.follower ? state_.follower->get() : nullptr;
  }
  wire::RegistryNews news_of(const cache::FollowerStatus* followed) const {
    if (followed != nullptr) return {followed, followed->last_changes};
    return {nullptr, state_.changes};
  }

  const GateState& state_;
  const Metrics& metrics_;
  const std::span<const std::string_view> routes_;
  const std::function<bool()> reload_;
};

}  // namespace beian::http
