// What changes when a new generation becomes the one that is followed: decided here, as commands of
// one transaction. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cache/base/result.h"
#include "cache/redis/keys.h"
#include "cache/redis/manifest.h"
#include "cache/redis/published.h"

namespace beian::cache {

enum class FlipKind : std::uint8_t {
  kSnapshot,  // a full build: a history of its own begins with it
  kCompact,   // the published snapshot and batches in one: the history goes on
  kRollback,  // an operator goes back
};

// Fills in what the place of `*manifest` in the history decides: epoch, chain, previous,
// rollback_of. `manifest->chain` comes as the root hash, the chain of the last batch, or that of
// the manifest gone back to; of what was compacted, its epoch comes too. Errors: kConflict, saying
// what is published and what to do, when it does not come after that; `is_forced` takes it
// nevertheless and begins a new epoch, which gates' activation guards let pass. A later epoch than
// `epoch_min` is kept.
[[nodiscard]] Result<void> place(FlipKind kind, const Published& published, bool is_forced,
                                 std::uint64_t epoch_min, Manifest* manifest);

// Whether `compacted` is a state of the history that ends at `tip`. `next`: what XRANGE gives for
// the serial behind it. Errors: kConflict. A serial alone does not tell: a rollback may have taken
// back what was compacted, and batches of the new history have the same serials.
[[nodiscard]] Result<void> check_leads_on(const Manifest& compacted, const Tip& tip,
                                          const Reply& next);

struct Flip {
  FlipKind kind = FlipKind::kSnapshot;
  Manifest manifest;
  std::string bytes;                      // of the manifest
  std::string id;                         // in hex
  std::vector<std::string> kept;          // ids of the generations that stay, newest first
  std::vector<std::string> dropped;       // ids of those that go
  std::vector<Sha256> dropped_chunks;     // that only those had
  std::uint64_t backlog_from_serial = 0;  // older batches go; kCompact only
};

// The tip after the flip: `tip` stays when batches came after what was compacted.
Tip tip_after(const Flip& flip, const std::optional<Tip>& tip);

std::vector<RedisCommand> flip_commands(const RedisKeys& keys, const Flip& flip,
                                        const std::optional<Tip>& tip);

}  // namespace beian::cache
