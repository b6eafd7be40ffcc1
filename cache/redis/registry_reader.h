// Reads from Redis what a publisher keeps there, and checks the form of every reply: whatever
// answers is hostile input. What the bytes say is judged by decode_manifest() and decode_delta().
//
// One thread, that of the client, which must outlive it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cache/base/result.h"
#include "cache/redis/client.h"
#include "cache/redis/keys.h"
#include "cache/redis/tip.h"

namespace beian::cache {

class RegistryReader {
 public:
  using Milliseconds = std::chrono::milliseconds;

  struct Look {
    std::optional<std::string> head;  // 64 hexadecimal digits
    std::optional<Tip> tip;
  };
  struct Entry {
    std::uint64_t serial = 0;  // of the entry's id; 0 when that is none of ours
    std::string batch;         // empty when the entry has no such field
  };

  RegistryReader(RedisClient* client, std::string_view prefix) : client_(*client), keys_(prefix) {}

  // Each is one exchange within `deadline`. Errors: those of the client, and then is_lost();
  // kDamaged for a reply of another form, or text that is none of ours.
  [[nodiscard]] Result<Look> look(Milliseconds deadline);
  // Nullopt when the key is gone.
  [[nodiscard]] Result<std::optional<std::string>> manifest(std::string_view id,
                                                            Milliseconds deadline);
  // In the order of `contents`; nullopt for a key that is gone.
  [[nodiscard]] Result<std::vector<std::optional<std::string>>> chunks(
      std::span<const Sha256> contents, Milliseconds deadline);
  // At most `count_max` entries after `serial`, waiting up to `wait` for the first when that is not
  // zero; `deadline` is for the rest.
  [[nodiscard]] Result<std::vector<Entry>> batches(std::uint64_t serial, std::size_t count_max,
                                                   Milliseconds wait, Milliseconds deadline);

  // Whether the last error came from the client: Redis did not answer.
  bool is_lost() const noexcept { return is_lost_; }

 private:
  Result<Reply> call(const RedisCommand& command, Milliseconds deadline);

  RedisClient& client_;
  RedisKeys keys_;
  bool is_lost_ = false;
};

}  // namespace beian::cache
