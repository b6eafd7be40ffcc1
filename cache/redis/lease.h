// One publisher at a time: a key that names the publisher at work and expires by itself when that
// one dies. The flip to a new generation checks it in the same transaction, so a publisher that
// outlived its lease changes nothing. One thread.
#pragma once

#include <cstdint>
#include <string>

#include "cache/base/result.h"
#include "cache/redis/client.h"
#include "cache/redis/keys.h"

namespace beian::cache {

class Lease {
 public:
  // Takes the lease. Waits for a dead publisher's lease to expire, but not for a live publisher to
  // finish. `token` names this process for people and must be unique. Errors: the client's;
  // kConflict naming the holder.
  [[nodiscard]] static Result<Lease> take(RedisClient* client, const RedisKeys& keys,
                                          std::string token, std::uint64_t seed);
  ~Lease();  // gives it back
  Lease(Lease&& other) noexcept;
  Lease& operator=(Lease&&) = delete;

  // To be sent with every step of the work; its reply goes to is_ours().
  RedisCommand look() const { return {"GET", key_}; }
  RedisCommand keep() const;
  bool is_ours(const Reply& reply) const { return reply.is_text() && reply.text == token_; }
  const std::string& key() const noexcept { return key_; }
  Error lost(const Reply& reply) const;  // kConflict

 private:
  Lease(RedisClient* client, std::string key, std::string token);

  RedisClient* client_;
  std::string key_;
  std::string token_;
};

}  // namespace beian::cache
