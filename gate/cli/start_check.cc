#include "gate/cli/start_check.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>

#include "cache/base/file.h"
#include "cache/base/limits.h"
#include "cache/base/toml_reader.h"
#include "gate/cli/exposure.h"
#include "gate/http/listen_socket.h"
#include "gate/http/package_desk.h"

namespace beian::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kUnix = "unix:";
constexpr std::size_t kSocketPathMax = 107;  // capacity of sockaddr_un

// Finds the lines of keys in a configuration file.
class ConfigLines {
 public:
  // Empty if there is no file or it cannot be read.
  explicit ConfigLines(const std::string& path) : path_(path) {
    if (path.empty()) return;
    const auto text = read_file(path, limits::kConfigBytesMax);
    if (text) root_ = TomlReader(path).parse(*text);
  }

  Error place(std::string_view key, const Error& error) const {
    const toml::node* const node = root_ && !key.empty() ? root_->at_path(key).node() : nullptr;
    if (node == nullptr) return error;
    return make_error(
        error.kind == ErrorKind::kUsage ? ErrorKind::kBadInput : error.kind,
        path_ + ":" + std::to_string(node->source().begin.line) + ": " + error.message);
  }

 private:
  std::string path_;
  std::optional<toml::table> root_;
};

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

// Whether a listener at `wide` leaves no room for one at `host`; an IPv6 socket takes both
// families.
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
  // With port 0, each gets a port of its own.
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

// Checks that the folder exists or can be created.
Result<void> check_folder(std::string_view key, const std::string& folder) {
  std::error_code ignored;
  if (folder.empty() || is_folder(folder)) return {};
  if (fs::exists(folder, ignored)) return wrong(key, folder, "it is no folder");
  fs::path parent = folder.ends_with('/') ? fs::path(folder).parent_path() : fs::path(folder);
  parent = parent.parent_path();
  if (is_folder(parent)) return {};
  return wrong(key, folder, "it cannot be made, since there is no folder " + parent.string());
}

// The key at the start of one of our messages.
std::string_view key_of(std::string_view message) {
  return message.substr(0, message.find_first_of(" :"));
}

// Checks every part of a start, even if earlier ones failed.
class StartCheck {
 public:
  StartCheck(const Config& config, const std::string& path)
      : config_(config), registry_(config.registry), lines_(path) {}

  void listeners() {
    take(check_exposure(config_));
    take(check_listener("listen", config_.listen));
    take(check_admin(config_));
  }

  // Checks what a reload does not change.
  void fixed() {
    const LogConfig& log = config_.log;
    take(check_folder("log.folder", log.folder));
    if (!log.folder.empty() && log.is_private)
      take_file("log.digest_key", log::DigestKey::load(log.digest_key_file));
    if (!log.folder.empty() && !log.sign_key_file.empty())
      take_file("log.sign_key", cache::SigningKey::load(log.sign_key_file));
    take(open_desk(config_.packages));
  }

  void rest() {
    if (config_.tls.is_on()) take(http::TlsContext::load(config_.tls));
    registry();
    const auto policies = load_policies(config_);
    take(policies);
    for (std::size_t i = 0; policies && i < config_.callers.size(); ++i)
      take(check_profile(config_, **policies, config_.callers[i]),
           "callers[" + std::to_string(i) + "].profile");
    take(load_guidance(config_));
  }

  void local_copy() {
    if (registry_.is_followed()) take(check_folder("registry.local_copy", registry_.local_copy));
  }

  // All faults, one per line.
  Result<void> result() const {
    if (faults_.empty()) return {};
    std::string all;
    for (const Error& fault : faults_) all += (all.empty() ? "" : "\n") + fault.message;
    // A fault that must be mended by hand takes precedence over one that may be gone next time.
    const auto bad = std::ranges::find_if(
        faults_, [](const Error& fault) { return fault.kind != ErrorKind::kUnavailable; });
    return make_error(bad != faults_.end() ? bad->kind : faults_.front().kind, std::move(all));
  }

 private:
  template <class T>
  void take(const Result<T>& checked, std::string_view key = {}) {
    if (checked) return;
    const Error& error = checked.error();
    faults_.push_back(lines_.place(key.empty() ? key_of(error.message) : key, error));
  }
  template <class T>
  void take_file(std::string_view key, const Result<T>& loaded) {
    if (!loaded) take(Result<void>(at_key(key, loaded.error())));
  }

  void registry() {
    const std::size_t before = faults_.size();
    for (const std::string& key : registry_.trusted_key_files)
      take_file(registry_.are_keys_by_flag ? "--key" : "registry.trusted_keys",
                cache::load_public_key(key));
    if (!registry_.path.empty())
      take_file(registry_.is_by_flag ? "--registry" : "registry.file",
                MappedFile::open(registry_.path));
    if (!registry_.is_followed()) return;
    redis_files();
    if (faults_.size() != before) return;
    take(follower_options(registry_), registry_.is_by_flag ? "--registry" : "registry.url");
  }

  // Checks the files that a connection to Redis reads, including those named by the URL.
  void redis_files() {
    const std::string url_key = registry_.is_by_flag ? "--registry" : "registry.url";
    auto redis = redis_options(registry_);
    if (!redis) return take_file(url_key, redis);
    const std::size_t before = faults_.size();
    const auto named = [&](std::string_view key, const std::string& setting,
                           const std::string& path) {
      return setting == path ? "registry.redis." + std::string(key) : url_key;
    };
    const cache::RedisOptions& setting = registry_.redis;
    take_file(named("password_file", setting.password_file, redis->password_file),
              cache::load_password(&*redis));
    const auto look = [&](std::string_view key, std::string cache::TlsOptions::*file) {
      const std::string& path = redis->tls.*file;
      if (path.empty()) return;
      take_file(named(key, setting.tls.*file, path), read_file(path, limits::kConfigBytesMax));
    };
    look("ca_file", &cache::TlsOptions::ca_file);
    look("cert_file", &cache::TlsOptions::cert_file);
    look("key_file", &cache::TlsOptions::key_file);
    // Checks the files' content; does not connect yet.
    if (faults_.size() == before) take_file(url_key, cache::connect_redis(std::move(*redis)));
  }

  const Config& config_;
  const RegistrySource& registry_;
  const ConfigLines lines_;
  std::vector<Error> faults_;
};

}  // namespace

Error in_file(const std::string& path, std::string_view key, const Error& error) {
  return ConfigLines(path).place(key, error);
}

Error in_file(const std::string& path, const Error& error) {
  return in_file(path, key_of(error.message), error);
}

Result<void> check_start(const Config& config, const std::string& path, StartStage stage) {
  StartCheck check(config, path);
  if (stage == StartStage::kBefore) check.listeners();
  if (stage != StartStage::kReload) check.fixed();
  check.rest();
  if (stage == StartStage::kBefore) check.local_copy();
  return check.result();
}

}  // namespace beian::cli
