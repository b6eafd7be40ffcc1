#include "gate/http/registry_metrics.h"

#include <array>

namespace beian::http {
namespace {

constexpr std::array<std::string_view, 3> kFreshnessWords = {"fresh", "stale", "expired"};
constexpr std::array kFollowerStates = {
    cache::FollowerState::kStarting,   cache::FollowerState::kConnecting,
    cache::FollowerState::kFullResync, cache::FollowerState::kPartialResync,
    cache::FollowerState::kFollowing,  cache::FollowerState::kWaiting};

double seconds_of(Instant instant) {
  return static_cast<double>(instant.time_since_epoch().count());
}

void add_follower(const cache::FollowerStatus& status, MetricFamilies* families) {
  std::array<std::string_view, kFollowerStates.size()> words;
  for (std::size_t i = 0; i < words.size(); ++i) words[i] = name_of(kFollowerStates[i]);
  families->state("beian_gate_follower_state", "How the registry in Redis is followed.", words,
                  name_of(status.state));
  families->gauge("beian_gate_follower_state_since_timestamp_seconds", "In this state since.",
                  seconds_of(status.since));
  if (status.lag_batches)
    families->gauge("beian_gate_follower_lag_batches",
                    "Batches that Redis is ahead; missing while that is not known.",
                    static_cast<double>(*status.lag_batches));
  if (status.last_contact)
    families->gauge("beian_gate_follower_last_contact_timestamp_seconds",
                    "When Redis last answered.", seconds_of(*status.last_contact));
  const bool is_waiting = status.state == cache::FollowerState::kWaiting;
  families->gauge("beian_gate_follower_failing",
                  "1 while it waits because of an error; /v1/registry has its words.",
                  is_waiting && status.last_error ? 1 : 0);
  if (status.last_error)
    families->gauge("beian_gate_follower_last_error_timestamp_seconds",
                    "When it last had to wait because of an error.",
                    seconds_of(status.last_error_at));
  families->gauge("beian_gate_local_copy_failing",
                  "1 while the copy on disk is not what is served.",
                  status.local_copy_error ? 1 : 0);
  if (status.held)
    families->gauge("beian_gate_registry_epoch", "The history that is served.",
                    static_cast<double>(status.held->epoch));
}

}  // namespace

void add_registry_metrics(const cache::Generation& generation,
                          const cache::FollowerStatus* follower, Instant now,
                          MetricFamilies* families) {
  const cache::RegistryInfo& info = generation.info();
  families->gauge("beian_gate_registry_serial", "Serial of the registry that is served.",
                  static_cast<double>(info.serial));
  families->gauge("beian_gate_registry_as_of_timestamp_seconds",
                  "When what the registry says was true.", seconds_of(info.as_of));
  families->gauge("beian_gate_registry_age_seconds", "Age of the registry.",
                  static_cast<double>(generation.age(now).count()));
  families->state("beian_gate_registry_state", "Freshness of the registry.", kFreshnessWords,
                  name_of(generation.freshness(now)));
  families->gauge("beian_gate_registry_sealed",
                  "1 when the registry is whole, so that it can tell what is not filed.",
                  generation.is_sealed() ? 1 : 0);
  families->gauge("beian_gate_registry_services", "Services in the registry.",
                  static_cast<double>(info.services));
  families->gauge("beian_gate_registry_subjects", "Subjects in the registry.",
                  static_cast<double>(info.subjects));
  if (follower != nullptr) add_follower(*follower, families);
}

}  // namespace beian::http
