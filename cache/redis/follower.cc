#include "cache/redis/follower.h"

#include <algorithm>
#include <utility>

#include "cache/base/limits.h"
#include "cache/redis/backoff.h"

namespace beian::cache {
namespace {

using namespace follower_event;
using Kind = FollowerCommand::Kind;

FollowerCommand command(Kind kind) {
  FollowerCommand out;
  out.kind = kind;
  return out;
}

std::string text_of(const Position& position) {
  return "serial " + std::to_string(position.serial) + " of epoch " +
         std::to_string(position.epoch);
}

}  // namespace

bool is_newer(const Position& candidate, const Position& than) noexcept {
  return std::pair(candidate.epoch, candidate.serial) > std::pair(than.epoch, than.serial);
}

std::string_view name_of(FollowerState state) noexcept {
  switch (state) {
    case FollowerState::kStarting:
      return "starting";
    case FollowerState::kConnecting:
      return "connecting";
    case FollowerState::kFullResync:
      return "full_resync";
    case FollowerState::kPartialResync:
      return "partial_resync";
    case FollowerState::kFollowing:
      return "following";
    case FollowerState::kWaiting:
      break;
  }
  return "waiting";
}

std::optional<std::uint64_t> Follower::lag_batches() const noexcept {
  if (!held_ || !looked_.tip || looked_.tip->epoch != held_->epoch) return std::nullopt;
  return looked_.tip->serial - std::min(looked_.tip->serial, held_->serial);
}

FollowerCommand Follower::on(const FollowerEvent& event, Milliseconds now) {
  now_ = now;
  return std::visit([this](const auto& what) { return take(what); }, event);
}

// --- beginning, failing, waiting ---

FollowerCommand Follower::take(const Started& event) {
  held_ = event.local;
  state_ = FollowerState::kConnecting;
  return command(Kind::kLook);
}

FollowerCommand Follower::take(const Lost& event) {
  looked_ = {};
  return fail(event.error);
}

FollowerCommand Follower::take(const Refused& event) {
  if (candidate_) tried_ = {*looked_.head, *looked_.tip};
  return fail(event.error);
}

FollowerCommand Follower::take(const Elapsed&) {
  return command(Kind::kLook);
}

FollowerCommand Follower::fail(Error error) {
  state_ = FollowerState::kWaiting;
  last_error_ = std::move(error);
  candidate_.reset();
  stop_.reset();
  FollowerCommand out = command(Kind::kWait);
  out.wait = backoff(failures_++, seed_);
  return out;
}

// --- what Redis holds ---

FollowerCommand Follower::take(const Looked& event) {
  looked_ = event;
  looked_at_ = now_;
  if (!event.head || !event.tip) {
    const std::string_view what = event.tip    ? "lost the head of the registry"
                                  : event.head ? "lost the tip of the registry"
                                               : "holds no registry";
    const bool is_in_part = event.head || event.tip;
    return fail(make_error(ErrorKind::kUnavailable,
                           "Redis " + std::string(what) + "; publish it again" +
                               (is_in_part ? ", with --force unless it is newer" : "")));
  }
  const Position& tip = *event.tip;
  if (!held_ || (stop_ && is_newer(tip, *held_))) return read_manifest();
  if (stop_) return fail(stop_->error);
  if (tip == *held_) {
    // Before reporting that all is well again, make sure that no bad batch lies beyond the tip.
    return failures_ > 0 ? read_batches(Milliseconds{0}) : follow();
  }
  if (!is_newer(tip, *held_)) {
    const bool is_same = tip.epoch == held_->epoch && tip.serial == held_->serial;
    return fail(make_error(ErrorKind::kConflict,
                           is_same ? "fork: Redis holds another registry as " + text_of(tip) +
                                         "; publish one with a greater serial"
                                   : "Redis went back to " + text_of(tip) + "; kept " +
                                         text_of(*held_) + ". To go back, use registry rollback"));
  }
  if (tip.epoch != held_->epoch) return read_manifest();
  if (state_ != FollowerState::kFollowing) state_ = FollowerState::kPartialResync;
  return read_batches(Milliseconds{0});
}

FollowerCommand Follower::follow() {
  state_ = FollowerState::kFollowing;
  failures_ = 0;
  return read_batches(limits::kFollowBlock);
}

// --- full resync ---

FollowerCommand Follower::read_manifest() const {
  FollowerCommand out = command(Kind::kReadManifest);
  out.head = *looked_.head;
  return out;
}

FollowerCommand Follower::take(const ManifestRead& event) {
  manifest_ = event.position;
  if (!held_ || is_newer(manifest_, *held_)) {
    if (held_ && manifest_.serial < held_->serial && !event.is_rollback)
      return fail(make_error(ErrorKind::kConflict,
                             "the manifest of " + text_of(manifest_) +
                                 " goes back without a rollback record; kept " + text_of(*held_)));
    state_ = FollowerState::kFullResync;
    return command(Kind::kReadSnapshot);
  }
  // The head itself lies behind us. When our own batches were lost with a failed master, it may
  // still lead on, through the new batches on top of it.
  const bool leads_on =
      stop_ && stop_->is_fork && manifest_ != *held_ && manifest_.epoch == held_->epoch;
  if (leads_on && tried_ != std::pair(*looked_.head, *looked_.tip)) {
    state_ = FollowerState::kFullResync;
    return command(Kind::kReadSnapshot);
  }
  if (stop_) return fail(stop_->error);
  return fail(make_error(ErrorKind::kConflict,
                         "gap: Redis says " + text_of(*looked_.tip) +
                             ", but neither its stream nor its snapshot leads there from " +
                             text_of(*held_)));
}

FollowerCommand Follower::take(const SnapshotRead&) {
  candidate_ = manifest_;
  if (!held_ || is_newer(*candidate_, *held_)) return command(Kind::kActivate);
  return read_batches(Milliseconds{0});
}

FollowerCommand Follower::take(const Activated&) {
  held_ = candidate_;
  candidate_.reset();
  stop_.reset();
  return command(Kind::kLook);
}

// --- the stream ---

FollowerCommand Follower::read_batches(Milliseconds wait) const {
  FollowerCommand out = command(Kind::kReadBatches);
  out.after = base().serial;
  out.wait = wait;
  out.is_on_candidate = candidate_.has_value();
  return out;
}

std::optional<Follower::Stop> Follower::check(const Batch& batch, const Position& cursor) const {
  const std::uint64_t next = cursor.serial + 1;
  const std::string what = "batch " + std::to_string(batch.entry) + " of the stream ";
  const auto refused = [&](ErrorKind kind, const std::string& why, bool is_fork) {
    return Stop{make_error(kind, what + why), is_fork};
  };
  if (batch.error) return refused(batch.error->kind, "is refused: " + batch.error->message, false);
  if (batch.serial != batch.entry)
    return refused(ErrorKind::kConflict,
                   "says that it is " + std::to_string(batch.serial) + ": out of order", false);
  if (batch.serial < next)
    return refused(ErrorKind::kConflict,
                   "is a replay: " + std::to_string(cursor.serial) + " was applied", false);
  if (batch.serial > next)
    return refused(ErrorKind::kConflict, "leaves a gap: " + std::to_string(next) + " is missing",
                   false);
  if (batch.previous != cursor.chain)
    return refused(ErrorKind::kConflict, "is of another history: fork", true);
  return std::nullopt;
}

FollowerCommand Follower::take(const BatchesRead& event) {
  Position cursor = base();
  Run run;
  for (const Batch& batch : event.batches) {
    run.stop = check(batch, cursor);
    if (run.stop) break;
    cursor.serial = batch.serial;
    cursor.chain = batch.chain;
    run.ends.push_back(cursor);
  }
  if (!run.ends.empty()) {
    FollowerCommand out = command(Kind::kApply);
    out.count = run.ends.size();
    out.is_on_candidate = candidate_.has_value();
    run_ = std::move(run);
    return out;
  }
  if (run.stop) return stop(std::move(*run.stop));
  const bool is_behind = candidate_ || (looked_.tip && is_newer(*looked_.tip, *held_));
  if (!is_behind) return look_or_read();
  return stop({make_error(ErrorKind::kConflict,
                          "gap: the stream lost the batch after " + std::to_string(base().serial)),
               false});
}

FollowerCommand Follower::take(const Applied& event) {
  const Run run = std::exchange(run_, {});
  BEIAN_ASSERT(event.count <= run.ends.size());
  if (event.count > 0) (candidate_ ? candidate_ : held_) = run.ends[event.count - 1];
  if (candidate_ && is_newer(*candidate_, *held_)) return command(Kind::kActivate);
  // A batch that cannot be applied is treated like a missing one: a newer snapshot may lead past
  // it.
  if (event.error) return stop({*event.error, false});
  if (run.stop) return stop(*run.stop);
  if (candidate_) return read_batches(Milliseconds{0});
  return look_or_read();
}

// Goes on with the stream, unless it is time to look at head and tip again, or the tip should have
// been reached.
FollowerCommand Follower::look_or_read() {
  const bool is_due = now_ - looked_at_ >= limits::kFollowLookInterval;
  if (state_ == FollowerState::kFollowing)
    return is_due ? command(Kind::kLook) : read_batches(limits::kFollowBlock);
  if (is_at_tip()) return follow();
  const bool is_there = looked_.tip && held_->serial >= looked_.tip->serial;
  return is_due || is_there ? command(Kind::kLook) : read_batches(Milliseconds{0});
}

// Called when the stream does not lead on. Looks again, since a publisher may have moved on
// meanwhile, and then tries to continue from the snapshot.
FollowerCommand Follower::stop(Stop reason) {
  if (candidate_) {
    tried_ = {*looked_.head, *looked_.tip};
    return fail(std::move(reason.error));
  }
  stop_ = std::move(reason);
  return command(Kind::kLook);
}

}  // namespace beian::cache
