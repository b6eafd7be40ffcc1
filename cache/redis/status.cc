#include "cache/redis/status.h"

#include <algorithm>
#include <utility>

#include "cache/base/bytes.h"
#include "cache/base/limits.h"
#include "cache/redis/again.h"
#include "cache/redis/fetch.h"
#include "cache/snapshot/delta.h"

namespace beian::cache {
namespace {

std::optional<std::uint64_t> serial_in(const Reply& range) {
  if (!range.is_array() || range.elements.empty()) return std::nullopt;
  const Reply& entry = range.elements.front();
  if (!entry.is_array() || entry.elements.empty()) return std::nullopt;
  return serial_of_stream_id(entry.elements.front().text);
}

Result<std::uint64_t> count_missing(RedisClient* client, const RedisKeys& keys,
                                    const Manifest& manifest) {
  constexpr std::size_t kStep = 256;
  std::uint64_t missing = 0;
  for (std::size_t first = 0; first < manifest.chunks.size(); first += kStep) {
    std::vector<RedisCommand> commands;
    for (std::size_t i = first; i < std::min(first + kStep, manifest.chunks.size()); ++i)
      commands.push_back({"EXISTS", keys.chunk(manifest.chunks[i])});
    const auto replies = client->pipeline(commands, limits::kRedisCommandDeadline);
    if (!replies) return replies.error();
    if (auto good = all_good(*replies, commands); !good) return good.error();
    missing += static_cast<std::uint64_t>(
        std::ranges::count_if(*replies, [](const Reply& reply) { return reply.integer == 0; }));
  }
  return missing;
}

// Whether Redis answered, with what no gate would take: that is reported, and the rest still read.
bool is_about_content(const Error& error) {
  return error.kind == ErrorKind::kDamaged || error.kind == ErrorKind::kUntrusted;
}

Result<GenerationStatus> read_generation(RedisClient* client, const RedisKeys& keys,
                                         const std::string& id, const Trust& trust) {
  GenerationStatus generation;
  generation.id = id;
  std::string bytes;
  auto manifest = read_manifest(client, keys, id, trust, &bytes);
  if (!manifest) {
    if (!is_about_content(manifest.error())) return manifest.error();
    generation.problem = manifest.error().message;
    return generation;
  }
  if (!*manifest) {
    generation.problem = keys.manifest(id) + " is gone";
    return generation;
  }
  generation.manifest = std::move(**manifest);
  generation.signer = stated_signer(as_bytes(bytes));
  const auto missing = count_missing(client, keys, *generation.manifest);
  if (!missing) return missing.error();
  generation.chunks_missing = *missing;
  if (*missing > 0) generation.problem = std::to_string(*missing) + " chunks are gone";
  return generation;
}

std::string serial_text(std::uint64_t serial) {
  return "serial " + std::to_string(serial);
}

// The head's manifest; nullptr when it cannot be read.
const Manifest* head_of(const RegistryStatus& status) {
  const auto head = std::ranges::find(status.generations, status.head_id, &GenerationStatus::id);
  return head != status.generations.end() && head->manifest ? &*head->manifest : nullptr;
}

// What is wrong with `batch`, for a gate that has come to `*at`; empty: nothing, and then `*at` is
// after it. A batch that is not the next one is not judged: misfit_of() tells of gaps.
std::string take_batch(const DeltaBatch& batch, const RegistryStatus& status, const RedisKeys& keys,
                       Tip* at) {
  if (batch.serial != at->serial + 1) return {};
  if (batch.previous != at->chain)
    return keys.deltas() + " " + stream_id(batch.serial) + ": not of the history of " +
           serial_text(at->serial);
  *at = {at->epoch, batch.serial, chain_after(batch)};
  const bool is_last = batch.serial == status.last_batch;
  const bool is_at_tip =
      status.tip && status.tip->epoch == at->epoch && status.tip->serial == at->serial;
  if (is_last && is_at_tip && status.tip->chain != at->chain)
    return "the tip is of another history than the batch of its serial";
  return {};
}

// What is wrong with the first batch of the stream that a gate with `trust` would refuse, by itself
// or because it does not lead from the head's snapshot to the tip; empty: nothing.
Result<std::string> first_bad_batch(RedisClient* client, const RedisKeys& keys, const Trust& trust,
                                    const RegistryStatus& status) {
  std::optional<Tip> at;  // where the head's snapshot leads to; without one nothing leads anywhere
  if (const Manifest* head = head_of(status)) at = Tip{head->epoch, head->serial, head->chain};
  std::uint64_t last_read = 0;
  while (true) {
    const auto batches = read_batches(client, keys, trust, last_read);
    if (!batches && is_about_content(batches.error())) return batches.error().message;
    if (!batches) return batches.error();
    if (batches->empty()) return std::string{};
    if (batches->back().serial <= last_read)
      return keys.deltas() + " holds batches that are not where they belong";
    last_read = batches->back().serial;
    if (!at) continue;
    for (const DeltaBatch& batch : *batches)
      if (auto problem = take_batch(batch, status, keys, &*at); !problem.empty()) return problem;
  }
}

// Why a gate that serves the head's snapshot cannot get to the tip; empty: it can.
std::string misfit_of(const RegistryStatus& status) {
  const Manifest* head = head_of(status);
  if (!status.tip || !head) return {};
  const Tip& tip = *status.tip;
  const Manifest& snapshot = *head;
  if (tip.epoch != snapshot.epoch)
    return "the tip is of epoch " + std::to_string(tip.epoch) + ", the head of epoch " +
           std::to_string(snapshot.epoch);
  const std::uint64_t end = std::max(snapshot.serial, status.last_batch.value_or(0));
  if (tip.serial != end)
    return "the tip says " + serial_text(tip.serial) + ", and what is there ends at " +
           serial_text(end);
  if (tip.serial == snapshot.serial)
    return tip.chain == snapshot.chain ? "" : "the tip is of another history than the head";
  const std::uint64_t first = status.first_batch.value_or(0);
  if (first > snapshot.serial + 1 || status.batches != end - first + 1)
    return "batches are missing between the snapshot, " + serial_text(snapshot.serial) +
           ", and the tip, " + serial_text(end);
  return {};
}

Result<RegistryStatus> read_once(RedisClient* client, const RedisKeys& keys, const Trust& trust) {
  const std::vector<RedisCommand> commands = {{"GET", keys.head()},
                                              {"GET", keys.tip()},
                                              {"XLEN", keys.deltas()},
                                              {"XRANGE", keys.deltas(), "-", "+", "COUNT", "1"},
                                              {"XREVRANGE", keys.deltas(), "+", "-", "COUNT", "1"},
                                              {"ZCARD", keys.feeds()},
                                              {"SCARD", keys.pending()},
                                              {"GET", keys.lock()}};
  const auto replies = client->pipeline(commands, limits::kRedisCommandDeadline);
  if (!replies) return replies.error();
  if (auto good = all_good(*replies, commands); !good) return good.error();
  RegistryStatus status;
  status.head_id = (*replies)[0].text;
  if (!status.head_id.empty() && !is_manifest_id(status.head_id))
    return make_error(ErrorKind::kDamaged, keys.head() + " names no manifest");
  if (!(*replies)[1].is_nil()) {
    const auto tip = decode_tip((*replies)[1].text);
    if (!tip) return make_error(tip.error().kind, keys.tip() + ": " + tip.error().message);
    status.tip = *tip;
  }
  status.batches = static_cast<std::uint64_t>((*replies)[2].integer);
  status.first_batch = serial_in((*replies)[3]);
  status.last_batch = serial_in((*replies)[4]);
  status.feeds = static_cast<std::uint64_t>((*replies)[5].integer);
  status.pending_chunks = static_cast<std::uint64_t>((*replies)[6].integer);
  status.publisher = (*replies)[7].text;
  auto ids = read_history(client, keys);
  if (!ids) return ids.error();
  if (!status.head_id.empty() && std::ranges::find(*ids, status.head_id) == ids->end())
    ids->insert(ids->begin(), status.head_id);
  for (const std::string& id : *ids) {
    auto generation = read_generation(client, keys, id, trust);
    if (!generation) return generation.error();
    status.generations.push_back(std::move(*generation));
  }
  auto problem = first_bad_batch(client, keys, trust, status);
  if (!problem) return problem.error();
  status.batch_problem = std::move(*problem);
  if (status.batch_problem.empty()) status.batch_problem = misfit_of(status);
  return status;
}

}  // namespace

Result<RegistryStatus> read_status(RedisClient* client, const RedisKeys& keys, const Trust& trust) {
  auto status = read_once(client, keys, trust);
  // Somebody may have published between two of the replies.
  if (status && !status->batch_problem.empty()) status = read_once(client, keys, trust);
  return status;
}

}  // namespace beian::cache
