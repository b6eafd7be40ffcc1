// Applies batches that were kept, as they come, to the registry below them: together, which costs
// about as much as one, and yet never with more of them decoded than a bound.
//
// One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "cache/base/bytes.h"
#include "cache/base/result.h"
#include "cache/snapshot/delta.h"
#include "cache/snapshot/registry.h"
#include "cache/snapshot/trust.h"

namespace beian::cache {

class Replay {
 public:
  // Decoded batches that wait hold at most half of what was applied, within these, or are one:
  // their text, and what a record takes beyond it. Each time that they are applied the newest
  // overlays are written anew; with 600,000 records that takes a third longer than all at once, and
  // with the first bound alone two and a half times as long.
  static constexpr std::uint64_t kWaitingBytesFirst = std::uint64_t{32} << 20;
  static constexpr std::uint64_t kWaitingBytesMax = std::uint64_t{256} << 20;

  // `trust` must outlive it.
  Replay(std::shared_ptr<const Registry> registry, const Trust& trust)
      : registry_(std::move(registry)), trust_(trust) {}

  // Takes the next batch, which waits then; those that waited may be applied. Errors: as
  // decode_delta() and apply(); `bytes` was not taken, and what waited is gone.
  [[nodiscard]] Result<void> take(ByteView bytes);
  // Applies those that wait. Errors: as apply(); they are gone.
  [[nodiscard]] Result<void> apply_all();

  // Behind the batches that were applied.
  const std::shared_ptr<const Registry>& registry() const noexcept { return registry_; }
  // As the last batch says that was taken.
  std::uint64_t serial() const noexcept {
    return waiting_.empty() ? registry_->serial() : waiting_.back().serial;
  }

 private:
  std::shared_ptr<const Registry> registry_;
  const Trust& trust_;
  std::vector<DeltaBatch> waiting_;
  std::uint64_t waiting_bytes_ = 0;
  std::uint64_t applied_bytes_ = 0;
};

}  // namespace beian::cache
