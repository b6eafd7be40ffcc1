// Applies stored batches to the registry below them as they arrive. It applies them in groups,
// which costs about as much as one batch, but never holds more of them decoded than a bound allows.
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
  // The decoded batches that wait hold at most half of what was applied, within these bounds,
  // unless there is only one. Counted are their text and what a record takes beyond it. Every
  // application rewrites the newest overlays; with 600,000 records this takes a third longer than
  // all at once, and with the first bound alone two and a half times as long.
  static constexpr std::uint64_t kWaitingBytesFirst = std::uint64_t{32} << 20;
  static constexpr std::uint64_t kWaitingBytesMax = std::uint64_t{256} << 20;

  // `trust` must outlive it.
  Replay(std::shared_ptr<const Registry> registry, const Trust& trust)
      : registry_(std::move(registry)), trust_(trust) {}

  // Takes the next batch, which then waits; those already waiting may be applied. Errors: as
  // decode_delta(); as apply(), and then those that waited are gone. On either, `bytes` is not
  // taken.
  [[nodiscard]] Result<void> take(ByteView bytes);
  // Applies the batches that wait. Errors: as apply(); then they are gone.
  [[nodiscard]] Result<void> apply_all();

  // The registry after the batches that were applied.
  const std::shared_ptr<const Registry>& registry() const noexcept { return registry_; }
  // The serial after the last batch that was taken.
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
