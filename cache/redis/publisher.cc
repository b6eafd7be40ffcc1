#include "cache/redis/publisher.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <utility>

#include "cache/base/file.h"
#include "cache/redis/again.h"
#include "cache/snapshot/format.h"

namespace beian::cache {
namespace {

// Any signer will do for a manifest that is read only to find the new one's place.
const Trust kAnybody{{}, true};

Manifest manifest_of(const SnapshotInfo& info, Instant now) {
  Manifest manifest;
  manifest.serial = info.serial;
  manifest.as_of = info.as_of;
  manifest.next_update = info.next_update;
  manifest.published_at = now;
  manifest.subjects = info.subjects;
  manifest.services = info.services;
  manifest.file_bytes = info.file_bytes;
  manifest.chunk_bytes = limits::kPublishChunkBytes;
  manifest.root_hash = info.root_hash;
  manifest.chain = info.root_hash;
  return manifest;
}

// Adds the way out when damaged keys make the place of a new generation impossible to tell.
Error over_damage(const Error& error) {
  if (error.kind != ErrorKind::kDamaged) return error;
  return make_error(error.kind, error.message +
                                    "; to publish over it, delete that key, and say --epoch with "
                                    "a greater one than any that a gate serves");
}

// Adds what makes a snapshot one that may be published.
Error with_signing(const Error& error) {
  if (error.kind != ErrorKind::kUntrusted) return error;
  return make_error(error.kind,
                    error.message + "; build it with --sign, or name by --key who has signed it");
}

// Whether the mapped bytes are the ones that were verified: the file may have been replaced in
// between.
bool is_same_file(ByteView bytes, const SnapshotInfo& info) {
  format::Header header;
  if (bytes.size() != info.file_bytes || bytes.size() < sizeof header) return false;
  std::memcpy(&header, bytes.data(), sizeof header);
  return std::ranges::equal(header.root_hash, info.root_hash);
}

void sort_unique(std::vector<Sha256>* hashes) {
  std::ranges::sort(*hashes);
  hashes->erase(std::unique(hashes->begin(), hashes->end()), hashes->end());
}

std::vector<Sha256> without(const std::vector<Sha256>& some, const std::vector<Sha256>& others) {
  std::vector<Sha256> rest;
  std::ranges::set_difference(some, others, std::back_inserter(rest));
  return rest;
}

// Whether going from `head` to `listed` would not be going back: `head` took it back, or holds the
// same registry.
bool is_no_way_back(const Manifest& listed, const Manifest& head) {
  return listed.serial > head.serial ||
         (listed.serial == head.serial && listed.root_hash == head.root_hash);
}

}  // namespace

Publisher::Publisher(RedisClient* client, PublisherOptions options)
    : client_(client), options_(std::move(options)), keys_(options_.prefix) {}

Result<PublishReceipt> Publisher::publish(const std::string& path, Instant now,
                                          PublishProgress progress) {
  return publish_file(FlipKind::kSnapshot, path, std::nullopt, now, std::move(progress));
}

Result<PublishReceipt> Publisher::publish_compacted(const std::string& path, const Tip& compacted,
                                                    Instant now, PublishProgress progress) {
  return publish_file(FlipKind::kCompact, path, compacted, now, std::move(progress));
}

Result<PublishReceipt> Publisher::publish_file(FlipKind kind, const std::string& path,
                                               const std::optional<Tip>& compacted, Instant now,
                                               PublishProgress progress) {
  const auto snapshot = open_trusted(path, options_.trust);
  if (!snapshot) return with_signing(snapshot.error());
  const SnapshotInfo& info = (*snapshot)->info();
  const auto file = MappedFile::open(path);
  if (!file) return file.error();
  if (!is_same_file(file->bytes(), info))
    return make_error(ErrorKind::kConflict, path + " was replaced while it was read");
  const auto lease = Lease::take(client_, keys_, options_.token, options_.seed);
  if (!lease) return lease.error();
  const auto published =
      again(client_, options_.seed, [&] { return read_published(client_, keys_, kAnybody); });
  if (!published) return over_damage(published.error());

  Manifest manifest = manifest_of(info, now);
  if (compacted) {
    manifest.epoch = compacted->epoch;
    manifest.chain = compacted->chain;
  }
  PublishReceipt receipt;
  receipt.serial = manifest.serial;
  receipt.is_sealed = info.is_sealed;
  receipt.was_published =
      kind == FlipKind::kSnapshot && is_published(manifest, file->bytes(), *published);
  if (!receipt.was_published) {
    if (auto placed = place(kind, *published, {options_.is_forced, options_.epoch_min}, &manifest);
        !placed)
      return placed.error();
    if (!options_.is_forced)
      if (auto fitting = check_signing(published->head_signer, options_.key); !fitting)
        return fitting.error();
  }
  Uploader uploader(client_, &keys_, &*lease, options_.seed, std::move(progress));
  const auto counts = uploader.upload(file->bytes(), &manifest);
  if (!counts) return counts.error();
  receipt.upload = *counts;
  if (receipt.was_published) {
    receipt.id = published->head_id;
    receipt.epoch = published->head->epoch;
    return receipt;
  }
  if (auto done = finish(kind, manifest, *published, *lease, &receipt); !done) return done.error();
  return receipt;
}

// Whether what would be published is published already, byte for byte and by the same signer: gates
// that trust only this publisher's key take nothing that another key signed, even if the registry
// in it is the same. Not when the tip is gone, since no gate follows without it; and not when
// forced, since that begins an epoch, which gates take whatever they would lose by it.
bool Publisher::is_published(const Manifest& manifest, ByteView file,
                             const Published& published) const {
  const auto& head = published.head;
  if (!head || head->root_hash != manifest.root_hash || head->serial != manifest.serial ||
      head->chunks.empty() || !published.is_tip_of_head() || head->epoch < options_.epoch_min ||
      options_.is_forced)
    return false;
  const std::size_t first = std::min<std::size_t>(head->chunk_bytes, file.size());
  const bool is_by_us =
      options_.key == nullptr || published.head_signer == options_.key->public_key();
  return is_by_us && sha256(file.first(first)) == head->chunks.front();
}

Result<Manifest> Publisher::choose(const std::optional<std::uint64_t>& serial,
                                   const Published& published) {
  const auto history = read_history(client_, keys_);
  if (!history) return history.error();
  if (history->empty())
    return make_error(ErrorKind::kConflict,
                      "no registry is published there; begin with `registry publish`");
  std::optional<std::uint64_t> taken_back;
  for (const std::string& id : *history) {
    if (!serial && id == published.head_id) continue;
    // For a generation that is not the one asked for, neither its signer nor its condition matters.
    const auto listed = read_manifest(client_, keys_, id, serial ? kAnybody : options_.trust);
    const bool is_damaged = !listed && listed.error().kind == ErrorKind::kDamaged;
    if (!listed && !(serial && is_damaged)) return listed.error();
    if (is_damaged || !*listed || (serial && (*listed)->serial != *serial)) continue;
    if (!serial && published.head && is_no_way_back(**listed, *published.head)) {
      if (!taken_back && (*listed)->serial > published.head->serial) taken_back = (*listed)->serial;
      continue;
    }
    auto manifest = read_manifest(client_, keys_, id, options_.trust);
    if (!manifest) return manifest.error();
    if (*manifest) return std::move(**manifest);
  }
  if (serial)
    return make_error(ErrorKind::kBadInput, "no generation with serial " + std::to_string(*serial) +
                                                " is kept; `registry status` lists them");
  std::string what = "no generation before the published one is kept";
  if (published.head && published.newest().serial > published.head->serial)
    what += "; --serial " + std::to_string(published.head->serial) +
            " takes back the batches on top of it";
  if (taken_back)
    what += "; --serial " + std::to_string(*taken_back) + " brings back what it took back";
  return make_error(ErrorKind::kBadInput, what);
}

Result<PublishReceipt> Publisher::rollback(std::optional<std::uint64_t> serial, Instant now,
                                           PublishProgress progress) {
  const auto lease = Lease::take(client_, keys_, options_.token, options_.seed);
  if (!lease) return lease.error();
  const auto published = read_published(client_, keys_, kAnybody);
  if (!published) return published.error();
  if (auto fitting = check_signing(published->head_signer, options_.key); !fitting)
    return fitting.error();
  auto manifest = choose(serial, *published);
  if (!manifest) return manifest.error();
  manifest->published_at = now;
  if (auto placed =
          place(FlipKind::kRollback, *published, {.epoch_min = options_.epoch_min}, &*manifest);
      !placed)
    return placed.error();
  Uploader uploader(client_, &keys_, &*lease, options_.seed, std::move(progress));
  if (auto whole = uploader.check(*manifest); !whole) return whole.error();
  PublishReceipt receipt;
  receipt.serial = manifest->serial;
  receipt.upload.chunks = manifest->chunks.size();
  if (auto done = finish(FlipKind::kRollback, *manifest, *published, *lease, &receipt); !done)
    return done.error();
  return receipt;
}

// --- the flip ---

Result<void> Publisher::finish(FlipKind kind, const Manifest& manifest, const Published& published,
                               const Lease& lease, PublishReceipt* receipt) {
  Flip flip;
  flip.kind = kind;
  flip.manifest = manifest;
  flip.bytes = encode(manifest, options_.key);
  flip.id = to_hex(manifest_id(as_bytes(flip.bytes)));
  std::vector<Sha256> needed;
  if (auto planned = plan(published, &flip, &needed); !planned) return planned;
  if (auto flipped = execute(flip, published, lease); !flipped) return flipped;
  receipt->id = flip.id;
  receipt->epoch = manifest.epoch;
  receipt->dropped_generations = flip.dropped.size();
  // The new generation is out whether or not this succeeds: chunks left behind are removed next
  // time.
  const auto removed = remove_unneeded(needed, lease);
  receipt->removed_chunks = removed ? *removed : 0;
  return {};
}

Result<void> Publisher::plan(const Published& published, Flip* flip, std::vector<Sha256>* needed) {
  const auto history = read_history(client_, keys_);
  if (!history) return history.error();
  flip->kept = {flip->id};
  *needed = flip->manifest.chunks;
  std::vector<Sha256> unneeded;
  for (const std::string& id : *history) {
    if (id == flip->id) continue;
    const auto manifest = read_manifest(client_, keys_, id, kAnybody);
    // A manifest that is gone or damaged can neither be rolled back to nor cleaned up after.
    if (!manifest && manifest.error().kind != ErrorKind::kDamaged) return manifest.error();
    const bool is_there = manifest && *manifest;
    const bool is_kept = is_there && flip->kept.size() < options_.generations_kept;
    (is_kept ? flip->kept : flip->dropped).push_back(id);
    if (!is_there) continue;
    std::vector<Sha256>* const chunks = is_kept ? needed : &unneeded;
    chunks->insert(chunks->end(), (*manifest)->chunks.begin(), (*manifest)->chunks.end());
  }
  sort_unique(needed);
  sort_unique(&unneeded);
  flip->dropped_chunks = without(unneeded, *needed);
  // Keeps batches so that a follower still serving the previous snapshot can go on along them.
  if (published.head) flip->backlog_from_serial = published.head->serial + 1;
  return {};
}

Result<void> Publisher::execute(const Flip& flip, const Published& published, const Lease& lease) {
  const auto decide = [&](const std::vector<Reply>& seen) -> Result<std::vector<RedisCommand>> {
    if (seen[1].text == flip.id) return std::vector<RedisCommand>{};  // done; the reply was lost
    if (!lease.is_ours(seen[0])) return lease.lost(seen[0]);
    if (seen[1].text != published.head_id)
      return make_error(ErrorKind::kConflict, "another publisher was faster; nothing was changed");
    std::optional<Tip> tip;
    if (!seen[2].is_nil()) {
      const auto decoded = decode_tip(seen[2].text);
      if (!decoded) return decoded.error();
      tip = *decoded;
    }
    const bool may_have_moved = flip.kind == FlipKind::kCompact && tip && published.tip &&
                                tip->epoch == published.tip->epoch &&
                                tip->serial >= flip.manifest.serial;
    if (tip != published.tip && !may_have_moved)
      return make_error(ErrorKind::kConflict,
                        "a delta was published meanwhile; nothing was changed, try again");
    if (flip.kind == FlipKind::kCompact)
      if (auto leads_on = check_leads_on(flip.manifest, tip.value_or(Tip{}), seen[3]); !leads_on)
        return leads_on.error();
    return flip_commands(keys_, flip, tip);
  };
  const std::vector<std::string> watched = {lease.key(), keys_.head(), keys_.tip()};
  const std::string behind = stream_id(flip.manifest.serial + 1);
  const std::vector<RedisCommand> reads = {lease.look(),
                                           {"GET", keys_.head()},
                                           {"GET", keys_.tip()},
                                           {"XRANGE", keys_.deltas(), behind, behind}};
  return again(client_, options_.seed, [&]() -> Result<void> {
    const auto done = client_->transaction(watched, reads, decide, limits::kRedisTransferDeadline);
    if (!done) return done.error();
    // A watched key changed: look again and decide anew.
    if (!*done) return make_error(ErrorKind::kUnavailable, "what is published keeps changing");
    return all_good(**done);
  });
}

// Removes the chunks recorded as pending that no kept generation needs: those of dropped
// generations and of uploads that never completed. Checks the lease before each step; FORMAT.md
// says what happens if it is lost.
Result<std::size_t> Publisher::remove_unneeded(const std::vector<Sha256>& needed,
                                               const Lease& lease) {
  const auto pending = client_->call({"SMEMBERS", keys_.pending()}, limits::kRedisCommandDeadline);
  if (!pending) return pending.error();
  std::vector<Sha256> all;
  for (const Reply& member : pending->elements) {
    if (member.text.size() != sizeof(Sha256)) continue;
    std::memcpy(all.emplace_back().data(), member.text.data(), sizeof(Sha256));
  }
  sort_unique(&all);
  const std::vector<Sha256> gone = without(all, needed);
  std::size_t removed = 0;
  constexpr std::size_t kStep = 256;
  for (std::size_t first = 0; first < gone.size(); first += kStep) {
    const auto ours =
        client_->pipeline({lease.look(), lease.keep()}, limits::kRedisCommandDeadline);
    if (!ours) return ours.error();
    if (!lease.is_ours(ours->front())) return lease.lost(ours->front());
    std::vector<RedisCommand> commands;
    for (std::size_t i = first; i < std::min(first + kStep, gone.size()); ++i)
      commands.push_back({"UNLINK", keys_.chunk(gone[i])});
    const auto replies = client_->pipeline(commands, limits::kRedisTransferDeadline);
    if (!replies) return replies.error();
    for (const Reply& reply : *replies) removed += reply.integer == 1 ? 1U : 0U;
  }
  const auto cleared = client_->call({"DEL", keys_.pending()}, limits::kRedisCommandDeadline);
  if (!cleared) return cleared.error();
  return removed;
}

}  // namespace beian::cache
