#include "gate/cli/read_once.h"

namespace beian::cli {

std::vector<std::string_view> keep_read_once(const Config& started, Config* reloaded) {
  std::vector<std::string_view> kept;
  const auto keep = [&](std::string_view key, const auto& was, auto* now) {
    if (was != *now) kept.push_back(key);
    *now = was;
  };
  keep("listen", started.listen, &reloaded->listen);
  keep("allow_open", started.allow_open, &reloaded->allow_open);
  keep("threads", started.threads, &reloaded->threads);
  keep("connections_per_address", started.connections_per_address,
       &reloaded->connections_per_address);
  keep("drain_seconds", started.drain, &reloaded->drain);
  keep("admin.listen", started.admin_listen, &reloaded->admin_listen);
  keep("log", started.log, &reloaded->log);
  keep("packages", started.packages, &reloaded->packages);
  return kept;
}

}  // namespace beian::cli
