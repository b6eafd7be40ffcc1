#include "gate/cli/feed_flags.h"

namespace beian::cli {

Result<cache::Dialect> dialect_of(const std::string& asked, const std::string& feed) {
  if (asked.empty()) return feed.ends_with(".csv") ? cache::Dialect::kCsv : cache::Dialect::kNdjson;
  const auto dialect = cache::parse_dialect(asked);
  if (!dialect)
    return make_error(ErrorKind::kUsage, "--dialect is ndjson, csv or miit, not " + asked);
  return *dialect;
}

Result<Instant> instant_of(const std::string& flag, const std::string& text) {
  const auto instant = parse_instant(text);
  if (!instant)
    return make_error(ErrorKind::kUsage,
                      flag + " is a time such as 2026-01-02T03:00:00Z, not " + text);
  return *instant;
}

}  // namespace beian::cli
