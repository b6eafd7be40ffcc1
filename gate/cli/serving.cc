#include "gate/cli/serving.h"

#include <sys/stat.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <utility>

#include "cache/base/aside.h"
#include "cache/base/file.h"
#include "cache/base/give_way.h"
#include "cache/snapshot/verify_patience.h"
#include "gate/cli/console.h"
#include "gate/http/gate_service.h"

namespace beian::cli {
namespace {

struct Following {
  cache::FollowerOptions options;
  std::unique_ptr<cache::RedisClient> client;
  std::shared_ptr<cache::FollowerBoard> board;
  std::shared_ptr<const cache::Generation> nothing;  // served where there is no registry yet
};

// Checks everything that can be wrong with following, before anything is changed.
Result<Following> prepare_following(const RegistrySource& source) {
  auto nothing = nothing_yet(source);
  if (!nothing) return nothing.error();
  auto redis = redis_options(source);
  if (!redis) return redis.error();
  auto options = follower_options(source);
  if (!options) return options.error();
  auto client = cache::connect_redis(std::move(*redis));
  if (!client) return client.error();
  options->seed = random_seed()[0];
  options->clock = [] { return now_in_seconds(); };
  return Following{std::move(*options), std::move(*client),
                   std::make_shared<cache::FollowerBoard>(), std::move(*nothing)};
}

constexpr std::chrono::milliseconds kBeat{250};  // half of the shortest sensible watchdog interval

std::uint64_t size_of(const std::string& file) {
  struct stat status {};
  const bool is_there = !file.empty() && ::stat(file.c_str(), &status) == 0;
  return is_there ? static_cast<std::uint64_t>(status.st_size) : 0;
}

// Loads with `load` while the gate serves: verifying a registry would use every processor.
template <class Load>
auto load_aside(const Config& config, const std::function<void()>& meanwhile, const Load& load) {
  return run_aside(cache::verify_patience(size_of(config.registry.path)), load, kBeat, meanwhile);
}

bool holds(const cache::Trust& trust, const cache::PublicKey& key) {
  return std::ranges::find(trust.keys, key) != trust.keys.end();
}

// Whether `registry`, served under the trust of `before`, may stay in service under that of `now`.
// For batches it is no longer known who signed them.
bool may_stay(const cache::Registry& registry, const cache::Trust& before,
              const cache::Trust& now) {
  const bool is_narrower =
      (before.allow_unsigned && !now.allow_unsigned) ||
      std::ranges::any_of(before.keys, [&](const auto& key) { return !holds(now, key); });
  const cache::RegistryInfo& info = registry.info();
  return !is_narrower || (info.serial == info.base_serial && holds(now, info.signer));
}

// Whether a registry from a file may be served under `trust` until the first one from Redis comes.
bool is_trusted(const cache::RegistryInfo& info, const cache::Trust& trust) {
  const bool is_signed = info.signature != cache::SignatureState::kUnsigned;
  return is_signed ? trust.keys.empty() || holds(trust, info.signer) : trust.allow_unsigned;
}

}  // namespace

// Everything a configuration names, loaded and checked, so that committing it cannot fail.
struct Serving::Prepared {
  http::GateState state;
  std::shared_ptr<const http::TlsContext> tls;
  std::optional<Following> following;  // then `state` has only an empty registry
};

// What there was before a commit, as far as it matters to what is followed next.
struct Serving::Before {
  std::optional<cache::FollowerDriver::Served> followed;
  cache::Trust trust;  // of what was followed
  bool is_built_in;    // the registry that was served
};

Serving::Serving() : metrics_(std::make_shared<http::Metrics>(now_in_seconds())) {}

Result<std::unique_ptr<Serving>> Serving::start(const Config& config) {
  auto serving = std::unique_ptr<Serving>(new Serving);
  auto next = serving->prepare(config, {});
  if (!next) return next.error();
  serving->commit(config, std::move(*next));
  return serving;
}

Serving::~Serving() {
  stop();
}

Result<void> Serving::reload(const Config& config, const std::function<void()>& meanwhile) {
  auto next = prepare(config, meanwhile);
  if (!next) return next.error();
  commit(config, std::move(*next));
  return {};
}

Result<Serving::Prepared> Serving::prepare(const Config& config,
                                           const std::function<void()>& meanwhile) const {
  const bool is_followed = config.registry.is_followed();
  const bool is_serving = this->state().generation != nullptr;
  const auto load = [&] { return load_state(config, now_in_seconds()); };
  auto state = is_followed  ? load_rules(config)
               : is_serving ? load_aside(config, meanwhile, load)
                            : load();
  if (!state) return state.error();
  Prepared next{std::move(*state), nullptr, std::nullopt};
  if (config.tls.is_on()) {
    auto tls = http::TlsContext::load(config.tls);
    if (!tls) return tls.error();
    next.tls = std::move(*tls);
  }
  if (is_followed) {
    auto following = prepare_following(config.registry);
    if (!following) return following.error();
    next.state.generation = following->nothing;
    next.state.follower = following->board;
    next.following = std::move(*following);
    return next;
  }
  if (auto guarded = guard(config.registry, *next.state.generation); !guarded)
    return guarded.error();
  return next;
}

Result<void> Serving::guard(const RegistrySource& source, const cache::Generation& loaded) const {
  const auto served = overwritten_ ? overwritten_ : state().generation;
  return guard_file(source, served.get(), loaded);
}

Result<void> Serving::reload_registry(const Config& config,
                                      const std::function<void()>& meanwhile) {
  auto loaded = load_aside(config, meanwhile,
                           [&] { return open_registry(config.registry, now_in_seconds()); });
  if (!loaded) return loaded.error();
  if (auto guarded = guard(config.registry, **loaded); !guarded) return guarded.error();
  overwritten_.reset();
  const std::scoped_lock lock(mutex_);
  http::GateState next = state_;
  next.generation = std::move(*loaded);
  next.changes = changes_with(next, /*is_built_in=*/false);
  put_in_service(std::move(next));
  return {};
}

void Serving::commit(const Config& config, Prepared next) {
  overwritten_.reset();  // prepare() has compared with it
  // Once its thread is gone, nobody else replaces the registry, and what there was can be read.
  Before before = end_following();
  // Before a new follower begins, since that may serve its local copy at once: by the new rules.
  adopt(config, std::move(next.state), std::move(next.tls));
  if (next.following) follow(std::move(next), std::move(before));
}

Serving::Before Serving::end_following() {
  Before before{};
  if (follower_) before.followed = follower_->stop();
  follower_.reset();
  before.trust = std::exchange(trust_, {});
  const auto changes = state().changes;
  before.is_built_in =
      !changes.empty() && changes.front().kind == cache::RegistryChange::Kind::kBuiltIn;
  return before;
}

// Done in one step: between new certificates and new callers, nobody may slip in without either.
void Serving::adopt(const Config& config, http::GateState next,
                    std::shared_ptr<const http::TlsContext> tls) {
  const std::scoped_lock lock(mutex_);
  tls_ = std::move(tls);
  const bool is_followed = next.follower != nullptr;
  if (is_followed && state_.generation) next.generation = state_.generation;
  if (next.callers && state_.callers)
    next.callers = std::make_shared<const http::Callers>(config.callers, state_.callers.get());
  if (!is_followed) next.changes = changes_with(next, config.registry.is_built_in());
  next.is_encrypted = tls_ != nullptr;
  next.needs_certificate = !config.tls.client_ca.empty();
  put_in_service(std::move(next));
}

// Begins to follow, and settles what is served until a registry comes: see reload().
void Serving::follow(Prepared next, Before before) {
  Following& following = *next.following;
  trust_ = following.options.trust;
  const cache::FreshnessThresholds thresholds = following.options.thresholds;
  const auto kept = state().generation;  // what was served before; at a start, `nothing`
  // A key that is no longer trusted may have signed what is served. So this is treated as a start:
  // from the copy on disk, with every signature verified, or else from what Redis holds.
  const bool is_followed_on =
      before.followed && may_stay(*before.followed->registry, before.trust, trust_);
  const bool is_file_kept =
      !before.followed && !before.is_built_in && is_trusted(kept->info(), trust_);
  if (!is_followed_on) before.followed.reset();
  follower_ = std::make_unique<cache::FollowerDriver>(
      std::move(following.options), std::move(following.client), std::move(following.board),
      [this](auto generation) { set_generation(std::move(generation)); },
      std::move(before.followed));
  if (is_followed_on || kept == following.nothing) return;
  const std::scoped_lock lock(mutex_);
  if (state_.generation != kept) return;  // the copy is already in service
  // A file goes on being served, but by the ages that count now.
  const std::shared_ptr<const cache::Registry> registry(kept, &kept->registry());
  replace_generation(
      is_file_kept ? std::make_shared<const cache::Generation>(registry, thresholds, kept->source())
                   : following.nothing);
}

// The earlier changes, and the one by which `next` comes into service.
std::vector<cache::RegistryChange> Serving::changes_with(const http::GateState& next,
                                                         bool is_built_in) const {
  using Kind = cache::RegistryChange::Kind;
  auto changes = state_.changes;
  // The built-in registry is built anew each time, with the current time.
  const bool is_the_same =
      !changes.empty() &&
      (is_built_in ? changes.front().kind == Kind::kBuiltIn
                   : state_.generation->registry().chain() == next.generation->registry().chain());
  if (is_the_same) return changes;  // the same one, read again
  const cache::SnapshotInfo& info = next.generation->info();
  cache::keep_change({.kind = is_built_in ? Kind::kBuiltIn : Kind::kFile,
                      .serial = info.serial,
                      .as_of = info.as_of,
                      .at = now_in_seconds(),
                      .records = info.services},
                     &changes);
  return changes;
}

bool Serving::drop_overwritten() {
  const http::GateState now_served = state();
  if (now_served.follower != nullptr) return false;
  const auto& served = now_served.generation;
  const FileIdentity& mapped = served->registry().base().file_identity();
  const auto now = identity_of(served->source());
  const bool is_the_same_file =
      now && mapped.bytes > 0 && now->device == mapped.device && now->inode == mapped.inode;
  if (!is_the_same_file || have_same_content(*now, mapped)) return false;
  auto nothing = nothing_yet({});
  if (!nothing) return false;
  overwritten_ = served;
  set_generation(std::move(*nothing));
  return true;
}

void Serving::stop() {
  if (follower_) follower_->stop();
}

http::GateState Serving::state() const {
  const std::scoped_lock lock(mutex_);
  return state_;
}

void Serving::attach(http::Server* server) {
  const std::scoped_lock lock(mutex_);
  servers_.push_back(server);
  hand_out();
}

void Serving::attach_tls(http::Server* server) {
  const std::scoped_lock lock(mutex_);
  encrypted_ = server;
}

void Serving::set_generation(std::shared_ptr<const cache::Generation> generation) {
  const std::scoped_lock lock(mutex_);
  replace_generation(std::move(generation));
}

void Serving::replace_generation(std::shared_ptr<const cache::Generation> generation) {
  http::GateState next = state_;
  next.generation = std::move(generation);
  put_in_service(std::move(next));
}

void Serving::put_in_service(http::GateState next) {
  if (state_.generation && state_.generation != next.generation)
    retired_.push_back(std::move(state_.generation));
  state_ = std::move(next);
  hand_out();
}

void Serving::let_go() {
  if (is_letting_go_) return;
  std::vector<std::shared_ptr<const cache::Generation>> unused;
  {
    const std::scoped_lock lock(mutex_);
    const auto is_unused = [](const auto& generation) { return generation.use_count() == 1; };
    const auto first = std::partition(retired_.begin(), retired_.end(), std::not_fn(is_unused));
    std::move(first, retired_.end(), std::back_inserter(unused));
    retired_.erase(first, retired_.end());
  }
  if (unused.empty()) return;
  is_letting_go_ = true;
  letting_go_ = std::jthread([this, unused = std::move(unused)]() mutable {
    stand_back();
    unused.clear();
    is_letting_go_ = false;
  });
}

void Serving::hand_out() {
  const auto message = [state = state_](http::Service& service) {
    static_cast<http::GateService&>(service).set_state(state);
  };
  for (http::Server* const server : servers_)
    server == encrypted_ ? server->broadcast_with_tls(tls_, message) : server->broadcast(message);
}

std::optional<std::string> Serving::news() {
  const auto board = state().follower;
  if (board == nullptr) return std::nullopt;
  const auto status = board->get();
  std::string text = status->url + ": " + std::string(name_of(status->state));
  if (status->state == cache::FollowerState::kFollowing)
    text += " epoch " + std::to_string(status->held->epoch);
  if (status->state == cache::FollowerState::kWaiting && status->last_error)
    text += ": " + status->last_error->message;
  if (status->local_copy_error) text += "; local copy: " + status->local_copy_error->message;
  if (text == told_) return std::nullopt;
  return told_ = text;
}

}  // namespace beian::cli
