#include "cache/redis/flip.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "cache/base/bytes.h"
#include "cache/redis/stream_entry.h"
#include "cache/snapshot/delta.h"

namespace beian::cache {
namespace {

constexpr std::string_view kNotPublishedAnyMore =
    "what was compacted is not published any more; compact again";

std::string name_of_tip(const Tip& tip) {
  return "serial " + std::to_string(tip.serial) + " (epoch " + std::to_string(tip.epoch) + ")";
}

Result<void> place_compacted(const Published& published, const Manifest& manifest) {
  const Tip newest = published.newest();
  if (!published.head || published.head->epoch != newest.epoch || manifest.epoch != newest.epoch)
    return make_error(ErrorKind::kConflict, std::string(kNotPublishedAnyMore));
  if (manifest.serial > published.head->serial && manifest.serial <= newest.serial) return {};
  return make_error(ErrorKind::kConflict, "there is nothing to compact: " + name_of_tip(newest) +
                                              " is a snapshot already");
}

// How the head differs from what `manifest` describes, though it is the same snapshot.
std::string_view difference_from_head(const Manifest& manifest, const Published& published,
                                      std::uint64_t epoch_min) {
  const bool is_head = published.head && published.head->root_hash == manifest.root_hash &&
                       published.newest().serial == manifest.serial;
  if (!is_head) return {};
  if (published.is_tip_of_head())
    return published.head->epoch < epoch_min ? " in an earlier epoch" : " with another signature";
  return published.tip ? " with the tip of another history" : " without its tip";
}

// A new epoch is an operator's order to every gate: the activation guard lets it pass. Batches
// signed in earlier epochs do not fit on it.
void begin_epoch(std::uint64_t epoch, Manifest* manifest) {
  manifest->epoch = epoch;
  manifest->chain = chain_of_epoch(manifest->chain, epoch);
}

// Guards against overflow: whoever can write to Redis can claim that any epoch is published.
Result<void> begin_epoch_behind(const Tip& newest, std::uint64_t epoch_min, Manifest* manifest) {
  if (newest.epoch == std::numeric_limits<std::uint64_t>::max())
    return make_error(ErrorKind::kConflict,
                      name_of_tip(newest) +
                          " is published, and no epoch comes after that; delete the tip and, if "
                          "its manifest says the same, the head");
  begin_epoch(std::max(newest.epoch + 1, epoch_min), manifest);
  return {};
}

Result<void> place_snapshot(const Published& published, const PlaceOptions& options,
                            Manifest* manifest) {
  const auto [is_forced, epoch_min] = options;
  const Tip newest = published.newest();
  const bool is_newer = manifest->serial > newest.serial;
  if (is_newer && (!is_forced || newest.epoch == 0)) {
    manifest->epoch = std::max<std::uint64_t>(newest.epoch, 1);
    // Redis was emptied after epochs had been published there.
    if (epoch_min > manifest->epoch) begin_epoch(epoch_min, manifest);
    return {};
  }
  if (!is_forced)
    return make_error(ErrorKind::kConflict,
                      "serial " + std::to_string(manifest->serial) + " does not come after " +
                          name_of_tip(newest) + ", which is published" +
                          std::string(difference_from_head(*manifest, published, epoch_min)) +
                          "; build a newer one, or publish with --force");
  if (!is_newer) manifest->rollback_of = newest.serial;
  return begin_epoch_behind(newest, epoch_min, manifest);
}

// `tip` stays when batches came after what was compacted.
Tip tip_after(const Flip& flip, const std::optional<Tip>& tip) {
  const Manifest& manifest = flip.manifest;
  if (flip.kind == FlipKind::kCompact && tip && tip->serial > manifest.serial) return *tip;
  return {manifest.epoch, manifest.serial, manifest.chain};
}

}  // namespace

Result<void> place(FlipKind kind, const Published& published, const PlaceOptions& options,
                   Manifest* manifest) {
  manifest->previous.reset();
  manifest->rollback_of.reset();
  if (!published.head_id.empty()) {
    manifest->previous.emplace();
    from_hex(published.head_id, *manifest->previous);
  }
  switch (kind) {
    case FlipKind::kSnapshot:
      return place_snapshot(published, options, manifest);
    case FlipKind::kCompact:
      return place_compacted(published, *manifest);
    case FlipKind::kRollback:
      manifest->rollback_of = published.newest().serial;
      return begin_epoch_behind(published.newest(), options.epoch_min, manifest);
  }
  return {};
}

Result<void> check_leads_on(const Manifest& compacted, const Tip& tip, const Reply& next) {
  const auto gone = [] {
    return make_error(ErrorKind::kConflict, std::string(kNotPublishedAnyMore));
  };
  if (tip.epoch != compacted.epoch) return gone();
  if (tip.serial == compacted.serial && tip.chain == compacted.chain) return {};
  if (tip.serial <= compacted.serial || !next.is_array() || next.elements.size() != 1)
    return gone();
  const StreamEntry entry = stream_entry(next.elements[0]);
  const auto link = read_link(as_bytes(entry.batch));
  if (!link || link->serial != compacted.serial + 1 || link->previous != compacted.chain)
    return gone();
  return {};
}

std::vector<RedisCommand> flip_commands(const RedisKeys& keys, const Flip& flip,
                                        const std::optional<Tip>& tip) {
  std::vector<RedisCommand> commands = {
      {"SET", keys.manifest(flip.id), flip.bytes},
      {"SET", keys.head(), flip.id},
      {"SET", keys.tip(), encode_tip(tip_after(flip, tip))},
      {"DEL", keys.history()},
  };
  RedisCommand history = {"RPUSH", keys.history()};
  history.insert(history.end(), flip.kept.begin(), flip.kept.end());
  commands.push_back(std::move(history));
  for (const std::string& id : flip.dropped) commands.push_back({"DEL", keys.manifest(id)});
  if (!flip.dropped_chunks.empty()) {
    RedisCommand pending = {"SADD", keys.pending()};
    for (const Sha256& chunk : flip.dropped_chunks) pending.emplace_back(as_text(chunk));
    commands.push_back(std::move(pending));
  }
  // Batches of the abandoned history would stand in the way of new ones with the same serials.
  if (flip.kind == FlipKind::kCompact) {
    commands.push_back({"XTRIM", keys.deltas(), "MINID", stream_id(flip.backlog_from_serial)});
  } else {
    commands.push_back({"DEL", keys.deltas()});
    // Feeds taken back by this flip no longer count as published.
    commands.push_back(
        {"ZREMRANGEBYSCORE", keys.feeds(), "(" + std::to_string(flip.manifest.serial), "+inf"});
  }
  return commands;
}

}  // namespace beian::cache
