// Every key of the configuration, exactly once: its name, its allowed values, and where the value
// is stored. Both reading and printing walk over this list (config_text.cc), so neither can know a
// key that the other does not. conf/gate.toml explains the keys.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "gate/cli/config.h"
#include "gate/http/server_limits.h"

namespace beian::cli {

template <class Value>
struct Word {
  std::string_view text;
  Value value;
};

inline constexpr std::array<Word<log::Durability>, 2> kDurabilities = {
    {{"async", log::Durability::kAsync}, {"before_answer", log::Durability::kBeforeAnswer}}};
inline constexpr std::array<Word<log::OnFull>, 2> kOnFull = {
    {{"block", log::OnFull::kBlock}, {"shed", log::OnFull::kShed}}};
inline constexpr std::array<Word<bool>, 2> kPrivacies = {{{"plain", false}, {"digest", true}}};

inline constexpr std::int64_t kHoursOfAYear = 366 * 24;
inline constexpr std::int64_t kSecondsOfAYear = kHoursOfAYear * 3600;

template <class Keys>
void walk_tls(Keys& keys, http::TlsFiles* tls) {
  keys.text("certificate", &tls->certificate);
  keys.text("key", &tls->key);
  keys.text("client_ca", &tls->client_ca);
  keys.text("client_crl", &tls->client_crl);
}

template <class Keys>
void walk_redis(Keys& keys, cache::RedisOptions* redis) {
  keys.text("prefix", &redis->prefix);
  keys.text("user", &redis->user);
  keys.text("password_file", &redis->password_file);
  keys.text("ca_file", &redis->tls.ca_file);
  keys.text("cert_file", &redis->tls.cert_file);
  keys.text("key_file", &redis->tls.key_file);
  keys.text("server_name", &redis->tls.server_name);
  keys.duration("connect_ms", 1, limits::kRedisDeadlineMsMax, &redis->connect_deadline);
  keys.duration("command_ms", 1, limits::kRedisDeadlineMsMax, &redis->command_deadline);
  keys.duration("idle_ms", 1, limits::kRedisDeadlineMsMax, &redis->idle_deadline);
  keys.boolean("read_from_replica", &redis->read_from_replica);
}

template <class Keys>
void walk_registry(Keys& keys, RegistrySource* registry) {
  cache::FreshnessThresholds& thresholds = registry->thresholds;
  keys.text("file", &registry->path);
  keys.text("url", &registry->url);
  keys.text("local_copy", &registry->local_copy);
  keys.duration("stale_after_seconds", 1, kSecondsOfAYear, &thresholds.stale_after);
  keys.duration("expired_after_seconds", 1, kSecondsOfAYear, &thresholds.expired_after);
  keys.texts("trusted_keys", "must hold paths of public keys", &registry->trusted_key_files);
  keys.boolean("allow_unsigned", &registry->allow_unsigned);
  keys.table("guard", [&] {
    keys.integer("shrink_max_percent", 0, 100, &registry->shrink_max_percent);
    keys.filings("canaries", &registry->canaries);
  });
  keys.table("redis", [&] { walk_redis(keys, &registry->redis); });
}

template <class Keys>
void walk_log(Keys& keys, LogConfig* log) {
  keys.text("folder", &log->folder);
  keys.word("durability", kDurabilities, &log->durability);
  keys.word("on_full", kOnFull, &log->on_full);
  keys.integer("queue_kib", log::kQueueBytesMin / 1024, log::kQueueBytesMax / 1024,
               &log->queue_kib);
  keys.integer("segment_mib", 1, log::kSegmentBytesMax >> 20, &log->segment_mib);
  keys.integer("segment_hours", 1, kHoursOfAYear, &log->segment_hours);
  keys.boolean("compress", &log->is_compressed);
  keys.integer("keep_days", 0, 100 * 366, &log->keep_days);
  keys.integer("keep_mib", 0, std::int64_t{1} << 40, &log->keep_mib);
  keys.word("privacy", kPrivacies, &log->is_private);
  keys.text("digest_key", &log->digest_key_file);
  keys.boolean("keep_request", &log->is_request_kept);
  keys.text("sign_key", &log->sign_key_file);
}

template <class Keys>
void walk_packages(Keys& keys, PackagesConfig* packages) {
  keys.boolean("inspect", &packages->is_inspecting);
  keys.text("folder", &packages->folder);
  keys.integer("package_mib", 1, http::kPackageBytesMost >> 20, &packages->package_mib);
  keys.integer("concurrent", 1, http::kPackagesConcurrentMost, &packages->concurrent);
}

template <class Keys>
void walk_config(Keys& keys, Config* config) {
  keys.text("listen", &config->listen);
  keys.boolean("allow_open", &config->allow_open);
  keys.integer("threads", 0, limits::kWorkersMax, &config->threads);
  keys.integer("connections_per_address", 1, http::kConnectionsPerAddressLimit,
               &config->connections_per_address);
  keys.duration("drain_seconds", 0, 600, &config->drain);
  keys.callers("callers", &config->callers);
  keys.table("tls", [&] { walk_tls(keys, &config->tls); });
  keys.table("admin", [&] { keys.text("listen", &config->admin_listen); });
  keys.table("registry", [&] { walk_registry(keys, &config->registry); });
  keys.table("log", [&] { walk_log(keys, &config->log); });
  keys.table("packages", [&] { walk_packages(keys, &config->packages); });
  keys.table("policy", [&] { keys.text("file", &config->policy_file); });
  keys.table("guidance", [&] { keys.text("file", &config->guidance_file); });
}

}  // namespace beian::cli
