#include "gate/cli/config.h"

#include <random>

#include "cache/base/file.h"
#include "cache/base/limits.h"

namespace beian::embedded {
std::string_view policy_toml() noexcept;
}

namespace beian::cli {

Result<Config> load_config(const std::string& path) {
  if (path.empty()) return Config{};
  const auto text = read_file(path, limits::kConfigBytesMax);
  if (!text) return text.error();
  return parse_config(*text, path);
}

Result<http::GateState> load_rules(const Config& config) {
  http::GateState state;
  if (config.policy_file.empty()) {
    auto policies = PolicySet::load(embedded::policy_toml(), "built-in policy");
    if (!policies) return policies.error();
    state.policies = std::make_shared<const PolicySet>(std::move(*policies));
  } else {
    auto policies = PolicySet::load_file(config.policy_file);
    if (!policies) return policies.error();
    state.policies = std::make_shared<const PolicySet>(std::move(*policies));
  }
  if (config.guidance_file.empty()) {
    state.guidance = std::make_shared<const wire::Guidance>(wire::Guidance::built_in());
  } else {
    const auto text = read_file(config.guidance_file, limits::kConfigBytesMax);
    if (!text) return text.error();
    auto guidance = wire::Guidance::parse(*text, config.guidance_file);
    if (!guidance) return guidance.error();
    state.guidance = std::make_shared<const wire::Guidance>(std::move(*guidance));
  }
  state.calendar = std::make_shared<const Calendar>(Calendar::built_in());
  for (const http::CallerSettings& caller : config.callers)
    if (!caller.profile.empty() && !state.policies->has_profile(caller.profile))
      return make_error(ErrorKind::kBadInput,
                        "callers: the policy has no profile \"" + caller.profile + "\", which " +
                            caller.name + " names; " +
                            (config.policy_file.empty()
                                 ? "without [policy] file there are observe and factory"
                                 : config.policy_file + " needs [profile." + caller.profile + "]"));
  if (!config.callers.empty())
    state.callers = std::make_shared<const http::Callers>(config.callers);
  return state;
}

Result<http::GateState> load_state(const Config& config, Instant now) {
  auto generation = open_registry(config.registry, now);
  if (!generation) return generation.error();
  auto state = load_rules(config);
  if (state) state->generation = std::move(*generation);
  return state;
}

std::array<std::uint64_t, 2> random_seed() {
  std::random_device device;
  const auto word = [&] { return (std::uint64_t{device()} << 32) | device(); };
  return {word(), word()};
}

}  // namespace beian::cli
