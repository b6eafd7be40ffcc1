#include "cache/redis/follower_driver.h"

#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <utility>

#include "cache/redis/batch_run.h"
#include "cache/redis/candidate.h"
#include "cache/redis/follower.h"
#include "cache/redis/kept_copy.h"
#include "cache/redis/named_manifest.h"
#include "cache/redis/rebase.h"
#include "cache/redis/registry_reader.h"

namespace beian::cache {
namespace {

using namespace follower_event;
using Kind = FollowerCommand::Kind;

std::chrono::milliseconds steady_now() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now().time_since_epoch());
}

// Signals are handled by whichever thread waits for them, never by this one.
template <class Work>
std::thread start_without_signals(Work work) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread thread(std::move(work));
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return thread;
}

}  // namespace

// Belongs to the thread that constructs it until its own begins, and again when that has ended.
// Only is_stopping_, and the client's cancel(), are for other threads meanwhile.
//
// What comes from Redis has one owner at a time:
//
//   run_         batches just read: from kReadBatches to kApply, which gives them to output_ and
//                copy_, or to the candidate
//   candidate_   a generation to be served: from kReadManifest to kActivate, which gives it to
//                output_ and copy_; one that fails stays until another manifest is read
//   rebase_      a generation to lie below what is served already: only while following
//
// The snapshots of the last two are downloaded to one path, copy_.download_path(). So reading the
// candidate's stops the rebase, and a rebase drops a candidate that has its own there.
//
// The copy on disk is written in four places: activate() and apply_to_served(), which have served
// it before; rebase(), which changes no answer; and look(), for what the disk did not take.
class FollowerDriver::Impl {
 public:
  Impl(FollowerOptions options, std::unique_ptr<RedisClient> client,
       std::shared_ptr<FollowerBoard> board, OnGeneration on_generation,
       std::optional<Served> initial)
      : options_(std::move(options)),
        client_(std::move(client)),
        reader_(client_.get(), options_.prefix),
        follower_(options_.seed),
        output_(options_.url, options_.thresholds, options_.clock, std::move(board),
                std::move(on_generation)),
        copy_(options_.local_copy),
        guard_(options_.guard),
        run_(&reader_, options_.trust),
        rebase_(&reader_, options_.trust) {
    FollowerCommand first = begin(std::move(initial));
    post();
    thread_ = start_without_signals([this, first = std::move(first)] { run(first); });
  }
  ~Impl() { stop(); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  std::optional<Served> stop() {
    is_stopping_ = true;
    client_->cancel();
    if (thread_.joinable()) thread_.join();
    if (!output_.served()) return std::nullopt;
    return Served{output_.served(), *follower_.held(), output_.changes()};
  }

 private:
  FollowerCommand begin(std::optional<Served> initial);
  void run(FollowerCommand command);
  FollowerEvent execute(const FollowerCommand& command);
  FollowerEvent look();
  FollowerEvent read_manifest(const std::string& id);
  FollowerEvent read_snapshot();
  FollowerEvent read_batches(const FollowerCommand& command);
  FollowerEvent apply_to_candidate(std::size_t count);
  FollowerEvent apply_to_served(std::size_t count);
  FollowerEvent activate();
  FollowerEvent failed(const Error& error);

  void between_batches();
  void note_head();
  void rebase();
  void post() { output_.post(follower_, reader_.answers(), copy_.error(is_serving())); }
  bool is_serving() const noexcept { return output_.served() != nullptr; }

  const FollowerOptions options_;
  const std::unique_ptr<RedisClient> client_;

  RegistryReader reader_;
  bool is_connected_ = false;
  Follower follower_;
  FollowerOutput output_;  // has what is served
  KeptCopy copy_;
  BatchGuard guard_;
  std::string noted_head_;  // id of the head that the guard counts from

  BatchRun run_;
  std::optional<Candidate> candidate_;
  Rebase rebase_;

  std::atomic<bool> is_stopping_ = false;
  std::thread thread_;
};

// --- the thread ---

// Serves the local copy, unless `initial` is newer or there is no copy. Returns the first command.
FollowerCommand FollowerDriver::Impl::begin(std::optional<Served> initial) {
  auto found = copy_.open(options_.trust);
  if (found && initial && is_newer(initial->position, found->position)) found.reset();
  if (!found) copy_.give_up();
  const bool is_change = found && (!initial || is_newer(found->position, initial->position));
  if (initial) output_.continue_from(std::move(initial->changes));
  if (found) initial = Served{found->registry, found->position};
  if (!initial) return follower_.on(Started{}, steady_now());
  const Registry& registry = *initial->registry;
  if (is_change)
    output_.serve(initial->registry, RegistryChange::Kind::kLocalCopy, initial->position.epoch,
                  registry.info().services);
  else
    output_.serve_unchanged(initial->registry);
  guard_.count_from(registry.base().info().services, registry);
  return follower_.on(Started{initial->position}, steady_now());
}

void FollowerDriver::Impl::run(FollowerCommand command) {
  while (!is_stopping_) {
    const FollowerEvent event = execute(command);
    command = follower_.on(event, steady_now());
    if (follower_.state() == FollowerState::kFollowing && command.kind != Kind::kApply) {
      between_batches();
      // Otherwise the loss would go unnoticed until the deadline of the next command.
      if (reader_.is_lost()) command = follower_.on(failed(*reader_.lost()), steady_now());
    }
    post();
  }
}

FollowerEvent FollowerDriver::Impl::execute(const FollowerCommand& command) {
  switch (command.kind) {
    case Kind::kLook:
      return look();
    case Kind::kReadManifest:
      return read_manifest(command.head);
    case Kind::kReadSnapshot:
      return read_snapshot();
    case Kind::kReadBatches:
      return read_batches(command);
    case Kind::kApply:
      return command.is_on_candidate ? apply_to_candidate(command.count)
                                     : apply_to_served(command.count);
    case Kind::kActivate:
      return activate();
    case Kind::kWait:
      break;
  }
  client_->pause(command.wait);
  return Elapsed{};
}

FollowerEvent FollowerDriver::Impl::failed(const Error& error) {
  if (!reader_.is_lost()) return Refused{error};
  is_connected_ = false;
  return Lost{error};
}

// --- commands ---

FollowerEvent FollowerDriver::Impl::look() {
  copy_.flush();
  const auto deadline =
      is_connected_ ? limits::kFollowDeadline : limits::kFollowDeadline + options_.connect_deadline;
  auto look = reader_.look(deadline);
  if (!look) return failed(look.error());
  is_connected_ = true;
  return Looked{std::move(look->head), look->tip};
}

FollowerEvent FollowerDriver::Impl::read_manifest(const std::string& id) {
  if (!candidate_ || candidate_->manifest().id != id) {
    candidate_.reset();
    auto read = read_named_manifest(&reader_, id, options_.trust, options_.command_deadline);
    if (!read) return failed(read.error());
    candidate_.emplace(std::move(*read));
  }
  const NamedManifest& manifest = candidate_->manifest();
  return ManifestRead{manifest.position(), manifest.content.rollback_of.has_value()};
}

FollowerEvent FollowerDriver::Impl::read_snapshot() {
  rebase_.stop();
  // While nothing is served, there is nobody to stand back for.
  const auto read = candidate_->read_snapshot(&reader_, copy_.download_path(), options_.trust,
                                              is_serving() ? &is_stopping_ : nullptr);
  if (!read) return failed(read.error());
  return SnapshotRead{};
}

FollowerEvent FollowerDriver::Impl::read_batches(const FollowerCommand& command) {
  // Rebase reads a snapshot between batches: its pieces must not wait for batches that nobody
  // sends.
  constexpr std::chrono::milliseconds kWaitAtWork{50};
  const auto wait = rebase_.is_at_work() ? std::min(command.wait, kWaitAtWork) : command.wait;
  auto read = run_.read(command.after, wait);
  if (!read) return failed(read.error());
  return std::move(*read);
}

FollowerEvent FollowerDriver::Impl::apply_to_candidate(std::size_t count) {
  Candidate::Built& built = candidate_->built();
  auto [registry, applied, error] = run_.apply_to(built.registry, count);
  built.registry = std::move(registry);
  for (std::string& batch : run_.take(applied)) built.batches.push_back(std::move(batch));
  return Applied{applied, std::move(error)};
}

FollowerEvent FollowerDriver::Impl::apply_to_served(std::size_t count) {
  auto [registry, applied, error] = run_.apply_to(output_.served(), count);
  if (applied == 0) return Applied{0, std::move(error)};
  // All or none: if a large loss comes cut into small batches, none of them may slip past the
  // guard.
  if (const auto guarded = guard_.check(*registry); !guarded) return Applied{0, guarded.error()};
  output_.serve(registry, RegistryChange::Kind::kDelta, follower_.held()->epoch,
                run_.records(applied));
  guard_.took(*registry);
  for (std::string& batch : run_.take(applied)) copy_.append(std::move(batch));
  return Applied{applied, std::move(error)};
}

FollowerEvent FollowerDriver::Impl::activate() {
  const NamedManifest& manifest = candidate_->manifest();
  const Candidate::Built& built = candidate_->built();
  GuardOptions guard = options_.guard;
  // A greater epoch is a signed order of an operator: a rollback or a forced publication.
  if (follower_.held() && manifest.content.epoch > follower_.held()->epoch) guard.is_forced = true;
  const auto guarded = check_activation(output_.served().get(), *built.registry, guard);
  if (!guarded) return Refused{guarded.error()};
  const std::uint64_t services = built.registry->info().services;
  output_.serve(built.registry, RegistryChange::Kind::kSnapshot, manifest.content.epoch, services);
  guard_.count_from(services, *built.registry);
  noted_head_ = manifest.id;
  copy_.install(manifest, *built.snapshot, built.batches);
  candidate_.reset();
  return Activated{};
}

// --- between batches, while following ---

void FollowerDriver::Impl::between_batches() {
  if (follower_.head() != noted_head_) note_head();
  if (!reader_.is_lost() && copy_.wants_base()) rebase();
}

// When a snapshot of what is served has been published, the guard counts losses from there.
void FollowerDriver::Impl::note_head() {
  const std::string& head = *follower_.head();
  const auto read = read_named_manifest(&reader_, head, options_.trust, limits::kFollowDeadline);
  if (reader_.is_lost()) return;
  const Position& held = *follower_.held();
  if (read && read->content.epoch == held.epoch) {
    if (read->content.serial > held.serial) return;  // not reached yet
    guard_.count_from(read->content.services, *output_.served());
  }
  noted_head_ = head;
}

// Takes one step towards making the newest snapshot of the followed history the new base, of the
// copy and of what is served.
void FollowerDriver::Impl::rebase() {
  if (candidate_ && candidate_->is_built()) candidate_.reset();
  const auto base = rebase_.step(*follower_.head(), *follower_.held(), copy_.base_serial(),
                                 copy_.download_path(), steady_now());
  if (!base) return;
  auto rebased = registry_on(*base, options_.trust);
  const auto is_same =
      rebased ? check_says_the_same(**rebased, *output_.served()) : Result<void>(rebased.error());
  if (!is_same) {
    rebase_.put_off(steady_now());
    return copy_.refuse_base(is_same.error());
  }
  if (!copy_.rebase(base->manifest, *base->snapshot, base->batches))
    return rebase_.put_off(steady_now());
  output_.serve_unchanged(std::move(*rebased));
}

// --- the outside ---

FollowerDriver::FollowerDriver(FollowerOptions options, std::unique_ptr<RedisClient> client,
                               std::shared_ptr<FollowerBoard> board, OnGeneration on_generation,
                               std::optional<Served> initial)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(client), std::move(board),
                                   std::move(on_generation), std::move(initial))) {}

FollowerDriver::~FollowerDriver() = default;

std::optional<FollowerDriver::Served> FollowerDriver::stop() {
  return impl_->stop();
}

}  // namespace beian::cache
