// The naive twin of gate/decision: the same answers by linear scans over plain records, written
// from API.md. Slow and evident; it shares with the gate only code that has twins of its own
// (numbers, names, domains, addresses, working days).
//
// Tests only; one thread.
#pragma once

#include <string_view>

#include "cache/base/time.h"
#include "gate/decision/request.h"
#include "tests/support/reference_answer.h"
#include "tests/support/reference_registry.h"

namespace beian::test {

class ReferenceGate {
 public:
  explicit ReferenceGate(World world) : registry_(std::move(world)) {}

  // `profile`: "" for conf/policy.toml itself, "observe" or "factory" for its profiles.
  Answer evaluate(const CheckRequest& request, std::string_view profile, Instant now) const;

 private:
  ReferenceRegistry registry_;
};

}  // namespace beian::test
