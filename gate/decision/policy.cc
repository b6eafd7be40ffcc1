#include "gate/decision/policy.h"

#include <algorithm>

#include "cache/base/file.h"
#include "cache/base/limits.h"

namespace beian {
namespace {

constexpr Effect kNote = Effect::kNote;
constexpr Effect kAllow = Effect::kAllow;
constexpr Effect kReview = Effect::kReview;
constexpr Effect kUnknown = Effect::kUnknown;
constexpr Effect kDeny = Effect::kDeny;

struct Default {
  Code code;
  EffectRow effects;  // distribute, connect, preinstall
};

// The table of API.md, in the order of the enumerators (checked below).
// Policy: the denies follow from [MIIT-2023-105 (九)] and [MII-33 §18]; whether one of the others
// is a review or a note is our choice, since no instrument says what a gate should do when in
// doubt.
constexpr std::array<Default, kCodeCount> kDefaults = {{
    {Code::kNumberMissing, {kDeny, kDeny, kDeny}},
    {Code::kNumberResolved, {kReview, kNote, kNote}},
    {Code::kAmbiguous, {kReview, kReview, kReview}},
    {Code::kNumberMalformed, {kDeny, kDeny, kDeny}},
    {Code::kNumberRepaired, {kNote, kNote, kNote}},
    {Code::kNumberImplausible, {kNote, kNote, kNote}},
    {Code::kNotAFiling, {kDeny, kDeny, kDeny}},
    {Code::kSubjectOnly, {kDeny, kDeny, kDeny}},
    {Code::kWrongKind, {kDeny, kDeny, kDeny}},
    {Code::kNotFiled, {kDeny, kDeny, kDeny}},
    {Code::kPending, {kDeny, kDeny, kDeny}},
    {Code::kReturned, {kDeny, kDeny, kDeny}},
    {Code::kServiceCancelled, {kDeny, kDeny, kDeny}},
    {Code::kSubjectCancelled, {kDeny, kDeny, kDeny}},
    {Code::kRevoked, {kDeny, kDeny, kDeny}},
    {Code::kBlacklisted, {kDeny, kDeny, kDeny}},
    {Code::kCancelling, {kReview, kReview, kReview}},
    {Code::kChangePending, {kNote, kNote, kNote}},
    {Code::kAccessRestricted, {kDeny, kDeny, kDeny}},
    {Code::kShell, {kReview, kDeny, kReview}},
    {Code::kNameMismatch, {kDeny, kDeny, kDeny}},
    {Code::kPackageNotFiled, {kDeny, kDeny, kDeny}},
    {Code::kCertificateMismatch, {kDeny, kDeny, kDeny}},
    {Code::kPublicKeyMismatch, {kDeny, kDeny, kDeny}},
    {Code::kPlatformNotFiled, {kDeny, kDeny, kDeny}},
    {Code::kSponsorMismatch, {kReview, kReview, kReview}},
    {Code::kDomainNotFiled, {kReview, kDeny, kReview}},
    {Code::kIpNotFiled, {kReview, kDeny, kReview}},
    {Code::kAccessNotAdded, {kNote, kDeny, kNote}},
    {Code::kApprovalMissing, {kReview, kReview, kReview}},
    {Code::kDisplayMissing, {kReview, kNote, kReview}},
    {Code::kDisplayMismatch, {kReview, kNote, kReview}},
    {Code::kProvinceMismatch, {kReview, kReview, kReview}},
    {Code::kNotComparable, {kNote, kNote, kNote}},
    {Code::kExemptOffline, {kAllow, kAllow, kAllow}},
    {Code::kExemptOverseas, {kAllow, kAllow, kAllow}},
    {Code::kExemptionContradicted, {kDeny, kDeny, kDeny}},
    {Code::kBeforeRegime, {kAllow, kAllow, kAllow}},
    {Code::kStockGrace, {kAllow, kAllow, kAllow}},
    {Code::kRegistryStale, {kNote, kNote, kNote}},
    {Code::kRegistryExpired, {kUnknown, kUnknown, kUnknown}},
    {Code::kRegistryIncomplete, {kUnknown, kUnknown, kUnknown}},
    {Code::kRegistryBehind, {kUnknown, kUnknown, kUnknown}},
}};

consteval bool is_in_order() noexcept {
  for (std::size_t i = 0; i < kDefaults.size(); ++i)
    if (static_cast<std::size_t>(kDefaults[i].code) != i) return false;
  return true;
}
static_assert(is_in_order(), "one line a code, in the order of the enumerators");

// Exemptions and grace [MIIT-2023-105 (一)] [MIIT-2023-105 stages] [F-17]: no filing is required,
// or not yet.
constexpr CodeSet kLifting = code_bit(Code::kExemptOffline) | code_bit(Code::kExemptOverseas) |
                             code_bit(Code::kBeforeRegime) | code_bit(Code::kStockGrace);
// Findings that only breach the duty to have a filing, which is all that exemptions and grace lift:
// a claimed filing that is cancelled, or another app's, is still denied.
constexpr CodeSet kFilingDuty = code_bit(Code::kNumberMissing) | code_bit(Code::kNotFiled) |
                                code_bit(Code::kPending) | code_bit(Code::kReturned);

constexpr std::array<std::string_view, 3> kModeNames = {"enforce", "warn", "dry_run"};

constexpr Effect softened(Effect effect) noexcept {
  return effect > Effect::kAllow ? Effect::kNote : effect;
}

bool covers(const PolicySetting& setting, Day day) noexcept {
  return (!setting.from || *setting.from <= day) && (!setting.until || day <= *setting.until);
}

// The days from which on other settings may be in effect, in order; before them all, the first.
std::vector<Day> days_of_change(std::span<const PolicySetting> settings) {
  std::vector<Day> days = {Day::min()};
  for (const PolicySetting& setting : settings) {
    if (setting.from) days.push_back(*setting.from);
    if (setting.until) days.push_back(*setting.until + std::chrono::days{1});
  }
  std::sort(days.begin(), days.end());
  days.erase(std::unique(days.begin(), days.end()), days.end());
  BEIAN_ASSERT(days.size() <= limits::kPolicyDatesMax + 1);
  return days;
}

struct InEffect {
  std::array<EffectRow, kCodeCount> effects;
  std::array<PolicyMode, kCodeCount> modes;
};

InEffect in_effect_on(Day day, std::span<const PolicySetting> settings, PolicyMode mode) {
  InEffect out;
  for (std::size_t code = 0; code < kCodeCount; ++code) out.effects[code] = kDefaults[code].effects;
  out.modes.fill(mode);
  for (const PolicySetting& setting : settings) {
    if (!covers(setting, day)) continue;
    const auto code = static_cast<std::size_t>(setting.code);
    for (std::size_t i = 0; i < kOperationCount; ++i)
      out.effects[code][i] = setting.effects[i].value_or(out.effects[code][i]);
    if (setting.mode && mode != PolicyMode::kDryRun) out.modes[code] = *setting.mode;
  }
  return out;
}

}  // namespace

std::optional<PolicyMode> parse_policy_mode(std::string_view name) noexcept {
  for (std::size_t i = 0; i < kModeNames.size(); ++i)
    if (kModeNames[i] == name) return static_cast<PolicyMode>(i);
  return std::nullopt;
}

std::string_view name_of(PolicyMode mode) noexcept {
  return kModeNames[static_cast<std::size_t>(mode)];
}

Policy Policy::defaults() {
  return compile({}, PolicyMode::kEnforce, nullptr);
}

Policy Policy::compile(std::span<const PolicySetting> settings, PolicyMode mode,
                       std::shared_ptr<const PolicyExceptions> exceptions) {
  const auto cell_of = [](Effect enforced, PolicyMode mode_of_code) {
    const bool is_shown = mode_of_code != PolicyMode::kWarn;
    const bool is_counted = mode_of_code == PolicyMode::kEnforce;
    return Cell{enforced, is_shown ? enforced : softened(enforced),
                is_counted ? enforced : softened(enforced)};
  };
  Policy policy;
  policy.mode_ = mode;
  policy.exceptions_ = std::move(exceptions);
  for (const Day start : days_of_change(settings)) {
    const auto [effects, modes] = in_effect_on(start, settings, mode);
    Epoch& epoch = policy.epochs_.emplace_back();
    epoch.from = start;
    for (std::size_t code = 0; code < kCodeCount; ++code)
      for (std::size_t i = 0; i < kOperationCount; ++i)
        epoch.table[code][i] = cell_of(effects[code][i], modes[code]);
  }
  return policy;
}

// Searches from the end: nearly every check is judged by today, which lies in the last epoch.
const Policy::Table& Policy::table_on(Day day) const noexcept {
  std::size_t i = epochs_.size() - 1;
  while (i > 0 && day < epochs_[i].from) --i;
  return epochs_[i].table;
}

Effect Policy::effect(Code code, Operation operation, Day day) const noexcept {
  return table_on(day)[static_cast<std::size_t>(code)][static_cast<std::size_t>(operation)]
      .enforced;
}

void Policy::apply(const CheckRequest& request, Day day, Decision* decision) const {
  const Table& table = table_on(day);
  const auto cell = [&](Code code) -> const Cell& {
    return table[static_cast<std::size_t>(code)][static_cast<std::size_t>(request.operation)];
  };

  // An exemption that policy has turned into a note is not honoured: it is recorded and lifts
  // nothing.
  CodeSet lifted = exceptions_ ? exceptions_->lifted(request, *decision, day) : 0;
  for (const Finding& finding : decision->findings()) {
    const CodeSet bit = code_bit(finding.code);
    if ((bit & kLifting & ~lifted) != 0 && cell(finding.code).enforced != Effect::kNote)
      lifted |= kFilingDuty;
  }

  Effect counted = Effect::kAllow;
  Effect enforced = Effect::kAllow;
  for (Finding& finding : decision->findings()) {
    if ((code_bit(finding.code) & lifted) != 0) {
      finding.effect = Effect::kNote;
      continue;
    }
    const Cell& effects = cell(finding.code);
    finding.effect = effects.shown;
    counted = std::max(counted, effects.counted);
    enforced = std::max(enforced, effects.enforced);
  }
  decision->effect = counted;
  decision->would_be = enforced;
  decision->is_softened = mode_ != PolicyMode::kEnforce || counted != enforced;
}

PolicySet::PolicySet() : base_(Policy::defaults()) {}

Result<PolicySet> PolicySet::load_file(const std::string& path) {
  auto text = read_file(path, limits::kConfigBytesMax);
  if (!text) return text.error();
  return load(*text, path);
}

bool PolicySet::has_profile(std::string_view name) const noexcept {
  return &profile(name) != &base_;
}

const Policy& PolicySet::profile(std::string_view name) const noexcept {
  const auto found = std::lower_bound(
      profiles_.begin(), profiles_.end(), name,
      [](const auto& profile, std::string_view wanted) { return profile.first < wanted; });
  return found != profiles_.end() && found->first == name ? found->second : base_;
}

std::vector<std::string> PolicySet::warnings(Day today) const {
  std::vector<std::string> lines;
  if (!exceptions_) return lines;
  for (const PolicyException& exception : exceptions_->all()) {
    if (today <= exception.expires) continue;
    lines.push_back(name_ + ":" + std::to_string(exception.line) + ": exception: expired on " +
                    format_day(exception.expires) + ", lifts nothing any more; its owner is " +
                    exception.owner);
  }
  return lines;
}

}  // namespace beian
