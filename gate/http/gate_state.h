// What the workers of a gate answer from, and what the services of a process share.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "cache/base/calendar.h"
#include "cache/redis/follower_status.h"
#include "cache/snapshot/generation.h"
#include "gate/decision/policy.h"
#include "gate/http/callers.h"
#include "gate/http/metrics.h"
#include "gate/log/decision_log.h"
#include "gate/wire/decision_id.h"
#include "gate/wire/guidance.h"

namespace beian::http {

class PackageDesk;

// Each part is immutable; a reload makes a new GateState.
struct GateState {
  std::shared_ptr<const cache::Generation> generation;
  std::shared_ptr<const PolicySet> policies;
  std::shared_ptr<const wire::Guidance> guidance;
  std::shared_ptr<const Calendar> calendar;
  std::shared_ptr<const cache::FollowerBoard> follower;  // null: the registry is not followed
  std::shared_ptr<const Callers> callers;                // null: no key is needed
  bool is_encrypted = false;                             // clients speak TLS to the gate
  // Clients must present a certificate. Connections from before this was required have presented
  // none.
  bool needs_certificate = false;
  // Registry files taken into service, newest first; a follower reports its own changes.
  std::vector<cache::RegistryChange> changes{};
};

// Wall clock, given by main.
using Clock = wire::Milliseconds (*)();

// Which listener a service answers at, and so what it offers.
enum class Role : std::uint8_t {
  kLone,   // the only one: everything but /reload
  kGate,   // beside an admin listener: all but metrics and /reload
  kAdmin,  // health, metrics, reload
};

struct GateContext {
  std::shared_ptr<Metrics> metrics;  // null: the service counts for itself
  Role role = Role::kLone;
  std::function<bool()> reload;     // begins a reload, unless the gate is stopping; for kAdmin
  log::DecisionLog* log = nullptr;  // outlives the services; null: decisions are not logged
  PackageDesk* packages = nullptr;  // outlives the services; null: packages are not inspected
};

}  // namespace beian::http
