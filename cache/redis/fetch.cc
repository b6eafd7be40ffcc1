#include "cache/redis/fetch.h"

#include <algorithm>
#include <filesystem>
#include <utility>
#include <vector>

#include "cache/base/bytes.h"
#include "cache/base/file.h"
#include "cache/redis/chunk.h"
#include "cache/redis/published.h"
#include "cache/redis/stream_entry.h"
#include "cache/snapshot/delta.h"

namespace beian::cache {
namespace {

Result<void> fetch_group(RedisClient* client, const RedisKeys& keys, const Manifest& manifest,
                         std::size_t first, std::size_t count, AtomicFile* file) {
  std::vector<RedisCommand> commands;
  for (std::size_t i = first; i < first + count; ++i)
    commands.push_back({"GET", keys.chunk(manifest.chunks[i])});
  const auto replies = client->pipeline(commands, limits::kRedisTransferDeadline);
  if (!replies) return replies.error();
  for (std::size_t i = 0; i < count; ++i) {
    const Reply& reply = (*replies)[i];
    const std::string& key = commands[i][1];
    if (!reply.is_text())
      return make_error(ErrorKind::kDamaged,
                        key + (reply.is_nil() ? " is gone" : ": " + printable(reply.text)));
    const auto piece = restore_chunk(as_bytes(reply.text), manifest.chunks[first + i],
                                     chunk_size(manifest, first + i));
    if (!piece) return make_error(piece.error().kind, key + ": " + piece.error().message);
    if (auto written = file->write(as_bytes(*piece)); !written) return written;
  }
  return {};
}

// The next entries of the stream after `serial`. Errors: the client's.
Result<std::vector<Reply>> read_entries(RedisClient* client, const RedisKeys& keys,
                                        std::uint64_t serial) {
  auto reply = client->call({"XRANGE", keys.deltas(), stream_id(serial + 1), "+", "COUNT",
                             std::to_string(limits::kPublishBatchesAtOnce)},
                            limits::kRedisTransferDeadline);
  if (!reply) return reply.error();
  return std::move(reply->elements);
}

// Errors: kDamaged and kUntrusted, naming the entry.
Result<std::vector<DeltaBatch>> batches_in(std::vector<Reply> entries, const RedisKeys& keys,
                                           const Trust& trust) {
  std::vector<DeltaBatch> batches;
  for (Reply& item : entries) {
    const StreamEntry entry = stream_entry(std::move(item));
    if (entry.batch.empty())
      return make_error(ErrorKind::kDamaged, keys.deltas() + " holds an entry that is no batch");
    auto batch = decode_delta(as_bytes(entry.batch), trust);
    if (!batch)
      return make_error(batch.error().kind, keys.deltas() + " " + stream_id(entry.serial) + ": " +
                                                batch.error().message);
    batches.push_back(std::move(*batch));
  }
  return batches;
}

// What to do about a batch of the stream that no trusted key has signed.
std::string way_out(const Error& error, const Registry& registry) {
  if (error.kind != ErrorKind::kUntrusted) return {};
  return "; `registry rollback --serial " + std::to_string(registry.info().base_serial) +
         "` takes back all batches on top of that snapshot, and --key names another who may sign";
}

// REQUIRES: head or tip is missing.
Error nothing_to_fetch(const Published& published) {
  if (published.head_id.empty() && !published.tip)
    return make_error(ErrorKind::kConflict,
                      "no registry is published there; begin with `registry publish`");
  const std::string_view what = published.head              ? "tip"
                                : published.head_id.empty() ? "head"
                                                            : "manifest";
  return make_error(ErrorKind::kConflict, "Redis lost the " + std::string(what) +
                                              " of what is published; publish it again, with "
                                              "--force unless it is newer");
}

Result<std::shared_ptr<const Snapshot>> open_head(RedisClient* client, const RedisKeys& keys,
                                                  const Trust& trust, const Manifest& manifest,
                                                  const std::string& path,
                                                  const PublishProgress& progress) {
  if (std::error_code ignored; std::filesystem::exists(path, ignored)) {
    auto kept = open_trusted(path, trust);
    if (kept && (*kept)->info().root_hash == manifest.root_hash) return kept;
  }
  if (auto fetched = fetch_snapshot(client, keys, manifest, path, progress); !fetched)
    return fetched.error();
  auto opened = open_trusted(path, trust);
  if (opened && ((*opened)->info().root_hash != manifest.root_hash ||
                 (*opened)->info().serial != manifest.serial))
    return make_error(ErrorKind::kDamaged,
                      "the chunks in Redis make another snapshot than their "
                      "manifest says");
  return opened;
}

}  // namespace

Result<void> fetch_snapshot(RedisClient* client, const RedisKeys& keys, const Manifest& manifest,
                            const std::string& path, const PublishProgress& progress) {
  auto file = AtomicFile::create(path);
  if (!file) return file.error();
  const std::size_t total = manifest.chunks.size();
  for (std::size_t first = 0; first < total; first += limits::kPublishGroupChunks) {
    const std::size_t count = std::min(limits::kPublishGroupChunks, total - first);
    if (auto got = fetch_group(client, keys, manifest, first, count, &*file); !got) return got;
    const std::uint64_t done = std::uint64_t{manifest.chunk_bytes} * (first + count);
    if (!progress(std::min(done, manifest.file_bytes), manifest.file_bytes))
      return make_error(ErrorKind::kUnavailable, "interrupted");
  }
  return file->commit();
}

Result<std::vector<DeltaBatch>> read_batches(RedisClient* client, const RedisKeys& keys,
                                             const Trust& trust, std::uint64_t serial) {
  auto entries = read_entries(client, keys, serial);
  if (!entries) return entries.error();
  return batches_in(std::move(*entries), keys, trust);
}

Result<std::shared_ptr<const Registry>> catch_up(RedisClient* client, const RedisKeys& keys,
                                                 const Trust& trust,
                                                 std::shared_ptr<const Registry> registry) {
  for (;;) {
    auto entries = read_entries(client, keys, registry->serial());
    if (!entries) return entries.error();  // a user without rights is kUntrusted, too
    const auto batches = batches_in(std::move(*entries), keys, trust);
    if (!batches)
      return make_error(batches.error().kind,
                        batches.error().message + way_out(batches.error(), *registry));
    if (batches->empty()) return registry;
    auto applied = cache::apply(registry, std::span<const DeltaBatch>(*batches));
    if (!applied)
      return make_error(applied.error().kind, keys.deltas() + ": " + applied.error().message);
    registry = std::move(*applied);
  }
}

Result<FetchedRegistry> fetch_registry(RedisClient* client, const RedisKeys& keys,
                                       const Trust& trust, const std::string& folder,
                                       const PublishProgress& progress) {
  const auto published = read_published(client, keys, trust);
  if (!published) return published.error();
  if (!published->head || !published->tip) return nothing_to_fetch(*published);
  const Manifest& manifest = *published->head;
  const auto snapshot =
      open_head(client, keys, trust, manifest, folder + "/published.snap", progress);
  if (!snapshot) return snapshot.error();
  auto registry = catch_up(client, keys, trust, Registry::over(*snapshot, manifest.chain));
  if (!registry) return registry.error();
  const Tip& tip = *published->tip;
  if (tip.epoch != manifest.epoch || (*registry)->serial() < tip.serial)
    return make_error(ErrorKind::kDamaged, "batches up to serial " + std::to_string(tip.serial) +
                                               " were published, and the stream ends at " +
                                               std::to_string((*registry)->serial()) +
                                               "; publish a whole snapshot");
  return FetchedRegistry{std::move(*registry), manifest.epoch, published->head_signer};
}

}  // namespace beian::cache
