// Policy: which effect a finding's code has for an operation. It is data, not code:
// conf/policy.toml can change all of it, with dates, modes, profiles and exceptions.
//
// It is no rule either: rules establish findings (evaluate.h) and know nothing of policy. A Policy
// is immutable after loading; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cache/base/result.h"
#include "gate/decision/decision.h"
#include "gate/decision/finding.h"
#include "gate/decision/policy_exceptions.h"
#include "gate/decision/request.h"

namespace beian {

// One code's effects for distribute, connect, preinstall.
using EffectRow = std::array<Effect, kOperationCount>;

// How far policy is enforced. would_be is always what kEnforce would say.
enum class PolicyMode : std::uint8_t {
  kEnforce,
  kWarn,    // deny, unknown and review are shown, and count, as notes
  kDryRun,  // findings show their effects, but deny, unknown and review do not count
};
std::optional<PolicyMode> parse_policy_mode(std::string_view name) noexcept;
std::string_view name_of(PolicyMode mode) noexcept;

// One change to the defaults: a line of conf/policy.toml. What is not given stays unchanged.
struct PolicySetting {
  Code code = Code::kNumberMissing;
  std::array<std::optional<Effect>, kOperationCount> effects{};
  std::optional<PolicyMode> mode;
  std::optional<Day> from;   // first day; nullopt: from the beginning
  std::optional<Day> until;  // last day; nullopt: without end
};

class Policy {
 public:
  // The effects that API.md prints, enforced.
  static Policy defaults();

  // The defaults changed by `settings`, of which later ones override earlier ones. kDryRun as
  // `mode` overrides the mode of every code. REQUIRES: at most limits::kPolicyDatesMax different
  // days in `settings`.
  static Policy compile(std::span<const PolicySetting> settings, PolicyMode mode,
                        std::shared_ptr<const PolicyExceptions> exceptions);

  PolicyMode mode() const noexcept { return mode_; }

  // Effect of `code` for `operation` on `day` under full enforcement.
  Effect effect(Code code, Operation operation, Day day) const noexcept;

  // How many codes differ from `other` in their effect for some operation on `day`; when the modes
  // differ, in their effect under full enforcement.
  std::size_t codes_changed(const Policy& other, Day day) const noexcept;
  // The same for the one day, of all those later than `day`, on which the most codes differ.
  std::size_t codes_changed_after(const Policy& other, Day day) const noexcept;

  // Sets the effect of every finding, lifts what exceptions, exemptions and grace may lift, and
  // sets decision->effect, would_be and is_softened. `day` is the day judged by. No allocation; one
  // look-up per finding.
  void apply(const CheckRequest& request, Day day, Decision* decision) const;

 private:
  struct Cell {
    Effect enforced;  // counts towards would_be
    Effect shown;     // shown as the finding's
    Effect counted;   // counts towards the decision

    friend bool operator==(const Cell&, const Cell&) = default;
  };
  using Table = std::array<std::array<Cell, kOperationCount>, kCodeCount>;
  struct Epoch {
    Day from;  // until the next epoch begins
    Table table;
  };

  Policy() = default;
  const Table& table_on(Day day) const noexcept;

  std::vector<Epoch> epochs_;  // sorted; the first begins before every day; never empty
  PolicyMode mode_ = PolicyMode::kEnforce;
  std::shared_ptr<const PolicyExceptions> exceptions_;  // null: none
};

// The policy of the gate and its profiles, one for each kind of caller.
class PolicySet {
 public:
  // Policy::defaults() and no profiles.
  PolicySet();

  // Parses TOML in the format of conf/policy.toml; messages call it `name`. Errors: kBadInput with
  // all errors, one per line, each with line and key.
  [[nodiscard]] static Result<PolicySet> load(std::string_view text, std::string_view name);
  [[nodiscard]] static Result<PolicySet> load_file(const std::string& path);

  const Policy& base() const noexcept { return base_; }
  bool has_profile(std::string_view name) const noexcept;
  // The base policy when there is no such profile.
  const Policy& profile(std::string_view name) const noexcept;

  // What differs from `before` as of `today`: a line for the base policy and for each profile whose
  // mode or effects differ, and one for exceptions. When many profiles differ, lists some and says
  // how many more there are.
  std::vector<std::string> changes_since(const PolicySet& before, Day today) const;

  // One line for each exception that expired before `today` and no longer lifts anything.
  std::vector<std::string> warnings(Day today) const;

 private:
  Policy base_;
  std::vector<std::pair<std::string, Policy>> profiles_;  // sorted by name
  std::shared_ptr<const PolicyExceptions> exceptions_;
  std::string name_ = "policy";
};

}  // namespace beian
