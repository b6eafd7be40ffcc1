#include "cache/redis/delta_publisher.h"

#include <algorithm>
#include <utility>

#include "cache/base/bytes.h"
#include "cache/feed/render.h"
#include "cache/redis/again.h"
#include "cache/redis/published.h"
#include "cache/snapshot/record_of.h"

namespace beian::cache {
namespace {

bool holds(const Registry& registry, const SubjectRecord& record) {
  const auto subject = registry.by_subject_id(record.id);
  return subject && record_of(*subject) == record;
}
bool holds(const Registry& registry, const ServiceRecord& record) {
  const auto service = registry.by_service_id(record.id);
  if (!service) return false;
  ServiceRecord stored = record_of(*service);
  // A snapshot records whose a service is, but not whether the feed said so.
  if (!record.subject_id || !stored.subject_id) stored.subject_id = record.subject_id;
  return to_ndjson(stored) == to_ndjson(record);
}
bool holds(const Registry& registry, const RemoveSubject& record) {
  return !registry.by_subject_id(record.id);
}
bool holds(const Registry& registry, const RemoveService& record) {
  return !registry.by_service_id(record.id);
}

// Whether the registry already says what the part does.
bool holds(const Registry& registry, const DeltaPart& part) {
  return std::ranges::all_of(part.records, [&](const FeedRecord* record) {
    return std::visit([&](const auto& one) { return holds(registry, one); }, *record);
  });
}

// Checks `bytes`, signed by `key`, as every gate will: a batch that they refuse would stop them
// all.
Result<void> check_taken_by_gates(const std::string& bytes, const SigningKey* key) {
  const Trust ours = key != nullptr ? Trust{{key->public_key()}, false} : Trust{{}, true};
  const auto read = decode_delta(as_bytes(bytes), ours);
  if (read) return {};
  return make_error(ErrorKind::kBadInput, "no gate would take it: " + read.error().message);
}

// The serial of the last entry that the stream ever had, from the names and values that XINFO
// STREAM returns; hostile input.
std::optional<std::uint64_t> last_serial(const Reply& info) {
  for (std::size_t i = 0; i + 1 < info.elements.size(); i += 2)
    if (info.elements[i].text == "last-generated-id")
      return serial_of_stream_id(info.elements[i + 1].text);
  return std::nullopt;
}

Error elsewhere() {
  return make_error(ErrorKind::kConflict, "another snapshot was published meanwhile; run it again");
}

}  // namespace

std::string feed_id_of(const std::vector<FeedRecord>& records) {
  std::string text;
  for (const FeedRecord& record : records) text += to_ndjson(record) + "\n";
  return to_hex(sha256(text));
}

// Batches that are published in one transaction.
struct DeltaPublisher::Group {
  Tip before;
  std::vector<RedisCommand> commands;
  std::shared_ptr<const Registry> registry;  // as the last batch leaves it
  std::size_t batches = 0;
};

DeltaPublisher::DeltaPublisher(RedisClient* client, PublisherOptions options,
                               FetchedRegistry published)
    : client_(client),
      options_(std::move(options)),
      keys_(options_.prefix),
      published_(std::move(published)) {}

Result<DeltaReceipt> DeltaPublisher::publish(const DeltaFeed& feed) {
  if (auto fitting = check_signing(published_.head_signer, options_.key); !fitting)
    return fitting.error();
  if (feed.records.empty())
    return make_error(ErrorKind::kBadInput, "the feed changes nothing: it has no record");
  constexpr std::size_t kIdMax = limits::kFeedIdBytesMax - 16;
  if (feed.id.empty() || feed.id.size() > kIdMax)
    return make_error(ErrorKind::kUsage, "a feed id has 1 to " + std::to_string(kIdMax) + " bytes");
  const auto parts = parts_of(feed.id, feed.records);
  if (!parts) return parts.error();
  DeltaReceipt receipt;
  for (std::size_t first = 0; first < parts->size(); first += limits::kPublishBatchesAtOnce) {
    const std::size_t count = std::min(limits::kPublishBatchesAtOnce, parts->size() - first);
    const auto published = publish_group(feed, std::span(*parts).subspan(first, count));
    if (!published) return published.error();
    receipt.batches += *published;
    receipt.batches_known += count - *published;
  }
  receipt.epoch = published_.epoch;
  receipt.serial = published_.registry->serial();
  receipt.as_of = published_.registry->info().as_of;
  return receipt;
}

// Returns how many of the parts were new. Whenever another publisher gets in between, it looks and
// builds again.
Result<std::size_t> DeltaPublisher::publish_group(const DeltaFeed& feed,
                                                  std::span<const DeltaPart> parts) {
  // When three attempts in a row commit nothing at one serial, although the stream leads no
  // further, another snapshot was published. Fewer prove nothing: a compaction touches the tip,
  // too.
  std::uint64_t stuck_at = 0;
  int stuck = 0;
  return again(client_, options_.seed, [&]() -> Result<std::size_t> {
    auto current = catch_up(client_, keys_, options_.trust, published_.registry);
    if (!current) return current.error();
    published_.registry = std::move(*current);
    const auto news = find_new(feed, parts);
    if (!news) return news.error();
    if (news->empty()) return std::size_t{0};
    Group group;
    if (auto built = build(feed, *news, &group); !built) return built.error();
    if (auto takes = check_stream(group.before); !takes) return takes.error();
    const auto committed = commit(group);
    if (!committed) return committed.error();
    if (!*committed) {
      stuck = stuck_at == group.before.serial ? stuck + 1 : 0;
      stuck_at = group.before.serial;
      if (stuck > 1) return elsewhere();
      return make_error(ErrorKind::kUnavailable, "others publish all the time; try again");
    }
    published_.registry = std::move(group.registry);
    return group.batches;
  });
}

// Returns the parts that are not published yet. A published part that is known only by its content
// must still hold: if not, this is either an old feed sent twice, or new changes that happen to be
// worded the same; only the sender can tell.
Result<std::vector<const DeltaPart*>> DeltaPublisher::find_new(const DeltaFeed& feed,
                                                               std::span<const DeltaPart> parts) {
  std::vector<RedisCommand> commands;
  for (const DeltaPart& part : parts) commands.push_back({"ZSCORE", keys_.feeds(), part.id});
  const auto replies = client_->pipeline(commands, limits::kRedisCommandDeadline);
  if (!replies) return replies.error();
  if (auto good = all_good(*replies, commands); !good) return good.error();
  std::vector<const DeltaPart*> news;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if ((*replies)[i].is_nil())
      news.push_back(&parts[i]);
    else if (feed.is_id_of_records && !holds(*published_.registry, parts[i]))
      return make_error(ErrorKind::kBadInput,
                        "feed " + printable(parts[i].id) + " was published before (serial " +
                            printable((*replies)[i].text) +
                            "), and the registry says otherwise since; if it holds again, publish "
                            "it with a --feed-id of its own");
  }
  return news;
}

Result<void> DeltaPublisher::build(const DeltaFeed& feed,
                                   const std::vector<const DeltaPart*>& parts, Group* group) {
  group->registry = published_.registry;
  group->before = {published_.epoch, group->registry->serial(), group->registry->chain()};
  for (const DeltaPart* const part : parts) {
    const RegistryInfo& info = group->registry->info();
    // A late feed, or a slow clock, must not make the registry older than it is: every gate would
    // find it expired at once.
    const bool is_late = feed.as_of < info.as_of;
    DeltaBatch batch;
    batch.serial = info.serial + 1;
    batch.as_of = is_late ? info.as_of : feed.as_of;
    batch.next_update = is_late ? info.next_update : feed.next_update;
    batch.previous = group->registry->chain();
    batch.feed_id = part->id;
    for (const FeedRecord* const record : part->records) batch.records.push_back(*record);
    auto applied = cache::apply(group->registry, batch);
    if (!applied)
      return make_error(applied.error().kind,
                        "feed " + printable(batch.feed_id) + ": " + applied.error().message);
    std::string bytes = encode(batch, options_.key);
    if (const auto taken = check_taken_by_gates(bytes, options_.key); !taken)
      return make_error(taken.error().kind,
                        "feed " + printable(batch.feed_id) + ": " + taken.error().message);
    if (bytes.size() > limits::kRedisBulkBytesMax)
      return make_error(ErrorKind::kBadInput, "feed " + printable(batch.feed_id) +
                                                  ": its records are too large for a batch");
    group->commands.push_back({"XADD", keys_.deltas(), stream_id(batch.serial),
                               std::string(kBatchField), std::move(bytes)});
    group->commands.push_back({"ZADD", keys_.feeds(), std::to_string(batch.serial), batch.feed_id});
    group->registry = std::move(*applied);
    ++group->batches;
  }
  const Tip tip{published_.epoch, group->registry->serial(), group->registry->chain()};
  group->commands.push_back({"SET", keys_.tip(), encode_tip(tip)});
  group->commands.push_back(
      {"ZREMRANGEBYRANK", keys_.feeds(), "0", std::to_string(-(limits::kFeedIdsKept + 1))});
  return {};
}

// Redis refuses an entry that does not come after all that the stream has ever had, deleted ones
// included, but still executes the rest of the transaction: the tip would be ahead of the stream,
// and the feed would count as published.
Result<void> DeltaPublisher::check_stream(const Tip& before) {
  // Reads the tip last: any other publisher moves stream and tip together.
  const auto replies = client_->pipeline(
      {{"XINFO", "STREAM", keys_.deltas()}, {"GET", keys_.tip()}}, limits::kRedisCommandDeadline);
  if (!replies) return replies.error();
  // An error means that there is no stream yet, or that the ACL does not allow XINFO.
  const Reply& info = replies->front();
  if (info.is_error() || replies->back().text != encode_tip(before)) return {};
  const auto last = last_serial(info);
  if (last && *last <= before.serial) return {};
  return make_error(ErrorKind::kConflict,
                    keys_.deltas() + " has had entries beyond the tip, and takes no batch " +
                        std::to_string(before.serial + 1) + "; set it back with XSETID " +
                        keys_.deltas() + " " + stream_id(before.serial) +
                        ", or publish a whole snapshot");
}

// Returns false when another publisher was faster and nothing was done.
Result<bool> DeltaPublisher::commit(const Group& group) {
  const auto decide = [&](const std::vector<Reply>& seen) -> Result<std::vector<RedisCommand>> {
    if (seen[0].is_nil())
      return make_error(ErrorKind::kConflict,
                        "no registry is published there any more; begin with `registry publish`");
    const auto tip = decode_tip(seen[0].text);
    if (!tip) return tip.error();
    if (tip->epoch != group.before.epoch || tip->serial < group.before.serial ||
        (tip->serial == group.before.serial && tip->chain != group.before.chain))
      return elsewhere();
    if (*tip != group.before) return std::vector<RedisCommand>{};
    if (seen[1].is_array() && !seen[1].elements.empty()) {
      const Reply& last = seen[1].elements.front();
      const auto serial =
          last.elements.empty() ? std::nullopt : serial_of_stream_id(last.elements[0].text);
      if (!serial || *serial > group.before.serial)
        return make_error(ErrorKind::kConflict,
                          keys_.deltas() + " goes beyond the tip; publish a whole snapshot");
    }
    return group.commands;
  };
  const auto done = client_->transaction(
      {keys_.tip(), keys_.deltas()},
      {{"GET", keys_.tip()}, {"XREVRANGE", keys_.deltas(), "+", "-", "COUNT", "1"}}, decide,
      limits::kRedisTransferDeadline);
  if (!done) return done.error();
  if (!*done || (*done)->empty()) return false;
  // A retry would find the feed recorded as published, and lose it.
  if (auto good = all_good(**done); !good)
    return make_error(ErrorKind::kDamaged,
                      good.error().message + ", and the rest was done; publish a whole snapshot");
  return true;
}

}  // namespace beian::cache
