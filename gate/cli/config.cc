#include "gate/cli/config.h"

#include <random>

#include "cache/base/bytes.h"
#include "cache/base/file.h"
#include "cache/base/limits.h"
#include "cache/base/toml_reader.h"
#include "cache/filing/parse.h"
#include "gate/cli/callers_config.h"
#include "gate/cli/log_config_reader.h"
#include "gate/http/listen_socket.h"
#include "gate/http/server_limits.h"

namespace beian::embedded {
std::string_view policy_toml() noexcept;
}

namespace beian::cli {
namespace {

using std::chrono::seconds;

constexpr std::array<std::string_view, 13> kTopKeys = {
    "listen",        "allow_open", "threads",  "connections_per_address",
    "drain_seconds", "callers",    "tls",      "admin",
    "registry",      "log",        "packages", "policy",
    "guidance"};
constexpr std::array<std::string_view, 4> kTlsKeys = {"certificate", "key", "client_ca",
                                                      "client_crl"};
constexpr std::array<std::string_view, 1> kAdminKeys = {"listen"};
constexpr std::array<std::string_view, 9> kRegistryKeys = {"file",
                                                           "url",
                                                           "local_copy",
                                                           "stale_after_seconds",
                                                           "expired_after_seconds",
                                                           "trusted_keys",
                                                           "allow_unsigned",
                                                           "guard",
                                                           "redis"};
constexpr std::array<std::string_view, 2> kGuardKeys = {"shrink_max_percent", "canaries"};
constexpr std::array<std::string_view, 11> kRedisKeys = {
    "prefix",      "user",       "password_file", "ca_file", "cert_file",        "key_file",
    "server_name", "connect_ms", "command_ms",    "idle_ms", "read_from_replica"};
constexpr std::array<std::string_view, 4> kPackagesKeys = {"inspect", "folder", "package_mib",
                                                           "concurrent"};
constexpr std::array<std::string_view, 1> kFileKeys = {"file"};

// Reads one table after another; every error is kept.
class ConfigReader {
 public:
  ConfigReader(TomlReader* reader, Config* config) : reader_(*reader), config_(*config) {}

  void read(const toml::table& root) {
    reader_.check_keys(root, "", kTopKeys);
    text(root, "", "listen", &config_.listen);
    check_address(root, "", config_.listen);
    boolean(root, "", "allow_open", &config_.allow_open);
    std::int64_t threads = config_.threads;
    integer(root, "", "threads", 0, limits::kWorkersMax, &threads);
    config_.threads = static_cast<unsigned>(threads);
    std::int64_t connections = config_.connections_per_address;
    integer(root, "", "connections_per_address", 1, http::kConnectionsPerAddressLimit,
            &connections);
    config_.connections_per_address = static_cast<std::uint32_t>(connections);
    duration(root, "", "drain_seconds", 0, 600, &config_.drain);
    config_.callers = read_callers(root, &reader_);
    if (const auto* table = reader_.subtable(root, "", "tls", false)) read_tls(*table);
    const bool are_named_by_certificates = std::ranges::any_of(
        config_.callers, [](const auto& caller) { return !caller.certificate_names.empty(); });
    if (are_named_by_certificates && config_.tls.client_ca.empty())
      reader_.fail(*root.get("callers"), "callers.certificate_names", "needs tls.client_ca");
    if (const auto* table = reader_.subtable(root, "", "admin", false)) {
      reader_.check_keys(*table, "admin", kAdminKeys);
      text(*table, "admin", "listen", &config_.admin_listen);
      if (!config_.admin_listen.empty()) check_address(*table, "admin", config_.admin_listen);
    }
    if (const auto* table = reader_.subtable(root, "", "registry", false)) read_registry(*table);
    if (const auto* table = reader_.subtable(root, "", "log", false))
      read_log_config(*table, &reader_, &config_.log);
    if (const auto* table = reader_.subtable(root, "", "packages", false)) read_packages(*table);
    read_file(root, "policy", &config_.policy_file);
    read_file(root, "guidance", &config_.guidance_file);
  }

 private:
  // That of `listen` in `table`.
  void check_address(const toml::table& table, std::string_view path, const std::string& address) {
    const auto parsed = http::parse_listen_address(address);
    if (!parsed)
      reader_.fail(*table.get("listen"), join_key(path, "listen"), parsed.error().message);
  }

  void read_tls(const toml::table& table) {
    reader_.check_keys(table, "tls", kTlsKeys);
    http::TlsFiles& tls = config_.tls;
    text(table, "tls", "certificate", &tls.certificate);
    text(table, "tls", "key", &tls.key);
    text(table, "tls", "client_ca", &tls.client_ca);
    text(table, "tls", "client_crl", &tls.client_crl);
    if (tls.certificate.empty() != tls.key.empty())
      reader_.fail(table, "tls", "needs both certificate and key, or neither");
    if (!tls.client_ca.empty() && !tls.is_on())
      reader_.fail(table, "tls.client_ca", "needs certificate and key too");
    if (!tls.client_crl.empty() && tls.client_ca.empty())
      reader_.fail(table, "tls.client_crl", "needs client_ca too");
  }

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
    texts(table, "registry", "trusted_keys", "must hold paths of public keys",
          [&](const toml::node&, const std::string& path) {
            registry.trusted_key_files.push_back(path);
          });
    read_followed(table);
  }

  // What is only for a registry that comes from Redis.
  void read_followed(const toml::table& table) {
    RegistrySource& registry = config_.registry;
    text(table, "registry", "url", &registry.url);
    text(table, "registry", "local_copy", &registry.local_copy);
    boolean(table, "registry", "allow_unsigned", &registry.allow_unsigned);
    if (!registry.url.empty()) {
      const auto parsed = cache::parse_redis_url(registry.url);
      if (!parsed) reader_.fail(*table.get("url"), "registry.url", parsed.error().message);
      if (!registry.path.empty())
        reader_.fail(*table.get("url"), "registry.url", "is instead of registry.file, not besides");
    }
    if (const auto* guard = reader_.subtable(table, "registry", "guard", false)) read_guard(*guard);
    if (const auto* redis = reader_.subtable(table, "registry", "redis", false)) read_redis(*redis);
  }

  void read_guard(const toml::table& table) {
    constexpr std::string_view kPath = "registry.guard";
    reader_.check_keys(table, kPath, kGuardKeys);
    std::int64_t percent = config_.registry.shrink_max_percent;
    integer(table, kPath, "shrink_max_percent", 0, 100, &percent);
    config_.registry.shrink_max_percent = static_cast<int>(percent);
    texts(table, kPath, "canaries", "must hold filing numbers with their serials",
          [&](const toml::node& node, const std::string& text) {
            const ParsedNumber parsed = parse_number(text);
            if (parsed.is_number() && !parsed.number.is_subject())
              config_.registry.canaries.push_back(parsed.number);
            else
              reader_.fail(node, "registry.guard.canaries", "no filing number: " + text);
          });
  }

  void read_redis(const toml::table& table) {
    constexpr std::string_view kPath = "registry.redis";
    reader_.check_keys(table, kPath, kRedisKeys);
    cache::RedisOptions& redis = config_.registry.redis;
    text(table, kPath, "prefix", &redis.prefix);
    text(table, kPath, "user", &redis.user);
    text(table, kPath, "password_file", &redis.password_file);
    text(table, kPath, "ca_file", &redis.ca_file);
    text(table, kPath, "cert_file", &redis.cert_file);
    text(table, kPath, "key_file", &redis.key_file);
    text(table, kPath, "server_name", &redis.server_name);
    milliseconds(table, kPath, "connect_ms", &redis.connect_deadline);
    milliseconds(table, kPath, "command_ms", &redis.command_deadline);
    milliseconds(table, kPath, "idle_ms", &redis.idle_deadline);
    boolean(table, kPath, "read_from_replica", &redis.read_from_replica);
    if (!cache::parse_redis_url("redis://localhost?prefix=" + redis.prefix))
      reader_.fail(
          *table.get("prefix"), "registry.redis.prefix",
          "must be 1 to " + std::to_string(limits::kRedisPrefixBytesMax) + " of A-Z a-z 0-9 . _ -");
  }

  void read_packages(const toml::table& table) {
    constexpr std::string_view kPath = "packages";
    reader_.check_keys(table, kPath, kPackagesKeys);
    PackagesConfig& packages = config_.packages;
    boolean(table, kPath, "inspect", &packages.is_inspecting);
    text(table, kPath, "folder", &packages.folder);
    if (packages.folder.empty())
      reader_.fail(*table.get("folder"), "packages.folder", "must be a folder");
    integer(table, kPath, "package_mib", 1, http::kPackageBytesMost >> 20, &packages.package_mib);
    integer(table, kPath, "concurrent", 1, http::kPackagesConcurrentMost, &packages.concurrent);
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

  void boolean(const toml::table& table, std::string_view path, std::string_view key, bool* out) {
    if (const auto value = reader_.boolean(table, path, key, false)) *out = *value;
  }

  void milliseconds(const toml::table& table, std::string_view path, std::string_view key,
                    std::chrono::milliseconds* out) {
    std::int64_t value = out->count();
    integer(table, path, key, 1, limits::kRedisDeadlineMsMax, &value);
    *out = std::chrono::milliseconds{value};
  }

  // Calls `take` for each text of the array at `key`; `what` is the error for anything else in it.
  template <class Take>
  void texts(const toml::table& table, std::string_view path, std::string_view key,
             std::string_view what, const Take& take) {
    const auto* list = reader_.array(table, path, key, false);
    if (list == nullptr) return;
    for (const toml::node& node : *list) {
      const auto text = node.value<std::string>();
      if (text)
        take(node, *text);
      else
        reader_.fail(node, join_key(path, key), what);
    }
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

template <class Items, class Text>
std::string quote_all(const Items& items, const Text& text) {
  std::string out = "[";
  for (const auto& item : items) out += (out.size() == 1 ? "" : ", ") + quote_toml(text(item));
  return out + "]";
}

// The URL as it can be shown: the password, if it holds one, is not.
std::string shown_url(const RegistrySource& registry) {
  const auto parsed = cache::parse_redis_url(registry.url);
  return parsed && !parsed->password.empty() ? parsed->describe() : registry.url;
}

std::string print_registry(const RegistrySource& registry) {
  const auto line = [](std::string_view key, const std::string& value) {
    return std::string(key) + " = " + value + "\n";
  };
  const auto number = [&](std::string_view key, std::int64_t value) {
    return line(key, std::to_string(value));
  };
  const auto yes_or_no = [](bool value) { return std::string(value ? "true" : "false"); };
  const cache::RedisOptions& redis = registry.redis;
  return "[registry]\n" + line("file", quote_toml(registry.path)) +
         line("url", quote_toml(shown_url(registry))) +
         line("local_copy", quote_toml(registry.local_copy)) +
         number("stale_after_seconds", registry.thresholds.stale_after.count()) +
         number("expired_after_seconds", registry.thresholds.expired_after.count()) +
         line("trusted_keys", quote_all(registry.trusted_key_files, std::identity{})) +
         line("allow_unsigned", yes_or_no(registry.allow_unsigned)) + "\n[registry.guard]\n" +
         number("shrink_max_percent", registry.shrink_max_percent) +
         line("canaries", quote_all(registry.canaries, &canonical)) + "\n[registry.redis]\n" +
         line("prefix", quote_toml(redis.prefix)) + line("user", quote_toml(redis.user)) +
         line("password_file", quote_toml(redis.password_file)) +
         line("ca_file", quote_toml(redis.ca_file)) +
         line("cert_file", quote_toml(redis.cert_file)) +
         line("key_file", quote_toml(redis.key_file)) +
         line("server_name", quote_toml(redis.server_name)) +
         number("connect_ms", redis.connect_deadline.count()) +
         number("command_ms", redis.command_deadline.count()) +
         number("idle_ms", redis.idle_deadline.count()) +
         line("read_from_replica", yes_or_no(redis.read_from_replica));
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
  return "listen = " + quote_toml(config.listen) +
         "\nallow_open = " + (config.allow_open ? "true" : "false") +
         "\nthreads = " + number(config.threads) +
         "connections_per_address = " + number(config.connections_per_address) +
         "drain_seconds = " + number(config.drain.count()) + print_callers(config.callers) +
         "\n[tls]\ncertificate = " + quote_toml(config.tls.certificate) +
         "\nkey = " + quote_toml(config.tls.key) +
         "\nclient_ca = " + quote_toml(config.tls.client_ca) +
         "\nclient_crl = " + quote_toml(config.tls.client_crl) + "\n" +
         "\n[admin]\nlisten = " + quote_toml(config.admin_listen) + "\n\n" +
         print_registry(config.registry) + "\n" + print_log_config(config.log) + "\n" +
         print_packages_config(config.packages) +
         "\n[policy]\nfile = " + quote_toml(config.policy_file) +
         "\n\n[guidance]\nfile = " + quote_toml(config.guidance_file) + "\n";
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

std::string quote_toml(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (byte < 0x20 || byte == 0x7F) {
      out.append("\\u00").append(to_hex(ByteView(&byte, 1)));
      continue;
    }
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::array<std::uint64_t, 2> random_seed() {
  std::random_device device;
  const auto word = [&] { return (std::uint64_t{device()} << 32) | device(); };
  return {word(), word()};
}

}  // namespace beian::cli
