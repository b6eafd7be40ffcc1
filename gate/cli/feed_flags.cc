#include "gate/cli/feed_flags.h"

#include "cache/base/extension.h"
#include "gate/cli/console.h"

namespace beian::cli {

Result<cache::Dialect> dialect_of(const std::string& asked, const std::string& feed) {
  if (asked.empty())
    return has_extension(feed, ".csv") ? cache::Dialect::kCsv : cache::Dialect::kNdjson;
  const auto dialect = cache::parse_dialect(asked);
  if (!dialect)
    return make_error(ErrorKind::kUsage, "--dialect is ndjson, csv or miit, not " + asked);
  return *dialect;
}

Result<Instant> instant_of(const std::string& flag, const std::string& text) {
  const auto instant = parse_instant(text);
  if (!instant || *instant < Instant{})
    return make_error(ErrorKind::kUsage,
                      flag + " is a time since 1970 such as 2026-01-02T03:00:00Z, not " + text);
  return *instant;
}

void tell_odd_times(const std::string& as_of, Instant as_of_time, const std::string& next_update,
                    const std::optional<Instant>& next_update_time, Instant now) {
  if (as_of_time > now)
    print_talk("--as-of " + as_of +
               " is still to come; until then the registry counts as fresh, however old it is");
  if (next_update_time && *next_update_time <= now)
    print_talk("--next-update " + next_update +
               " has passed; the registry is stale from the start");
}

}  // namespace beian::cli
