#include "cache/redis/follower_output.h"

#include <utility>

namespace beian::cache {

FollowerOutput::FollowerOutput(std::string url, FreshnessThresholds thresholds,
                               std::function<Instant()> clock, std::shared_ptr<FollowerBoard> board,
                               OnGeneration on_generation)
    : thresholds_(thresholds),
      clock_(std::move(clock)),
      board_(std::move(board)),
      on_generation_(std::move(on_generation)) {
  status_.url = std::move(url);
}

void FollowerOutput::continue_from(std::vector<RegistryChange> changes) {
  status_.last_changes = std::move(changes);
}

void FollowerOutput::serve(std::shared_ptr<const Registry> registry, RegistryChange::Kind kind,
                           std::uint64_t epoch, std::uint64_t records) {
  const RegistryInfo& info = registry->info();
  keep_change({kind, epoch, info.serial, info.as_of, clock_(), records}, &status_.last_changes);
  serve_unchanged(std::move(registry));
}

void FollowerOutput::serve_unchanged(std::shared_ptr<const Registry> registry) {
  served_ = std::move(registry);
  on_generation_(std::make_shared<const Generation>(served_, thresholds_, status_.url));
}

void FollowerOutput::post(const Follower& follower, std::uint64_t answers,
                          std::optional<Error> local_copy_error) {
  const Instant now = clock_();
  if (status_.since == Instant{} || status_.state != follower.state()) status_.since = now;
  status_.state = follower.state();
  status_.held = follower.held();
  status_.lag_batches = follower.lag_batches();
  if (std::exchange(answers_, answers) != answers) status_.last_contact = now;
  status_.last_error = follower.last_error();
  if (status_.last_error && status_.state == FollowerState::kWaiting) status_.last_error_at = now;
  status_.local_copy_error = std::move(local_copy_error);
  board_->put(status_);
}

}  // namespace beian::cache
