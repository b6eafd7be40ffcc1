// What a running gate answers from: the parts named by its configuration, and the registry, which a
// follower may replace at any time. Every change is handed to the workers as a whole.
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
  // Loads everything `config` names and, if it names a Redis, starts following; with a good local
  // copy, that is already served on return. Errors: those of load_state(), and kUsage, kBadInput or
  // kUnavailable for the Redis settings; never because Redis is down.
  [[nodiscard]] static Result<std::unique_ptr<Serving>> start(const Config& config);
  ~Serving();
  Serving(const Serving&) = delete;
  Serving& operator=(const Serving&) = delete;

  http::GateState state() const;
  // From now on, also hands every change to the workers of `server`, which must outlive this object
  // or its stop().
  void attach(http::Server* server);
  // From now on, also hands every change of certificates to `server`, together with what it answers
  // from. REQUIRES: it is attached.
  void attach_tls(http::Server* server);
  // What new connections use; null: plain text.
  const std::shared_ptr<const http::TlsContext>& tls() const noexcept { return tls_; }
  // Reloads everything; on error nothing changes. What is served then, by where the registry has
  // come from and where it comes from now:
  //
  //              file                      Redis
  //   built in   that file                 nothing, until one is there: as at a start
  //   file       that file; if it is the   the old one until a newer one is there, if its signature
  //              same path, guarded        is trusted; else as at a start
  //   Redis      that file                 the old one until a newer one is there, unless fewer
  //                                        signatures are trusted than before; then as at a start
  //
  // A start in front of Redis serves the local copy, if there is a good one. The built-in registry
  // is built anew; that it replaces no other is up to the caller.
  // A registry of gigabytes takes seconds, or minutes on a machine under constant load; `meanwhile`
  // is called every now and then.
  [[nodiscard]] Result<void> reload(const Config& config, const std::function<void()>& meanwhile);
  // The same for the registry alone, from the file that `config` names; the rest of what it names
  // is not read. REQUIRES: `config` is in effect, and follows nothing.
  [[nodiscard]] Result<void> reload_registry(const Config& config,
                                             const std::function<void()>& meanwhile);
  // Detects that the served file was written to since it was verified. It is mapped, so answers
  // would be made of neither the old registry nor the new one. From then on there is no registry,
  // and everything that depends on it is `unknown`, until a reload finds a whole file. Costs one
  // look at the file; to be called every second or so, by the thread that called start().
  bool drop_overwritten();

  // Stops following. To be called before the servers are destroyed.
  void stop();

  // Counts for /metrics, over all servers that use this object.
  const std::shared_ptr<http::Metrics>& metrics() const noexcept { return metrics_; }

  // Frees generations that no worker answers from any more, on a low-priority thread: unmapping
  // gigabytes takes tens of milliseconds, for which no answer should wait. Returns at once. To be
  // called every second or so, by the thread that called start().
  void let_go();

  // What the operator should hear of the follower since the last call; nullopt: nothing. To be
  // called by the thread that prints messages.
  std::optional<std::string> news();

 private:
  Serving();
  struct Prepared;
  struct Before;
  // Loads and checks, but changes nothing.
  [[nodiscard]] Result<Prepared> prepare(const Config& config,
                                         const std::function<void()>& meanwhile) const;
  // Whether the guard lets `loaded` take the place of what is, or was, served.
  [[nodiscard]] Result<void> guard(const RegistrySource& source,
                                   const cache::Generation& loaded) const;
  void commit(const Config& config, Prepared next);
  // The steps of commit(), in order.
  Before end_following();
  // Answers from `next` from now on, carrying over what outlives a reload: what is followed, and
  // how much callers have used of their rates.
  void adopt(const Config& config, http::GateState next,
             std::shared_ptr<const http::TlsContext> tls);
  void follow(Prepared next, Before before);
  std::vector<cache::RegistryChange> changes_with(const http::GateState& next,
                                                  bool is_built_in) const;
  void set_generation(std::shared_ptr<const cache::Generation> generation);
  // These REQUIRE that mutex_ is held.
  void replace_generation(std::shared_ptr<const cache::Generation> generation);
  void put_in_service(http::GateState next);
  void hand_out();

  const std::shared_ptr<http::Metrics> metrics_;

  // Used by the thread that called start().
  std::unique_ptr<cache::FollowerDriver> follower_;
  cache::Trust trust_;  // the follower's
  std::string told_;
  std::shared_ptr<const cache::Generation> overwritten_;  // the guard still compares with it
  std::atomic<bool> is_letting_go_ = false;
  std::jthread letting_go_;

  // Guarded by `mutex_`, since the follower's thread sets the generation.
  mutable std::mutex mutex_;
  http::GateState state_;
  std::shared_ptr<const http::TlsContext> tls_;  // set only by the thread that called start()
  std::vector<http::Server*> servers_;
  http::Server* encrypted_ = nullptr;  // one of servers_
  std::vector<std::shared_ptr<const cache::Generation>> retired_;
};

}  // namespace beian::cli
