#include "cache/redis/follower_driver.h"

#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <utility>
#include <vector>

#include "cache/base/limits.h"
#include "cache/redis/candidate.h"
#include "cache/redis/kept_copy.h"
#include "cache/redis/named_manifest.h"
#include "cache/redis/rebase.h"
#include "cache/redis/registry_reader.h"
#include "cache/snapshot/delta.h"

namespace beian::cache {

using namespace follower_event;
using Kind = FollowerCommand::Kind;

class FollowerDriver::Impl {
 public:
  Impl(FollowerOptions options, std::unique_ptr<RedisClient> client,
       std::shared_ptr<FollowerBoard> board, OnGeneration on_generation,
       std::optional<Served> initial)
      : options_(std::move(options)),
        client_(std::move(client)),
        board_(std::move(board)),
        on_generation_(std::move(on_generation)),
        reader_(client_.get(), options_.prefix),
        copy_(options_.local_copy),
        rebase_(&reader_, options_.trust),
        follower_(options_.seed),
        guard_(options_.guard) {
    status_.url = options_.url;
    begin(std::move(initial));
    post();
    start();
  }
  ~Impl() { stop(); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  std::optional<Served> stop() {
    is_stopping_ = true;
    client_->cancel();
    if (thread_.joinable()) thread_.join();
    if (!served_) return std::nullopt;
    return Served{served_, *follower_.held(), status_.last_changes};
  }

 private:
  struct ReadBatch {
    std::string bytes;
    DeltaBatch batch;
  };

  static std::chrono::milliseconds now() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now().time_since_epoch());
  }
  void begin(std::optional<Served> initial);
  void start();
  void run();
  FollowerEvent execute(const FollowerCommand& command);
  FollowerEvent look();
  FollowerEvent read_manifest(const std::string& id);
  FollowerEvent read_snapshot();
  FollowerEvent read_batches(const FollowerCommand& command);
  FollowerEvent apply(const FollowerCommand& command);
  FollowerEvent activate();
  void rebase();
  void note_head();

  Result<std::shared_ptr<const Registry>> lead_on(const std::shared_ptr<const Registry>& from,
                                                  std::size_t begin, std::size_t end) const;
  FollowerEvent failed(const Error& error);
  void serve(std::shared_ptr<const Registry> registry, RegistryChange::Kind kind,
             std::uint64_t epoch, std::uint64_t records);
  void hand_on(std::shared_ptr<const Registry> registry);
  void post();

  // Constant after construction.
  FollowerOptions options_;
  std::unique_ptr<RedisClient> client_;
  std::shared_ptr<FollowerBoard> board_;
  OnGeneration on_generation_;

  // Owned by the thread once it runs.
  RegistryReader reader_;
  KeptCopy copy_;
  Rebase rebase_;
  std::string head_;        // as of the last look
  std::string noted_head_;  // the head that the guard counts from
  Follower follower_;
  FollowerStatus status_;
  std::shared_ptr<const Registry> served_;
  std::optional<Candidate> candidate_;  // the last one read; kept: a refused one is not read again
  std::vector<ReadBatch> read_;
  BatchGuard guard_;
  FollowerCommand command_;
  bool is_connected_ = false;
  std::uint64_t answers_ = 0;  // how often Redis had answered, as of the last post()
  std::size_t batches_at_once_ = limits::kBatchesAtOnce;

  std::atomic<bool> is_stopping_ = false;
  std::thread thread_;
};

// --- the thread ---

void FollowerDriver::Impl::begin(std::optional<Served> initial) {
  Started started;
  auto found = copy_.open(options_.trust);
  bool is_change = false;
  if (initial) status_.last_changes = std::move(initial->changes);
  if (found && (!initial || !is_newer(initial->position, found->position))) {
    is_change = !initial || is_newer(found->position, initial->position);
    initial = Served{found->registry, found->position};
  } else {
    copy_.give_up();
  }
  if (initial) {
    started.local = initial->position;
    if (is_change)
      serve(initial->registry, RegistryChange::Kind::kLocalCopy, initial->position.epoch,
            initial->registry->info().services);
    else
      hand_on(initial->registry);
    guard_.count_from(initial->registry->base().info().services, *served_);
  }
  command_ = follower_.on(started, now());
}

void FollowerDriver::Impl::start() {
  // Signals are handled by whichever thread waits for them, never by this one.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this] { run(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void FollowerDriver::Impl::run() {
  while (!is_stopping_) {
    const FollowerEvent event = execute(command_);
    command_ = follower_.on(event, now());
    rebase();
    // Otherwise the loss would go unnoticed until the deadline of the next command.
    if (reader_.is_lost() && follower_.state() == FollowerState::kFollowing)
      command_ = follower_.on(failed(*reader_.lost()), now());
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
      return apply(command);
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
  head_ = look->head.value_or("");
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
  const auto read = candidate_->read_snapshot(&reader_, copy_.download_path(), options_.trust,
                                              served_ != nullptr ? &is_stopping_ : nullptr);
  if (!read) return failed(read.error());
  return SnapshotRead{};
}

FollowerEvent FollowerDriver::Impl::read_batches(const FollowerCommand& command) {
  read_.clear();
  // Rebase reads a snapshot between batches: its pieces must not wait for batches that nobody
  // sends.
  constexpr std::chrono::milliseconds kWaitAtWork{50};
  const auto wait = rebase_.is_at_work() ? std::min(command.wait, kWaitAtWork) : command.wait;
  auto entries = reader_.batches(command.after, batches_at_once_, wait, limits::kFollowDeadline);
  if (!entries) {
    // Perhaps they were more than one reply may hold, or more than the line delivers in time.
    batches_at_once_ = std::max<std::size_t>(batches_at_once_ / 2, 1);
    return failed(entries.error());
  }
  batches_at_once_ = std::min(2 * batches_at_once_, limits::kBatchesAtOnce);
  BatchesRead out;
  for (RegistryReader::Entry& entry : *entries) {
    Batch batch;
    batch.entry = entry.serial;
    auto decoded = decode_delta(as_bytes(entry.batch), options_.trust);
    if (!decoded) {
      batch.error = decoded.error();
      out.batches.push_back(std::move(batch));
      break;
    }
    batch.serial = decoded->serial;
    batch.previous = decoded->previous;
    batch.chain = chain_after(decoded->previous, as_bytes(entry.batch));
    out.batches.push_back(std::move(batch));
    read_.push_back({std::move(entry.batch), std::move(*decoded)});
  }
  return out;
}

// `from` with the batches [begin, end) of those just read.
Result<std::shared_ptr<const Registry>> FollowerDriver::Impl::lead_on(
    const std::shared_ptr<const Registry>& from, std::size_t begin, std::size_t end) const {
  std::vector<DeltaBatch> batches;
  for (std::size_t i = begin; i < end; ++i) batches.push_back(read_[i].batch);
  return cache::apply(from, std::span<const DeltaBatch>(batches));
}

FollowerEvent FollowerDriver::Impl::apply(const FollowerCommand& command) {
  auto registry = command.is_on_candidate ? candidate_->built().registry : served_;
  Applied applied{command.count, {}};
  auto all = lead_on(registry, 0, command.count);
  if (all) {
    registry = std::move(*all);
  } else if (command.count == 1) {
    applied = {0, all.error()};
  } else {
    // One of them cannot be applied: those before it still count.
    for (std::size_t i = 0; i < command.count && !applied.error; ++i) {
      auto next = lead_on(registry, i, i + 1);
      if (next)
        registry = std::move(*next);
      else
        applied = {i, next.error()};
    }
  }
  // All or none: if a large loss comes cut into small batches, none of them may slip past the
  // guard.
  if (applied.count > 0 && !command.is_on_candidate)
    if (const auto guarded = guard_.check(*registry); !guarded) applied = {0, guarded.error()};
  if (applied.count == 0) return applied;
  std::uint64_t records = 0;
  for (std::size_t i = 0; i < applied.count; ++i) records += read_[i].batch.records.size();
  if (command.is_on_candidate) {
    Candidate::Built& built = candidate_->built();
    built.registry = registry;
    for (std::size_t i = 0; i < applied.count; ++i)
      built.batches.push_back(std::move(read_[i].bytes));
    return applied;
  }
  serve(registry, RegistryChange::Kind::kDelta, follower_.held()->epoch, records);
  guard_.took(*registry);
  for (std::size_t i = 0; i < applied.count; ++i) copy_.append(std::move(read_[i].bytes));
  return applied;
}

FollowerEvent FollowerDriver::Impl::activate() {
  const NamedManifest& manifest = candidate_->manifest();
  const Candidate::Built& built = candidate_->built();
  GuardOptions guard = options_.guard;
  // A greater epoch is a signed order of an operator: a rollback or a forced publication.
  if (follower_.held() && manifest.content.epoch > follower_.held()->epoch) guard.is_forced = true;
  const auto guarded = check_activation(served_.get(), *built.registry, guard);
  if (!guarded) return Refused{guarded.error()};
  const std::uint64_t services = built.registry->info().services;
  serve(built.registry, RegistryChange::Kind::kSnapshot, manifest.content.epoch, services);
  guard_.count_from(services, *served_);
  noted_head_ = manifest.id;
  copy_.install(manifest, *built.snapshot, built.batches);
  candidate_.reset();
  return Activated{};
}

// Takes one step towards making the newest snapshot of the followed history the new base. Batches
// that have been read come first.
void FollowerDriver::Impl::rebase() {
  if (follower_.state() != FollowerState::kFollowing || command_.kind == Kind::kApply) return;
  if (head_ != noted_head_) note_head();
  if (reader_.is_lost() || !copy_.wants_base()) return;
  if (candidate_ && candidate_->is_built())
    candidate_.reset();  // its file lies where the download goes
  const auto base =
      rebase_.step(head_, *follower_.held(), copy_.base_serial(), copy_.download_path(), now());
  if (!base) return;
  auto rebased = registry_on(*base, options_.trust);
  const auto is_same =
      rebased ? check_says_the_same(**rebased, *served_) : Result<void>(rebased.error());
  if (!is_same) {
    rebase_.put_off(now());
    return copy_.refuse_base(is_same.error());
  }
  if (!copy_.rebase(base->manifest, *base->snapshot, base->batches)) return rebase_.put_off(now());
  hand_on(std::move(*rebased));
}

// When a snapshot of what is served has been published, the guard counts losses from there.
void FollowerDriver::Impl::note_head() {
  const auto read = read_named_manifest(&reader_, head_, options_.trust, limits::kFollowDeadline);
  if (reader_.is_lost()) return;
  const Position& held = *follower_.held();
  if (read && read->content.epoch == held.epoch) {
    if (read->content.serial > held.serial) return;  // not reached yet
    guard_.count_from(read->content.services, *served_);
  }
  noted_head_ = head_;
}

// --- what others see ---

// As a change, with so many `records` in it.
void FollowerDriver::Impl::serve(std::shared_ptr<const Registry> registry,
                                 RegistryChange::Kind kind, std::uint64_t epoch,
                                 std::uint64_t records) {
  const RegistryInfo& info = registry->info();
  keep_change({kind, epoch, info.serial, info.as_of, options_.clock(), records},
              &status_.last_changes);
  hand_on(std::move(registry));
}

// Without a change: what another driver has served already, or the same on another base.
void FollowerDriver::Impl::hand_on(std::shared_ptr<const Registry> registry) {
  served_ = std::move(registry);
  on_generation_(std::make_shared<const Generation>(served_, options_.thresholds, options_.url));
}

void FollowerDriver::Impl::post() {
  const Instant now = options_.clock();
  if (status_.since == Instant{} || status_.state != follower_.state()) status_.since = now;
  status_.state = follower_.state();
  status_.held = follower_.held();
  status_.lag_batches = follower_.lag_batches();
  if (std::exchange(answers_, reader_.answers()) != reader_.answers()) status_.last_contact = now;
  const auto& error = follower_.last_error();
  if (error && (status_.state == FollowerState::kWaiting)) status_.last_error_at = now;
  status_.last_error = error;
  status_.local_copy_error = copy_.error(served_ != nullptr);
  board_->put(status_);
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
