#include "gate/cli/idle_settings.h"

#include <string_view>

namespace beian::cli {
namespace {

using Lines = std::vector<std::string>;

void tell_if(bool is_so, std::string_view line, Lines* lines) {
  if (is_so) lines->emplace_back(line);
}

bool has_redis_settings(const RegistrySource& registry) {
  Config config;
  const std::string defaults = print_config(config);
  config.registry.redis = registry.redis;
  return print_config(config) != defaults;
}

void tell_of_registry(const RegistrySource& registry, Lines* lines) {
  const bool is_followed = registry.is_followed();
  tell_if(!is_followed && !registry.local_copy.empty(),
          "registry.local_copy is without effect: only what registry.url names is copied", lines);
  tell_if(!is_followed && registry.allow_unsigned,
          "registry.allow_unsigned is without effect: it is about what registry.url names", lines);
  tell_if(!is_followed && has_redis_settings(registry),
          "[registry.redis] is without effect: there is no registry.url", lines);
  const bool is_built_in = registry.is_built_in();
  tell_if(is_built_in && !registry.trusted_key_files.empty(),
          std::string(registry.are_keys_by_flag ? "--key" : "registry.trusted_keys") +
              " is without effect: the built-in registry is not signed",
          lines);
  tell_if(is_built_in && !registry.canaries.empty(),
          "registry.guard.canaries is without effect: the built-in registry is not looked at",
          lines);
}

void tell_of_log(const LogConfig& log, Lines* lines) {
  const bool is_kept = !log.folder.empty();
  tell_if(!is_kept && (log.is_private || log.is_request_kept),
          "log.privacy and log.keep_request are without effect: there is no log.folder", lines);
  tell_if(is_kept && !log.is_private && !log.digest_key_file.empty(),
          "log.digest_key is without effect: log.privacy is \"plain\", so texts are kept as they "
          "are given",
          lines);
}

}  // namespace

std::vector<std::string> idle_settings(const Config& config) {
  Lines lines;
  if (!config.registry.is_by_flag) tell_of_registry(config.registry, &lines);
  tell_of_log(config.log, &lines);
  return lines;
}

}  // namespace beian::cli
