#include "gate/cli/config.h"

#include <random>

#include "cache/base/file.h"
#include "cache/base/limits.h"
#include "cache/base/toml_reader.h"
#include "gate/http/listen_socket.h"

namespace beian::cli {
namespace {

using std::chrono::seconds;

constexpr std::array<std::string_view, 6> kTopKeys = {"listen",   "threads", "drain_seconds",
                                                      "registry", "policy",  "guidance"};
constexpr std::array<std::string_view, 4> kRegistryKeys = {"file", "stale_after_seconds",
                                                           "expired_after_seconds", "trusted_keys"};
constexpr std::array<std::string_view, 1> kFileKeys = {"file"};

// Reads one table after another; every error is kept.
class ConfigReader {
 public:
  ConfigReader(TomlReader* reader, Config* config) : reader_(*reader), config_(*config) {}

  void read(const toml::table& root) {
    reader_.check_keys(root, "", kTopKeys);
    text(root, "", "listen", &config_.listen);
    const auto address = http::parse_listen_address(config_.listen);
    if (!address) reader_.fail(*root.get("listen"), "listen", address.error().message);
    std::int64_t threads = config_.threads;
    integer(root, "", "threads", 0, limits::kWorkersMax, &threads);
    config_.threads = static_cast<unsigned>(threads);
    duration(root, "", "drain_seconds", 0, 600, &config_.drain);
    if (const auto* table = reader_.subtable(root, "", "registry", false)) read_registry(*table);
    read_file(root, "policy", &config_.policy_file);
    read_file(root, "guidance", &config_.guidance_file);
  }

 private:
  void read_registry(const toml::table& table) {
    reader_.check_keys(table, "registry", kRegistryKeys);
    RegistrySource& registry = config_.registry;
    text(table, "registry", "file", &registry.path);
    constexpr std::int64_t kYear = 366 * 24 * 3600;
    duration(table, "registry", "stale_after_seconds", 1, kYear, &registry.thresholds.stale_after);
    duration(table, "registry", "expired_after_seconds", 1, kYear,
             &registry.thresholds.expired_after);
    if (registry.thresholds.expired_after < registry.thresholds.stale_after)
      reader_.fail(table, "registry.expired_after_seconds",
                   "must not be below registry.stale_after_seconds");
    const auto* keys = reader_.array(table, "registry", "trusted_keys", false);
    if (keys == nullptr) return;
    for (const toml::node& node : *keys) {
      const auto path = node.value<std::string>();
      if (path)
        registry.trusted_key_files.push_back(*path);
      else
        reader_.fail(node, "registry.trusted_keys", "must hold paths of public keys");
    }
  }

  void read_file(const toml::table& root, std::string_view key, std::string* file) {
    const auto* table = reader_.subtable(root, "", key, false);
    if (table == nullptr) return;
    reader_.check_keys(*table, key, kFileKeys);
    text(*table, key, "file", file);
  }

  void text(const toml::table& table, std::string_view path, std::string_view key,
            std::string* out) {
    if (const auto value = reader_.text(table, path, key, false)) *out = *value;
  }

  void integer(const toml::table& table, std::string_view path, std::string_view key,
               std::int64_t low, std::int64_t high, std::int64_t* out) {
    const auto value = reader_.integer(table, path, key, false);
    if (!value) return;
    if (*value < low || *value > high)
      reader_.fail(*table.get(key), join_key(path, key),
                   "must be " + std::to_string(low) + " to " + std::to_string(high) + ", not " +
                       std::to_string(*value));
    else
      *out = *value;
  }

  void duration(const toml::table& table, std::string_view path, std::string_view key,
                std::int64_t low, std::int64_t high, seconds* out) {
    std::int64_t value = out->count();
    integer(table, path, key, low, high, &value);
    *out = seconds{value};
  }

  TomlReader& reader_;
  Config& config_;
};

std::string quote(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

}  // namespace

Result<Config> parse_config(std::string_view text, std::string_view name) {
  TomlReader reader(name);
  Config config;
  const auto root = reader.parse(text);
  if (root) ConfigReader(&reader, &config).read(*root);
  if (!reader.ok()) return reader.error();
  return config;
}

Result<Config> load_config(const std::string& path) {
  if (path.empty()) return Config{};
  const auto text = read_file(path, limits::kConfigBytesMax);
  if (!text) return text.error();
  return parse_config(*text, path);
}

std::string print_config(const Config& config) {
  const auto number = [](auto value) { return std::to_string(value) + "\n"; };
  std::string out =
      "listen = " + quote(config.listen) + "\nthreads = " + number(config.threads) +
      "drain_seconds = " + number(config.drain.count()) +
      "\n[registry]\nfile = " + quote(config.registry.path) +
      "\nstale_after_seconds = " + number(config.registry.thresholds.stale_after.count()) +
      "expired_after_seconds = " + number(config.registry.thresholds.expired_after.count()) +
      "trusted_keys = [";
  for (std::size_t i = 0; i < config.registry.trusted_key_files.size(); ++i)
    out += (i == 0 ? "" : ", ") + quote(config.registry.trusted_key_files[i]);
  return out + "]\n\n[policy]\nfile = " + quote(config.policy_file) +
         "\n\n[guidance]\nfile = " + quote(config.guidance_file) + "\n";
}

Result<http::GateState> load_rules(const Config& config) {
  http::GateState state;
  if (config.policy_file.empty()) {
    state.policies = std::make_shared<const PolicySet>();
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
