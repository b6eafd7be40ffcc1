// Policy: which effect a finding's code has for an operation. Data, never code: conf/policy.toml
// can change any of it, with dates, modes, profiles and exceptions.
//
// A Policy is immutable after loading; any thread.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cache/base/result.h"
#include "gate/decision/decision.h"
#include "gate/decision/finding.h"
#include "gate/decision/request.h"

namespace beian {

// One code's effects for distribute, connect, preinstall.
using EffectRow = std::array<Effect, kOperationCount>;

class Policy {
 public:
  // The effects that API.md prints, enforced.
  static Policy defaults();

  // Effect of `code` for `operation` on `day`.
  Effect effect(Code code, Operation operation, Day day) const noexcept;

  // Sets the effect of every finding, lets exemptions and grace take away the deny that they may
  // take away, and sets decision->effect and would_be. `day` is the day judged by.
  void apply(const CheckRequest& request, Day day, Decision* decision) const;
};

}  // namespace beian
