#include "cache/redis/lease.h"

#include <utility>

#include "cache/base/bytes.h"
#include "cache/base/limits.h"
#include "cache/redis/again.h"

namespace beian::cache {
namespace {

std::string lease_milliseconds() {
  return std::to_string(std::chrono::milliseconds(limits::kPublisherLease).count());
}

}  // namespace

Lease::Lease(RedisClient* client, std::string key, std::string token)
    : client_(client), key_(std::move(key)), token_(std::move(token)) {}

Lease::Lease(Lease&& other) noexcept
    : client_(std::exchange(other.client_, nullptr)),
      key_(std::move(other.key_)),
      token_(std::move(other.token_)) {}

Lease::~Lease() {
  if (client_ == nullptr) return;
  // Delete it only if it is still ours: it may have expired and been taken by somebody else. If
  // this fails, the lease expires by itself.
  const auto released = client_->transaction(
      {key_}, {look()},
      [this](const std::vector<Reply>& seen) -> Result<std::vector<RedisCommand>> {
        if (!is_ours(seen.front())) return std::vector<RedisCommand>{};
        return std::vector<RedisCommand>{{"DEL", key_}};
      },
      limits::kRedisCommandDeadline);
  static_cast<void>(released);
}

Result<Lease> Lease::take(RedisClient* client, const RedisKeys& keys, std::string token,
                          std::uint64_t seed) {
  Lease lease(client, keys.lock(), std::move(token));
  const std::vector<RedisCommand> commands = {
      {"SET", lease.key_, lease.token_, "NX", "PX", lease_milliseconds()}, lease.look()};
  // Longer than a dead publisher's lease can last, by a second for a slow line.
  constexpr auto kLooks =
      (limits::kPublisherLease + std::chrono::seconds{1}) / limits::kLeaseWaitStep;
  Reply holder;
  for (int i = 0; i < kLooks; ++i) {
    const auto taken = again(
        client, seed, [&] { return client->pipeline(commands, limits::kRedisCommandDeadline); });
    Error error;
    if (!taken) {
      error = taken.error();
    } else if (const auto good = all_good(*taken, commands); !good) {
      error = good.error();
    } else if (lease.is_ours(taken->back())) {
      return lease;
    } else {
      holder = taken->back();
      if (client->pause(limits::kLeaseWaitStep)) continue;
      error = make_error(ErrorKind::kUnavailable, "cancelled");
    }
    lease.client_ = nullptr;
    return error;
  }
  lease.client_ = nullptr;
  return make_error(
      ErrorKind::kConflict,
      "another publisher is at work: " + printable(holder.text) + "; try again when it is done");
}

RedisCommand Lease::keep() const {
  return {"PEXPIRE", key_, lease_milliseconds()};
}

Error Lease::lost(const Reply& reply) const {
  return make_error(ErrorKind::kConflict,
                    reply.is_text() ? "another publisher took over: " + printable(reply.text)
                                    : "this publisher was slower than its lease; run it again, and "
                                      "only what is missing is sent");
}

}  // namespace beian::cache
