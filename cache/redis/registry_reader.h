// Reads what a publisher keeps in Redis and checks the form of every reply, which is hostile input.
// What the bytes say is judged by decode_manifest() and decode_delta().
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
#include "cache/redis/stream_entry.h"
#include "cache/redis/tip.h"

namespace beian::cache {

class RegistryReader {
 public:
  using Milliseconds = std::chrono::milliseconds;

  struct Look {
    std::optional<std::string> head;  // a manifest's id
    std::optional<Tip> tip;
  };
  using Entry = StreamEntry;

  RegistryReader(RedisClient* client, std::string_view prefix) : client_(*client), keys_(prefix) {}

  // Each call below is one exchange within `deadline`. Errors: the client's, and then is_lost();
  // kDamaged for a reply of another form, or text that is not ours.
  //
  // Reads head and tip. Makes a second exchange to check that the server is in step: a replica
  // without its master serves old data, and counts as lost.
  [[nodiscard]] Result<Look> look(Milliseconds deadline);
  // Nullopt when the key is gone. `deadline` applies to the beginning of the answer, and again to
  // each piece of the rest, as Patience describes; likewise for chunks() and batches().
  [[nodiscard]] Result<std::optional<std::string>> manifest(std::string_view id,
                                                            Milliseconds deadline);
  // In the order of `contents`; nullopt for a key that is gone.
  [[nodiscard]] Result<std::vector<std::optional<std::string>>> chunks(
      std::span<const Sha256> contents, Milliseconds deadline);
  // At most `count_max` entries after `serial`; unless `wait` is zero, waits up to `wait` for the
  // first. `deadline` is for the rest.
  [[nodiscard]] Result<std::vector<Entry>> batches(std::uint64_t serial, std::size_t count_max,
                                                   Milliseconds wait, Milliseconds deadline);

  // The client's error from the last exchange: Redis did not answer. nullopt when it did.
  const std::optional<Error>& lost() const noexcept { return lost_; }
  bool is_lost() const noexcept { return lost_.has_value(); }
  // How often Redis has answered.
  std::uint64_t answers() const noexcept { return answers_; }

 private:
  Result<Reply> call(const RedisCommand& command, Patience patience);
  template <class Outcome>
  void note(const Outcome& outcome);

  RedisClient& client_;
  RedisKeys keys_;
  std::optional<Error> lost_;
  std::uint64_t answers_ = 0;
};

}  // namespace beian::cache
