#include "gate/cli/registry_source.h"

#include "cache/feed/feed.h"
#include "cache/snapshot/guard.h"
#include "cache/snapshot/local_copy.h"
#include "cache/snapshot/snapshot_writer.h"
#include "gate/cli/config.h"
#include "gate/cli/console.h"
#include "gate/http/listen_socket.h"

namespace beian::embedded {
std::string_view registry_ndjson() noexcept;
}

namespace beian::cli {
namespace {

using cache::Generation;
using cache::Snapshot;

Result<std::shared_ptr<const Generation>> build_in(Instant now) {
  cache::SnapshotWriter writer;
  const auto fed = cache::read_feed_text(
      embedded::registry_ndjson(), "built-in registry", {},
      [&](cache::FeedRecord&& record) { writer.apply(record); }, [](const cache::FeedProblem&) {});
  if (!fed) return fed.error();
  cache::add_test_identities(&writer);
  cache::SealOptions seal;
  seal.as_of = now;
  seal.has_test_identities = true;
  auto bytes = std::move(writer).to_bytes(seal);
  if (!bytes) return bytes.error();
  auto snapshot = Snapshot::from_bytes(std::move(*bytes));
  if (!snapshot) return snapshot.error();
  return std::make_shared<const Generation>(std::move(*snapshot), kNeverStale, "built-in");
}

// Where a Sentinel or a Cluster leads is up to whoever runs it.
bool is_of_this_machine(const cache::RedisOptions& redis) {
  if (redis.topology != cache::RedisTopology::kSingle) return false;
  const cache::Endpoint& endpoint = redis.endpoints.front();
  return !endpoint.unix_path.empty() || http::is_local({endpoint.host, endpoint.port});
}

// What a registry must satisfy to replace another.
cache::GuardOptions guard_options(const RegistrySource& source) {
  cache::GuardOptions options;
  options.shrink_max_percent = source.shrink_max_percent;
  options.canaries = source.canaries;
  return options;
}

}  // namespace

Result<std::shared_ptr<const Generation>> open_registry(const RegistrySource& source, Instant now) {
  if (source.is_followed())
    return make_error(ErrorKind::kUsage,
                      "the configuration follows a registry in Redis, which only serve does: give "
                      "--registry FILE; check and audit can also ask a running gate, with --url");
  if (cache::is_redis_url(source.path))
    return make_error(ErrorKind::kUsage,
                      "a registry in Redis is followed by serve alone: name a snapshot file; "
                      "check and audit can also ask a running gate, with --url");
  if (source.path.empty()) return build_in(now);
  const auto keys = load_keys(source.trusted_key_files);
  if (!keys) return keys.error();
  auto snapshot = Snapshot::open(source.path, {.trusted_keys = *keys, .verified_mark = {}});
  if (!snapshot) return snapshot.error();
  return std::make_shared<const Generation>(std::move(*snapshot), source.thresholds, source.path);
}

void tell_of_built_in(const RegistrySource& source, std::string_view flags) {
  if (!source.is_built_in()) return;
  print_talk(
      "no registry is named, so the built-in one decides, which is invented and holds no real app; "
      "name yours by " +
      std::string(flags));
}

Result<KeptHistory> open_history(const RegistrySource& source, std::uint64_t serial, Instant at) {
  if (!source.is_followed() || source.local_copy.empty())
    return make_error(ErrorKind::kUsage,
                      "an earlier serial is only known where a gate follows a registry and keeps a "
                      "copy: name its configuration, with registry.url and registry.local_copy");
  const auto options = follower_options(source);
  if (!options) return options.error();
  auto history = cache::LocalCopy::read(source.local_copy, options->trust, serial);
  if (!history) return history.error();
  KeptHistory kept;
  kept.now = std::make_shared<const Generation>(std::move(history->now), source.thresholds,
                                                source.local_copy);
  const cache::Freshness freshness = kept.now->freshness(at);
  cache::FreshnessThresholds as_now = kNeverStale;
  if (freshness != cache::Freshness::kFresh) as_now.stale_after = std::chrono::seconds{0};
  if (freshness == cache::Freshness::kExpired) as_now.expired_after = std::chrono::seconds{0};
  kept.before =
      std::make_shared<const Generation>(std::move(history->before), as_now, source.local_copy);
  return kept;
}

Result<std::shared_ptr<const Generation>> nothing_yet(const RegistrySource& source) {
  cache::SealOptions seal;
  seal.serial = 0;
  seal.is_sealed = false;
  auto bytes = cache::SnapshotWriter().to_bytes(seal);
  if (!bytes) return bytes.error();
  auto snapshot = Snapshot::from_bytes(std::move(*bytes));
  if (!snapshot) return snapshot.error();
  return std::make_shared<const Generation>(std::move(*snapshot), source.thresholds, "none yet");
}

Result<std::vector<cache::PublicKey>> load_keys(const std::vector<std::string>& paths) {
  std::vector<cache::PublicKey> keys;
  for (const std::string& path : paths) {
    const auto key = cache::load_public_key(path);
    if (!key) return key.error();
    keys.push_back(*key);
  }
  return keys;
}

Result<cache::RedisOptions> redis_options(const RegistrySource& source) {
  return cache::parse_redis_url(source.url, &source.redis);
}

void trust_own_redis(RegistrySource* source) {
  if (!source->is_followed() || !source->is_by_flag || !source->trusted_key_files.empty()) return;
  const auto redis = redis_options(*source);
  if (redis && is_of_this_machine(*redis)) source->allow_unsigned = true;
}

Result<void> guard_file(const RegistrySource& source, const cache::Generation* served,
                        const cache::Generation& loaded) {
  if (source.path.empty()) return {};
  const cache::GuardOptions options = guard_options(source);
  // This would be refused at a start, too.
  const auto sound = cache::check_activation(nullptr, loaded.registry(), options);
  if (!sound) return at_key("registry.guard.canaries", sound.error());
  if (served == nullptr || served->source() != source.path) return {};
  const auto guarded = cache::check_activation(&served->registry(), loaded.registry(), options);
  if (guarded) return {};
  return at_key(source.is_by_flag ? "--registry" : "registry.file",
                make_error(guarded.error().kind, guarded.error().message + " by a restart"));
}

Result<cache::FollowerOptions> follower_options(const RegistrySource& source) {
  const auto redis = redis_options(source);
  if (!redis) return redis.error();
  auto keys = load_keys(source.trusted_key_files);
  if (!keys) return keys.error();
  if (keys->empty() && !source.allow_unsigned)
    return make_error(ErrorKind::kUsage,
                      source.is_by_flag
                          ? "a registry in a Redis of another machine, or behind a Sentinel or a "
                            "Cluster, needs --key, with the public key that signs it; to follow an "
                            "unsigned one, say --allow-unsigned"
                          : "a registry from Redis needs registry.trusted_keys; to follow an "
                            "unsigned one, say registry.allow_unsigned = true");
  cache::FollowerOptions options;
  options.prefix = redis->prefix;
  options.url = redis->describe();
  options.trust = {std::move(*keys), source.allow_unsigned};
  options.guard = guard_options(source);
  options.thresholds = source.thresholds;
  options.local_copy = source.local_copy;
  options.connect_deadline = redis->connect_deadline;
  options.command_deadline = redis->command_deadline;
  return options;
}

}  // namespace beian::cli
