// Policy: which effect a finding's code has for an operation. Data, never code: conf/policy.toml
// can change any of it, with dates, modes, profiles and exceptions.
//
// Not a rule: rules establish findings (evaluate.h) and know no policy. A Policy is immutable after
// loading; any thread.
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
  kWarn,    // deny, unknown and review count, and show, as notes
  kDryRun,  // findings show their effects, and none of deny, unknown and review counts
};
std::optional<PolicyMode> parse_policy_mode(std::string_view name) noexcept;
std::string_view name_of(PolicyMode mode) noexcept;

// One change to the defaults: a line of conf/policy.toml. What is not given stays as it was.
struct PolicySetting {
  Code code = Code::kNumberMissing;
  std::array<std::optional<Effect>, kOperationCount> effects{};
  std::optional<PolicyMode> mode;
  std::optional<Day> from;   // first day; none: since ever
  std::optional<Day> until;  // last day; none: for ever
};

class Policy {
 public:
  // The effects that API.md prints, enforced.
  static Policy defaults();

  // The defaults changed by `settings`, later ones over earlier ones. kDryRun as `mode` goes over
  // the mode of any code. REQUIRES: at most limits::kPolicyDatesMax different days in `settings`.
  static Policy compile(std::span<const PolicySetting> settings, PolicyMode mode,
                        std::shared_ptr<const PolicyExceptions> exceptions);

  PolicyMode mode() const noexcept { return mode_; }

  // Effect of `code` for `operation` on `day`, as full enforcement has it.
  Effect effect(Code code, Operation operation, Day day) const noexcept;

  // How many codes have other effects than by `other` for some operation on `day`; where the modes
  // differ, as full enforcement has them.
  std::size_t codes_changed(const Policy& other, Day day) const noexcept;
  // The same on all days after `day`, whichever has the most.
  std::size_t codes_changed_after(const Policy& other, Day day) const noexcept;

  // Sets the effect of every finding, lets exemptions and grace take away the deny that they may
  // take away, and sets decision->effect, would_be and is_softened. `day` is the day judged by. No
  // allocation; one look-up a finding.
  void apply(const CheckRequest& request, Day day, Decision* decision) const;

 private:
  struct Cell {
    Effect enforced;  // counts for would_be
    Effect shown;     // the finding's
    Effect counted;   // for the decision

    friend bool operator==(const Cell&, const Cell&) = default;
  };
  using Table = std::array<std::array<Cell, kOperationCount>, kCodeCount>;
  struct Epoch {
    Day from;  // until the next epoch's
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

  // Reads TOML of the form of conf/policy.toml; `name` stands for it in messages. kBadInput with
  // every error, one a line, each with line and key.
  [[nodiscard]] static Result<PolicySet> load(std::string_view text, std::string_view name);
  [[nodiscard]] static Result<PolicySet> load_file(const std::string& path);

  const Policy& base() const noexcept { return base_; }
  bool has_profile(std::string_view name) const noexcept;
  // The base policy when there is no such profile.
  const Policy& profile(std::string_view name) const noexcept;

  // What is another than in `before`, as judged on `today`: a line for the base policy and for each
  // profile whose mode or effects are, and one for exceptions. Of many
  // profiles some are told, and how many more there are.
  std::vector<std::string> changes_since(const PolicySet& before, Day today) const;

  // One line for each exception that is over before `today`: it lifts nothing any more.
  std::vector<std::string> warnings(Day today) const;

 private:
  Policy base_;
  std::vector<std::pair<std::string, Policy>> profiles_;  // sorted by name
  std::shared_ptr<const PolicyExceptions> exceptions_;
  std::string name_ = "policy";
};

}  // namespace beian
