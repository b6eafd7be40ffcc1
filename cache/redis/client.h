// A Redis deployment behind one interface: a single server, a master watched by Sentinels, or a
// Cluster.
//
// Calls are synchronous on the caller's thread, and each has a deadline; only the resolution of a
// host name can block beyond it. One thread at a time, except for cancel(). This is an interface so
// that tests can put scripted fakes in its place; connect_redis() returns the real client.
//
// A connection is opened by the first call that needs it, and after a failure by the next call. The
// client never repeats a command whose outcome it does not know: kUnavailable after a write may
// mean that the write was done. It follows MOVED and ASK, and asks the Sentinels for the master
// again after a lost connection or READONLY. It never waits before a retry; that is for the caller
// (backoff.h).
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

// How long to wait for an answer.
struct Patience {
  using Milliseconds = std::chrono::milliseconds;

  template <class Rep, class Period>
  Patience(std::chrono::duration<Rep, Period> all) : first(all) {}
  Patience(Milliseconds begin, Milliseconds progress) : first(begin), more(progress) {}

  Milliseconds first;  // for the whole answer, connecting included
  // When not zero, a long answer may take longer as long as it makes progress: each
  // kAnswerPieceBytes received extends the deadline to `more` from then, up to
  // kRedisTransferDeadline in all, and each server of a pipeline has `first` anew. A slower trickle
  // does not count as progress.
  Milliseconds more{0};
};

class RedisClient {
 public:
  virtual ~RedisClient() = default;
  RedisClient() = default;
  RedisClient(const RedisClient&) = delete;
  RedisClient& operator=(const RedisClient&) = delete;

  // Sends one command, routed by its key. For a blocking command, `patience` must be longer than
  // its BLOCK. Errors: kUnavailable (unreachable, deadline, cancelled, or an error reply such as
  // LOADING: "HOST:PORT refused XADD: …"), kUntrusted (password, user or certificate refused),
  // kDamaged (the key is of another type), kBadInput (the reply is not RESP within limits.h). A
  // reply of type kError is never returned.
  [[nodiscard]] virtual Result<Reply> call(const RedisCommand& command, Patience patience) = 0;

  // Asks the server that has `key` whether it is in step: a master, or a replica with a link to its
  // master. Errors: as call(); kUnavailable when it is not, and then the next call looks for
  // another server. A server that does not tell (the ACL forbids ROLE) is assumed to be in step.
  [[nodiscard]] virtual Result<void> check_in_step(std::string_view key, Patience patience) = 0;

  // Sends many commands, each routed by its own key; those for one server go out in one write, in
  // order. Returns their replies in the order of `commands`; a reply may be of type kError, which
  // does not affect the others. Errors: as call(); it is then not known how many commands were
  // done.
  [[nodiscard]] virtual Result<std::vector<Reply>> pipeline(
      const std::vector<RedisCommand>& commands, Patience patience) = 0;

  // An optimistic transaction over keys of one slot: WATCH `watched`, run `reads`, ask `decide`
  // what to do given their replies, then MULTI … EXEC on the same connection. Returns EXEC's
  // replies, or nullopt when a watched key changed meanwhile and nothing was done. An error from
  // `decide` is returned as it is; an empty decision does nothing and returns an empty list.
  // Errors: as call(); kUnavailable once EXEC was sent: whether it was done is not known.
  using Decide = std::function<Result<std::vector<RedisCommand>>(const std::vector<Reply>&)>;
  [[nodiscard]] virtual Result<std::optional<std::vector<Reply>>> transaction(
      const std::vector<std::string>& watched, const std::vector<RedisCommand>& reads,
      const Decide& decide, std::chrono::milliseconds deadline) = 0;

  // Waits for `time`, or until cancel(). Returns false when cancelled.
  virtual bool pause(std::chrono::milliseconds time) = 0;

  // Any thread, any time: the call in progress, and every later one, returns kUnavailable
  // "cancelled".
  virtual void cancel() noexcept = 0;
};

// Checks files and options without connecting. Errors: kUnavailable (a file cannot be read),
// kBadInput (a certificate, key or password file without valid content).
[[nodiscard]] Result<std::unique_ptr<RedisClient>> connect_redis(RedisOptions options);

}  // namespace beian::cache
