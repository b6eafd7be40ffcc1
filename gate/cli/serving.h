// What a gate answers from while it runs: the parts that its configuration names, and the registry
// that a follower may replace at any moment. Whatever changes is handed to the workers as a whole.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "cache/base/result.h"
#include "cache/redis/follower_driver.h"
#include "gate/cli/config.h"
#include "gate/http/gate_state.h"
#include "gate/http/server.h"

namespace beian::cli {

class Serving {
 public:
  // Loads all that `config` names, and begins to follow when it names a Redis; with a good local
  // copy that is served already on return. Errors: those of load_state(), and kUsage, kBadInput or
  // kUnavailable for settings of the Redis; never because it is down.
  [[nodiscard]] static Result<std::unique_ptr<Serving>> start(const Config& config);
  ~Serving();
  Serving(const Serving&) = delete;
  Serving& operator=(const Serving&) = delete;

  http::GateState state() const;
  // Hands every change to the workers of `server` too, which must outlive this object or its
  // stop().
  void attach(http::Server* server);
  // Hands every change of certificates to `server` too, together with what it answers from.
  // REQUIRES: it is attached.
  void attach_tls(http::Server* server);
  // What new connections speak; null: they are in clear.
  const std::shared_ptr<const http::TlsContext>& tls() const noexcept { return tls_; }
  // Takes everything anew. A registry that is followed goes on being served until a newer one
  // comes, unless fewer signatures are trusted than before: then this is as a start. On error
  // nothing has changed. A registry of gigabytes takes seconds, and on a machine
  // that never rests minutes: `meanwhile` is called every now and then.
  [[nodiscard]] Result<void> reload(const Config& config, const std::function<void()>& meanwhile);
  // Whether the file that is served was written to since it was verified. It is mapped, so what
  // answers would be made of is neither the old registry nor the new one: from here on there is
  // none, and all that would rest on it is `unknown`, until a reload finds a whole file. A look at
  // the file; to be called every second or so, by the thread that called start().
  bool drop_overwritten();

  // Ends following. Before the server goes.
  void stop();

  // Counts for /metrics, of every server that this serving stands behind.
  const std::shared_ptr<http::Metrics>& metrics() const noexcept { return metrics_; }

  // Lets go of generations that no worker answers from any more, on a thread that stands back: to
  // unmap gigabytes takes tens of milliseconds, for which no answer should wait. Returns at once.
  // To be called every second or so, by the thread that called start().
  void let_go();

  // What the operator should hear of the follower since the last call; nullopt when nothing.
  // For the thread that talks.
  std::optional<std::string> news();

 private:
  Serving();
  struct Prepared;
  // Loads and checks, and changes nothing.
  [[nodiscard]] Result<Prepared> prepare(const Config& config,
                                         const std::function<void()>& meanwhile) const;
  void commit(const Config& config, Prepared next);
  // Answers from `next` from here on, with what goes on through a reload: what is followed, and
  // what callers have used of their rates.
  void adopt(const Config& config, http::GateState next,
             std::shared_ptr<const http::TlsContext> tls);
  std::vector<cache::RegistryChange> changes_with(const http::GateState& next,
                                                  bool is_built_in) const;
  void set_generation(std::shared_ptr<const cache::Generation> generation);
  // REQUIRES: mutex_ is held.
  void replace_generation(std::shared_ptr<const cache::Generation> generation);
  void hand_out();  // REQUIRES: mutex_ is held

  const std::shared_ptr<http::Metrics> metrics_;

  // For the thread that called start().
  std::shared_ptr<cache::FollowerBoard> board_;
  std::unique_ptr<cache::FollowerDriver> follower_;
  cache::Trust trust_;  // the follower's
  std::string told_;
  std::shared_ptr<const cache::Generation> overwritten_;  // what the guard still compares with
  std::atomic<bool> is_letting_go_ = false;
  std::jthread letting_go_;

  // Guarded by `mutex_`: the follower's thread sets the generation.
  mutable std::mutex mutex_;
  http::GateState state_;
  std::shared_ptr<const http::TlsContext> tls_;  // only the other thread sets it
  std::vector<http::Server*> servers_;
  http::Server* encrypted_ = nullptr;  // one of them
  std::vector<std::shared_ptr<const cache::Generation>> retired_;
};

}  // namespace beian::cli
