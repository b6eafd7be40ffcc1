// A Redis deployment as one thing to talk to: a server, a Sentinel-watched master, or a Cluster.
//
// Calls are synchronous on the caller's thread, each with a deadline; nothing blocks beyond it but
// the resolution of a host name. One thread at a time, cancel() excepted. An interface, so that
// scripted fakes stand in for it in tests; connect_redis() gives the real one.
//
// Connections are opened by the first call that needs them, and anew by the next call after a
// failure. The client never repeats a command whose fate it does not know: kUnavailable after a
// write may mean that it was done. It follows MOVED and ASK, and asks the Sentinels for the master
// again after a loss or READONLY. It never waits before it tries again: see backoff.h.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cache/base/result.h"
#include "cache/redis/options.h"
#include "cache/redis/reply.h"

namespace beian::cache {

// How long an answer is waited for.
struct Patience {
  using Milliseconds = std::chrono::milliseconds;

  template <class Rep, class Period>
  Patience(std::chrono::duration<Rep, Period> all) : first(all) {}
  Patience(Milliseconds begin, Milliseconds progress) : first(begin), more(progress) {}

  Milliseconds first;  // for all of it, connecting included
  // Not zero: a long answer may take longer while it comes. Each kAnswerPieceBytes of it give so
  // much time again, up to kRedisTransferDeadline in all, and each server of a pipeline has the
  // first anew. Less than that is a drip, and no progress.
  Milliseconds more{0};
};

class RedisClient {
 public:
  virtual ~RedisClient() = default;
  RedisClient() = default;
  RedisClient(const RedisClient&) = delete;
  RedisClient& operator=(const RedisClient&) = delete;

  // One command, routed by its key. For a blocking command, `patience` must be longer than its
  // BLOCK. Errors: kUnavailable (cannot reach,
  // deadline, cancelled, an error reply such as LOADING: "HOST:PORT refused XADD: …"), kUntrusted
  // (password, user or certificate refused), kBadInput (the reply is not RESP within limits.h). A
  // reply of type kError is never returned.
  [[nodiscard]] virtual Result<Reply> call(const RedisCommand& command, Patience patience) = 0;

  // Asks the server that has `key` whether it is in step: a master, or a replica with a link to
  // one. Errors: as call(); kUnavailable when it is not, and then another is found the next time.
  // One that does not tell (no rule of the ACL) is taken at its word.
  [[nodiscard]] virtual Result<void> check_in_step(std::string_view key, Patience patience) = 0;

  // Many commands, each routed by its own key; those for one server go in one write, in order.
  // Returns their replies in the order of `commands`; a reply may be of type kError, the others
  // stand. Errors: as call(); how many of them were done is then not known.
  [[nodiscard]] virtual Result<std::vector<Reply>> pipeline(
      const std::vector<RedisCommand>& commands, Patience patience) = 0;

  // An optimistic transaction over keys of one slot: WATCH `watched`, run `reads`, ask `decide`
  // what to do with their replies, then MULTI … EXEC on the same connection. Returns EXEC's
  // replies, or nullopt when a watched key was changed meanwhile and nothing was done. `decide`'s
  // error is returned as it is; an empty decision does nothing and returns an empty list. Errors:
  // as call(); kUnavailable from EXEC on: whether it was done is not known.
  using Decide = std::function<Result<std::vector<RedisCommand>>(const std::vector<Reply>&)>;
  [[nodiscard]] virtual Result<std::optional<std::vector<Reply>>> transaction(
      const std::vector<std::string>& watched, const std::vector<RedisCommand>& reads,
      const Decide& decide, std::chrono::milliseconds deadline) = 0;

  // Waits `time`, or until cancel(). False when cancelled.
  virtual bool pause(std::chrono::milliseconds time) = 0;

  // Any thread, any time: the call that waits, and every later one, gives kUnavailable "cancelled".
  virtual void cancel() noexcept = 0;
};

// Checks files and options, and connects to nothing yet. Errors: kUnavailable (a file), kBadInput
// (a certificate, key or password file that is none).
[[nodiscard]] Result<std::unique_ptr<RedisClient>> connect_redis(RedisOptions options);

}  // namespace beian::cache
