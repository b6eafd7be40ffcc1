// What is published, for people and programs: `registry status`. Reads only. One thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cache/base/result.h"
#include "cache/redis/client.h"
#include "cache/redis/keys.h"
#include "cache/redis/manifest.h"
#include "cache/redis/published.h"

namespace beian::cache {

struct GenerationStatus {
  std::string id;
  std::optional<Manifest> manifest;  // absent: its key is gone or its bytes are bad; see `problem`
  std::optional<PublicKey> signer;
  std::string problem;
  std::uint64_t chunks_missing = 0;
};

struct RegistryStatus {
  std::optional<Tip> tip;
  std::string head_id;
  std::vector<GenerationStatus> generations;  // newest first, including the head
  std::uint64_t batches = 0;                  // in the stream
  std::optional<std::uint64_t> first_batch;   // serials
  std::optional<std::uint64_t> last_batch;
  // What is wrong with the first batch that `trust` refuses, or else how tip, head and stream do
  // not fit together; empty: nothing is wrong.
  std::string batch_problem;
  std::uint64_t feeds = 0;
  std::uint64_t pending_chunks = 0;
  std::string publisher;  // the publisher at work; empty: none
};

// Errors: the client's; kDamaged. A fault of one generation is reported in its `problem`.
[[nodiscard]] Result<RegistryStatus> read_status(RedisClient* client, const RedisKeys& keys,
                                                 const Trust& trust);

}  // namespace beian::cache
