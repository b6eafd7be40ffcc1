#include "gate/cli/serve_options.h"

namespace beian::cli {

Result<Config> effective_config(const ServeOptions& options) {
  auto config = load_config(options.config);
  if (!config) return config.error();
  if (!options.listen.empty()) config->listen = options.listen;
  if (options.allow_open) config->allow_open = true;
  if (!options.registry.empty()) {
    const bool is_followed = cache::is_redis_url(options.registry);
    config->registry.path = is_followed ? "" : options.registry;
    config->registry.url = is_followed ? options.registry : "";
    config->registry.is_by_flag = true;
  }
  if (!options.keys.empty()) {
    config->registry.trusted_key_files = options.keys;
    config->registry.are_keys_by_flag = true;
  }
  if (options.allow_unsigned) config->registry.allow_unsigned = true;
  trust_own_redis(&config->registry);
  if (options.threads) config->threads = static_cast<unsigned>(*options.threads);
  return config;
}

}  // namespace beian::cli
