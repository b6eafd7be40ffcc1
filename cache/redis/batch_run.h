// The batches of the stream that a follower has read last: what they say of themselves, for
// Follower to judge, and what they make of a registry.
//
// One thread, that of the reader.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cache/base/limits.h"
#include "cache/base/result.h"
#include "cache/redis/follower.h"
#include "cache/redis/registry_reader.h"
#include "cache/snapshot/delta.h"
#include "cache/snapshot/registry.h"
#include "cache/snapshot/trust.h"

namespace beian::cache {

class BatchRun {
 public:
  // The reader must outlive it.
  BatchRun(RegistryReader* reader, Trust trust) : reader_(reader), trust_(std::move(trust)) {}

  // Replaces the run by the next batches after `serial`; unless `wait` is zero, waits up to `wait`
  // for the first. How many it asks for depends on how many Redis has delivered in time before. The
  // run ends before an entry that is no batch, which is reported all the same. Errors: the
  // reader's; then the run is empty.
  [[nodiscard]] Result<follower_event::BatchesRead> read(std::uint64_t serial,
                                                         std::chrono::milliseconds wait);

  struct Outcome {
    std::shared_ptr<const Registry> registry;  // with the first `count` batches
    std::size_t count = 0;
    std::optional<Error> error;  // why the next one cannot be applied
  };
  // Applies as many as can be of the first `count` batches of the run to `registry`.
  Outcome apply_to(std::shared_ptr<const Registry> registry, std::size_t count) const;

  // Of the first `count` batches.
  std::uint64_t records(std::size_t count) const;
  // Moves out the bytes of the first `count` batches, and forgets the run.
  std::vector<std::string> take(std::size_t count);

 private:
  Result<std::shared_ptr<const Registry>> apply_range(const std::shared_ptr<const Registry>& to,
                                                      std::size_t first, std::size_t count) const;
  void clear();

  RegistryReader* reader_;
  Trust trust_;
  std::size_t batches_at_once_ = limits::kBatchesAtOnce;

  // The run: each batch decoded, and its bytes.
  std::vector<DeltaBatch> batches_;
  std::vector<std::string> bytes_;
};

}  // namespace beian::cache
