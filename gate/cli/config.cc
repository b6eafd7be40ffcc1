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

Error at_key(std::string_view key, const Error& error) {
  return make_error(error.kind, std::string(key) + ": " + error.message);
}

Result<std::shared_ptr<const PolicySet>> load_policies(const Config& config) {
  const std::string& path = config.policy_file;
  std::string text(embedded::policy_toml());
  if (!path.empty()) {
    auto read = read_file(path, limits::kConfigBytesMax);
    if (!read) return at_key("policy.file", read.error());
    text = std::move(*read);
  }
  auto policies = PolicySet::load(text, path.empty() ? "built-in policy" : path);
  if (!policies) return policies.error();
  return std::make_shared<const PolicySet>(std::move(*policies));
}

Result<std::shared_ptr<const wire::Guidance>> load_guidance(const Config& config) {
  const std::string& path = config.guidance_file;
  if (path.empty()) return std::make_shared<const wire::Guidance>(wire::Guidance::built_in());
  const auto text = read_file(path, limits::kConfigBytesMax);
  if (!text) return at_key("guidance.file", text.error());
  auto guidance = wire::Guidance::parse(*text, path);
  if (!guidance) return guidance.error();
  return std::make_shared<const wire::Guidance>(std::move(*guidance));
}

Result<void> check_profile(const Config& config, const PolicySet& policies,
                           const http::CallerSettings& caller) {
  if (caller.profile.empty() || policies.has_profile(caller.profile)) return {};
  return make_error(ErrorKind::kBadInput,
                    "callers.profile: the policy has no profile \"" + caller.profile +
                        "\", which " + caller.name + " names; " +
                        (config.policy_file.empty()
                             ? "without [policy] file there are observe and factory"
                             : config.policy_file + " needs [profile." + caller.profile + "]"));
}

Result<http::GateState> load_rules(const Config& config) {
  http::GateState state;
  auto policies = load_policies(config);
  if (!policies) return policies.error();
  state.policies = std::move(*policies);
  auto guidance = load_guidance(config);
  if (!guidance) return guidance.error();
  state.guidance = std::move(*guidance);
  state.calendar = std::make_shared<const Calendar>(Calendar::built_in());
  for (const http::CallerSettings& caller : config.callers)
    if (const auto known = check_profile(config, *state.policies, caller); !known)
      return known.error();
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
