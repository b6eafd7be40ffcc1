// What a reload of the policy changes, for the operator who asked for it.
#include <algorithm>

#include "gate/decision/policy.h"

namespace beian {
namespace {

constexpr std::size_t kProfilesTold = 8;  // beyond that, only how many more

// "codes with other effects: 3"; empty: nothing differs.
std::string effects_text(const Policy& before, const Policy& now, Day today) {
  std::string text;
  if (const std::size_t codes = now.codes_changed(before, today); codes > 0)
    text = "codes with other effects: " + std::to_string(codes);
  if (const std::size_t codes = now.codes_changed_after(before, today); codes > 0)
    text += (text.empty() ? "" : ", ") +
            ("codes with other effects on a later day: " + std::to_string(codes));
  return text;
}

void add_changes(const std::string& name, const Policy& before, const Policy& now, Day today,
                 std::vector<std::string>* lines) {
  std::string line;
  if (before.mode() != now.mode())
    line = "mode " + std::string(name_of(before.mode())) + " is now " +
           std::string(name_of(now.mode()));
  if (const std::string effects = effects_text(before, now, today); !effects.empty())
    line += (line.empty() ? "" : "; ") + effects;
  if (!line.empty()) lines->push_back(name + ": " + line);
}

}  // namespace

std::size_t Policy::codes_changed(const Policy& other, Day day) const noexcept {
  const Table& mine = table_on(day);
  const Table& others = other.table_on(day);
  std::size_t count = 0;
  for (std::size_t code = 0; code < kCodeCount; ++code)
    count += std::ranges::equal(mine[code], others[code],
                                [&](const Cell& a, const Cell& b) {
                                  return mode_ == other.mode_ ? a == b : a.enforced == b.enforced;
                                })
                 ? 0U
                 : 1U;
  return count;
}

std::size_t Policy::codes_changed_after(const Policy& other, Day day) const noexcept {
  std::size_t most = 0;
  for (const Policy* const policy : {this, &other})
    for (const Epoch& epoch : policy->epochs_)
      if (epoch.from > day) most = std::max(most, codes_changed(other, epoch.from));
  return most;
}

std::vector<std::string> PolicySet::changes_since(const PolicySet& before, Day today) const {
  std::vector<std::string> lines;
  add_changes("policy", before.base_, base_, today, &lines);
  std::vector<std::string> profiles;
  for (const auto& [name, policy] : profiles_) {
    const std::string title = "policy, profile " + name;
    if (before.has_profile(name))
      add_changes(title, before.profile(name), policy, today, &profiles);
    else
      profiles.push_back(title + ": new, mode " + std::string(name_of(policy.mode())));
  }
  for (const auto& [name, policy] : before.profiles_)
    if (!has_profile(name)) profiles.push_back("policy, profile " + name + ": gone");
  const std::size_t told = std::min(profiles.size(), kProfilesTold);
  lines.insert(lines.end(), profiles.begin(), profiles.begin() + static_cast<std::ptrdiff_t>(told));
  if (told < profiles.size())
    lines.push_back("policy: " + std::to_string(profiles.size() - told) +
                    " more profiles are other ones");
  const std::vector<PolicyException> none;
  const auto& were = before.exceptions_ ? before.exceptions_->all() : none;
  const auto& are = exceptions_ ? exceptions_->all() : none;
  // The line of an exception in the file does not matter.
  const bool are_same =
      std::ranges::equal(were, are, [](PolicyException a, const PolicyException& b) {
        a.line = b.line;
        return a == b;
      });
  if (!are_same)
    lines.push_back("policy: other exceptions: " + std::to_string(were.size()) + " are now " +
                    std::to_string(are.size()));
  return lines;
}

}  // namespace beian
