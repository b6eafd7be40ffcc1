#include "gate/cli/feed_flags.h"

#include "cache/base/extension.h"
#include "gate/cli/console.h"

namespace beian::cli {
namespace {

Result<Instant> instant_of(const std::string& flag, const std::string& text) {
  const auto instant = parse_instant(text);
  if (!instant || *instant < Instant{})
    return make_error(ErrorKind::kUsage,
                      flag + " is a time since 1970 such as 2026-01-02T03:00:00Z, not " + text);
  return *instant;
}

}  // namespace

Result<cache::Dialect> dialect_of(const std::string& asked, const std::string& feed) {
  if (asked.empty())
    return has_extension(feed, ".csv") ? cache::Dialect::kCsv : cache::Dialect::kNdjson;
  const auto dialect = cache::parse_dialect(asked);
  if (!dialect)
    return make_error(ErrorKind::kUsage, "--dialect is ndjson, csv or miit, not " + asked);
  return *dialect;
}

void add_feed_times(Verb verb, FeedTimeFlags* flags) {
  verb.option("--as-of", &flags->as_of,
              "when the feed was true, such as 2026-01-02T03:00:00Z; default: now");
  verb.option("--next-update", &flags->next_update,
              "when the next one is due; from then on this one is stale");
}

Result<FeedTimes> feed_times(const FeedTimeFlags& flags, Instant now) {
  FeedTimes times{now, std::nullopt};
  if (!flags.as_of.empty()) {
    const auto as_of = instant_of("--as-of", flags.as_of);
    if (!as_of) return as_of.error();
    times.as_of = *as_of;
  }
  if (!flags.next_update.empty()) {
    const auto next = instant_of("--next-update", flags.next_update);
    if (!next) return next.error();
    times.next_update = *next;
  }
  return times;
}

void tell_odd_times(const FeedTimeFlags& flags, const FeedTimes& times, Instant now) {
  if (times.as_of > now)
    print_talk("--as-of " + flags.as_of +
               " is still to come; until then the registry counts as fresh, however old it is");
  if (times.next_update && *times.next_update <= now)
    print_talk("--next-update " + flags.next_update +
               " has passed; the registry is stale from the start");
}

}  // namespace beian::cli
