#include "cache/snapshot/guard.h"

#include <algorithm>
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

Result<void> check_canaries(const Registry& candidate, const std::vector<FilingNumber>& canaries) {
  for (const FilingNumber& canary : canaries)
    if (candidate.find(canary.key()).empty())
      return refused(candidate, "it lacks the canary " + canonical(canary));
  return {};
}

// Says how to force it at a start, where neither a greater epoch nor another start does.
Error with_way_at_start(const Error& error) {
  return make_error(error.kind, error.message + " by taking it out of registry.guard.canaries");
}

// `there`: what the message says of the services that `before` counts.
Result<void> check_loss(std::uint64_t before, const char* there, const Registry& candidate,
                        const GuardOptions& options) {
  const std::uint64_t after = candidate.info().services;
  if (after >= before) return {};
  const double lost = 100.0 * static_cast<double>(before - after) / static_cast<double>(before);
  if (lost <= options.shrink_max_percent) return {};
  return refused(candidate, "it has " + std::to_string(after) + " services where " +
                                std::to_string(before) + " " + there + ", a loss of " +
                                percent(lost) + "; at most " + percent(options.shrink_max_percent) +
                                " is expected");
}

}  // namespace

Result<void> check_activation(const Registry* current, const Registry& candidate,
                              const GuardOptions& options) {
  if (options.is_forced) return {};
  if (current != nullptr && candidate.serial() < current->serial())
    return refused(candidate, "it goes back from serial " + std::to_string(current->serial()) +
                                  " by " + std::to_string(current->serial() - candidate.serial()));
  if (auto sound = check_canaries(candidate, options.canaries); !sound)
    return current != nullptr ? sound.error() : with_way_at_start(sound.error());
  if (current == nullptr) return {};
  return check_loss(current->info().services, "are served", candidate, options);
}

Result<void> BatchGuard::check(const Registry& candidate) const {
  if (options_.is_forced) return {};
  if (auto sound = check_canaries(candidate, canaries_); !sound) return sound;
  return check_loss(most_, "were there since the last snapshot", candidate, options_);
}

void BatchGuard::took(const Registry& registry) {
  most_ = std::max(most_, registry.info().services);
  canaries_.clear();
  for (const FilingNumber& canary : options_.canaries)
    if (!registry.find(canary.key()).empty()) canaries_.push_back(canary);
}

void BatchGuard::count_from(std::uint64_t services, const Registry& served) {
  most_ = services;
  if (!check_loss(most_, "", served, options_)) most_ = 0;
  took(served);
}

}  // namespace beian::cache
