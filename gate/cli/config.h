// The configuration; conf/gate.toml explains every key. It is read once, checked against the limits
// and then passed down; nothing is global.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cache/base/limits.h"
#include "cache/base/result.h"
#include "gate/cli/log_config.h"
#include "gate/cli/packages_config.h"
#include "gate/cli/registry_source.h"
#include "gate/http/gate_state.h"
#include "gate/http/tls_context.h"

namespace beian::cli {

struct Config {
  std::string listen = "127.0.0.1:8080";
  http::TlsFiles tls;        // of `listen`
  std::string admin_listen;  // empty: no separate listener for operations
  bool allow_open = false;   // listen where other machines can reach it, even unprotected
  unsigned threads = 0;      // 0: one per processor
  std::uint32_t connections_per_address = limits::kConnectionsPerAddressMax;
  std::chrono::seconds drain = limits::kDrainDeadline;
  std::vector<http::CallerSettings> callers;  // empty: nobody needs a key
  RegistrySource registry;
  LogConfig log;
  PackagesConfig packages;
  std::string policy_file;    // empty: conf/policy.toml as compiled in
  std::string guidance_file;  // empty: conf/guidance.toml as compiled in
};

// Reads `text`, in the form of conf/gate.toml, on top of the defaults. kBadInput holds all errors,
// one per line, each with line and key; for a misspelt key it suggests the nearest.
[[nodiscard]] Result<Config> parse_config(std::string_view text, std::string_view name);
// Returns the defaults if `path` is empty.
[[nodiscard]] Result<Config> load_config(const std::string& path);
// The effective configuration in the form of conf/gate.toml; a password in a URL is shown as ***.
std::string print_config(const Config& config);

// The parts of load_rules(). Errors: those of reading the file, prefixed with its key; those in the
// file, each with its line and key there.
[[nodiscard]] Result<std::shared_ptr<const PolicySet>> load_policies(const Config& config);
[[nodiscard]] Result<std::shared_ptr<const wire::Guidance>> load_guidance(const Config& config);
// kBadInput if the caller's profile is not in the policy.
[[nodiscard]] Result<void> check_profile(const Config& config, const PolicySet& policies,
                                         const http::CallerSettings& caller);
// Loads policy, guidance and calendar, but no generation. Errors: those of the parts.
[[nodiscard]] Result<http::GateState> load_rules(const Config& config);
// Loads everything that workers answer from. Errors: those of the parts.
[[nodiscard]] Result<http::GateState> load_state(const Config& config, Instant now);

// `error`, prefixed with the key at fault.
Error at_key(std::string_view key, const Error& error);
// `text` as a TOML string.
std::string quote_toml(std::string_view text);

// From the operating system; good enough for ids, not for secrets.
std::array<std::uint64_t, 2> random_seed();

}  // namespace beian::cli
