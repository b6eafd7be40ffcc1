#include "gate/cli/log_config.h"

#include <cstring>

#include "gate/cli/config.h"
#include "gate/cli/console.h"

namespace beian::cli {
namespace {

// With the keys that `config` names loaded.
Result<log::LogOptions> log_options(const LogConfig& config) {
  log::LogOptions options;
  options.folder = config.folder;
  options.durability = config.durability;
  options.on_full = config.on_full;
  options.queue_bytes = static_cast<std::size_t>(config.queue_kib) * 1024;
  options.segment_bytes = static_cast<std::size_t>(config.segment_mib) << 20;
  options.segment_age = std::chrono::hours(config.segment_hours);
  options.is_compressed = config.is_compressed;
  options.keep = std::chrono::days(config.keep_days);
  options.keep_bytes = static_cast<std::uint64_t>(config.keep_mib) << 20;
  options.privacy.is_request_kept = config.is_request_kept;
  if (config.is_private) {
    const auto key = log::DigestKey::load(config.digest_key_file);
    if (!key) return key.error();
    options.privacy.key = *key;
  }
  if (!config.sign_key_file.empty()) {
    auto key = cache::SigningKey::load(config.sign_key_file);
    if (!key) return key.error();
    options.key = std::move(*key);
  }
  options.clock = &system_now;
  const auto seed = random_seed();
  static_assert(sizeof seed == sizeof options.origin);
  std::memcpy(options.origin.data(), seed.data(), sizeof seed);
  return options;
}

}  // namespace

Result<std::unique_ptr<log::DecisionLog>> start_log(const LogConfig& config) {
  if (config.folder.empty()) return std::unique_ptr<log::DecisionLog>();
  auto options = log_options(config);
  if (!options) return options.error();
  auto disk = log::own_folder(config.folder);
  if (!disk) return disk.error();
  auto started = log::DecisionLog::start(std::move(*options), std::move(*disk));
  if (!started)
    return make_error(started.error().kind, config.folder + ": " + started.error().message);
  return started;
}

}  // namespace beian::cli
