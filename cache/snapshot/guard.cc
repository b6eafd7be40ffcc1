#include "cache/snapshot/guard.h"

#include <cstdio>

namespace beian::cache {
namespace {

Error refused(const Registry& candidate, const std::string& why) {
  return make_error(ErrorKind::kConflict, "registry " + std::to_string(candidate.serial()) +
                                              " not activated: " + why +
                                              "; if that is right, force it");
}

std::string percent(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f %%", value);
  return text;
}

}  // namespace

Result<void> check_activation(const Registry* current, const Registry& candidate,
                              const GuardOptions& options) {
  if (options.is_forced) return {};
  if (current != nullptr && candidate.serial() < current->serial())
    return refused(candidate, "it goes back from serial " + std::to_string(current->serial()) +
                                  " by " + std::to_string(current->serial() - candidate.serial()));
  for (const FilingNumber& canary : options.canaries)
    if (candidate.find(canary.key()).empty())
      return refused(candidate, "it lacks the canary " + canonical(canary));
  if (current == nullptr) return {};
  const std::uint64_t before = current->info().services;
  const std::uint64_t after = candidate.info().services;
  if (after >= before) return {};
  const double lost = 100.0 * static_cast<double>(before - after) / static_cast<double>(before);
  if (lost <= options.shrink_max_percent) return {};
  return refused(candidate, "it has " + std::to_string(after) + " services where " +
                                std::to_string(before) + " are served, a loss of " + percent(lost) +
                                "; at most " + percent(options.shrink_max_percent) +
                                " is expected");
}

}  // namespace beian::cache
