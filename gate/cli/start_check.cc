#include "gate/cli/start_check.h"

#include <filesystem>

#include "cache/base/file.h"
#include "cache/base/limits.h"
#include "cache/base/toml_reader.h"
#include "gate/cli/exposure.h"
#include "gate/http/listen_socket.h"

namespace beian::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kUnix = "unix:";
constexpr std::size_t kSocketPathMax = 107;  // what sockaddr_un holds

// The line at which a key stands; 0: not there.
std::uint32_t line_of(const std::string& path, std::string_view key) {
  const auto text = read_file(path, limits::kConfigBytesMax);
  if (!text) return 0;
  TomlReader reader(path);
  const auto root = reader.parse(*text);
  const toml::table* table = root ? &*root : nullptr;
  while (table != nullptr) {
    const std::size_t dot = key.find('.');
    const toml::node* const node = table->get(key.substr(0, dot));
    if (node == nullptr) return 0;
    if (dot == std::string_view::npos) return node->source().begin.line;
    table = node->as_table();
    key.remove_prefix(dot + 1);
  }
  return 0;
}

bool is_folder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path.empty() ? fs::path(".") : path, ignored);
}

Error wrong(std::string_view key, const std::string& value, const std::string& what) {
  return make_error(ErrorKind::kUsage, std::string(key) + " = " + quote_toml(value) + ": " + what);
}

Result<void> check_listener(std::string_view key, const std::string& listen) {
  const auto address = http::parse_listen_address(listen);
  if (!address)
    return make_error(ErrorKind::kUsage, std::string(key) + ": " + address.error().message);
  if (!listen.starts_with(kUnix)) return {};
  const std::string path = listen.substr(kUnix.size());
  if (path.empty() || path.size() > kSocketPathMax)
    return wrong(key, listen, "the path is empty or longer than 107 bytes");
  if (!is_folder(fs::path(path).parent_path()))
    return wrong(key, listen, "there is no such folder");
  std::error_code ignored;
  const fs::file_status status = fs::symlink_status(path, ignored);
  if (fs::exists(status) && !fs::is_socket(status))
    return wrong(key, listen, "what is there is no socket, and is not replaced");
  return {};
}

// Whether a listener at `wide` leaves `host` to no other: an IPv6 socket takes both families.
bool covers(const std::string& wide, const std::string& host) {
  if (wide == "::") return true;
  const bool is_v6 = host.find(':') != std::string::npos;
  if (wide == "0.0.0.0") return !is_v6;
  return wide == host || (wide == "localhost" && (host == "127.0.0.1" || host == "::1"));
}

bool is_same(const http::ListenAddress& a, const http::ListenAddress& b) {
  const auto path_of = [](const std::string& host) {
    std::error_code ignored;
    return fs::absolute(host.substr(kUnix.size()), ignored).lexically_normal();
  };
  const bool is_unix = a.host.starts_with(kUnix);
  if (is_unix != b.host.starts_with(kUnix)) return false;
  if (is_unix) return path_of(a.host) == path_of(b.host);
  // At port 0 each gets one of its own.
  return a.port == b.port && a.port != 0 && (covers(a.host, b.host) || covers(b.host, a.host));
}

Result<void> check_admin(const Config& config) {
  if (config.admin_listen.empty()) return {};
  if (auto checked = check_listener("admin.listen", config.admin_listen); !checked) return checked;
  const auto gate = http::parse_listen_address(config.listen);
  const auto admin = http::parse_listen_address(config.admin_listen);
  if (gate && admin && is_same(*gate, *admin))
    return wrong("admin.listen", config.admin_listen, "the gate itself listens there");
  return {};
}

Result<void> check_log_folder(const std::string& folder) {
  std::error_code ignored;
  if (folder.empty() || is_folder(folder)) return {};
  if (fs::exists(folder, ignored)) return wrong("log.folder", folder, "it is no folder");
  fs::path parent = folder.ends_with('/') ? fs::path(folder).parent_path() : fs::path(folder);
  parent = parent.parent_path();
  if (is_folder(parent)) return {};
  return wrong("log.folder", folder,
               "it cannot be made, since there is no folder " + parent.string());
}

// The files that a connection to Redis reads. The URL may name them, too.
Result<void> check_redis_files(const RegistrySource& registry) {
  if (!registry.is_followed()) return {};
  auto redis = redis_options(registry);
  if (!redis) return redis.error();
  const auto named = [](std::string_view key, const std::string& setting, const std::string& path) {
    return std::string(setting == path ? "registry.redis." + std::string(key) : "registry.url");
  };
  if (auto loaded = cache::load_password(&*redis); !loaded)
    return make_error(loaded.error().kind,
                      named("password_file", registry.redis.password_file, redis->password_file) +
                          ": " + loaded.error().message);
  struct File {
    std::string_view key;
    const std::string& setting;
    const std::string& path;
  };
  for (const File& file : {File{"ca_file", registry.redis.ca_file, redis->ca_file},
                           File{"cert_file", registry.redis.cert_file, redis->cert_file},
                           File{"key_file", registry.redis.key_file, redis->key_file}}) {
    if (file.path.empty()) continue;
    if (const auto text = read_file(file.path, limits::kConfigBytesMax); !text)
      return make_error(text.error().kind,
                        named(file.key, file.setting, file.path) + ": " + text.error().message);
  }
  // Whether they are what they have to be; nothing is connected yet.
  if (const auto client = cache::connect_redis(std::move(*redis)); !client)
    return make_error(client.error().kind, "registry.url: " + client.error().message);
  return {};
}

// The key that a message of ours begins with.
std::string_view key_of(std::string_view message) {
  return message.substr(0, message.find_first_of(" :"));
}

}  // namespace

Error in_file(const std::string& path, std::string_view key, const Error& error) {
  const std::uint32_t line = path.empty() ? 0 : line_of(path, key);
  if (line == 0) return error;
  return make_error(error.kind == ErrorKind::kUsage ? ErrorKind::kBadInput : error.kind,
                    path + ":" + std::to_string(line) + ": " + error.message);
}

Result<void> check_start(const Config& config, const std::string& path) {
  for (const Result<void>& checked :
       {check_exposure(config), check_listener("listen", config.listen), check_admin(config),
        check_log_folder(config.log.folder), check_redis_files(config.registry)})
    if (!checked) return in_file(path, key_of(checked.error().message), checked.error());
  if (!config.registry.is_followed()) return {};
  if (const auto options = follower_options(config.registry); !options)
    return in_file(path, "registry.url", options.error());
  return {};
}

}  // namespace beian::cli
