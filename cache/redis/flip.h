// What changes when a new generation becomes the published one: decided here, as the commands of
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
  kSnapshot,  // a full build: begins a history of its own
  kCompact,   // the published snapshot and batches merged into one: the history goes on
  kRollback,  // an operator goes back
};

struct PlaceOptions {
  // Publishes what does not come after the published one, too. It begins a new epoch, which gates'
  // activation guards let pass. Of kSnapshot only.
  bool is_forced = false;
  std::uint64_t epoch_min = 0;  // an epoch below it is raised to it; not for kCompact
};

// Fills in those fields of `*manifest` that its place in the history decides: epoch, chain,
// previous, rollback_of. On entry `manifest->chain` is the root hash, the chain of the last batch
// merged, or the chain of the manifest to go back to; for kCompact the epoch is set as well.
// Errors: kConflict, saying what is published and what to do, when the manifest does not come after
// that.
[[nodiscard]] Result<void> place(FlipKind kind, const Published& published,
                                 const PlaceOptions& options, Manifest* manifest);

// Checks that `compacted` is a state of the history that ends at `tip`. `next` is what XRANGE
// returns for the serial after it. A serial alone does not tell: a rollback may have taken back
// what was compacted, and batches of the new history reuse the serials. Errors: kConflict.
[[nodiscard]] Result<void> check_leads_on(const Manifest& compacted, const Tip& tip,
                                          const Reply& next);

struct Flip {
  FlipKind kind = FlipKind::kSnapshot;
  Manifest manifest;
  std::string bytes;                      // of the manifest
  std::string id;                         // of the manifest, in hex
  std::vector<std::string> kept;          // ids of the generations that stay, newest first
  std::vector<std::string> dropped;       // ids of the generations that are removed
  std::vector<Sha256> dropped_chunks;     // chunks that only those used
  std::uint64_t backlog_from_serial = 0;  // older batches are trimmed; kCompact only
};

std::vector<RedisCommand> flip_commands(const RedisKeys& keys, const Flip& flip,
                                        const std::optional<Tip>& tip);

}  // namespace beian::cache
