#include "gate/cli/key_warnings.h"

#include <algorithm>
#include <chrono>

#include "cache/base/bytes.h"

namespace beian::cli {
namespace {

constexpr std::chrono::days kNotice{14};  // to make a key, and hand it to whoever needs it
constexpr std::size_t kKeysToldMax = 10;

std::string warning_of(const http::CallerSettings& caller, const http::CallerKey& key,
                       Instant now) {
  const std::string told = "callers: key " + key.id + " of " + printable(caller.name);
  const std::string end = format_instant(*key.expires);
  if (*key.expires <= now)
    return told + " expired at " + end +
           ", so who shows it is refused; take it out of the configuration";
  return told + " expires at " + end +
         "; give its caller another one in time, which `beian-gate keys new` makes";
}

}  // namespace

std::vector<std::string> key_warnings(const Config& config, Instant now) {
  const auto lasts = [&](const http::CallerKey& key) {
    return !key.expires || *key.expires > now + kNotice;
  };
  std::vector<std::string> warnings;
  for (const http::CallerSettings& caller : config.callers) {
    const bool is_safe = std::ranges::any_of(caller.keys, lasts);
    for (const http::CallerKey& key : caller.keys) {
      if (lasts(key) || (is_safe && *key.expires > now)) continue;
      if (warnings.size() == kKeysToldMax) {
        warnings.emplace_back("callers: more keys than these have expired or soon will");
        return warnings;
      }
      warnings.push_back(warning_of(caller, key, now));
    }
  }
  return warnings;
}

}  // namespace beian::cli
