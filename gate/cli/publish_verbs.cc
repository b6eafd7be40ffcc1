#include <unistd.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cache/redis/delta_publisher.h"
#include "cache/redis/publisher.h"
#include "cache/snapshot/compact.h"
#include "gate/cli/config.h"
#include "gate/cli/console.h"
#include "gate/cli/exit_code.h"
#include "gate/cli/feed_flags.h"
#include "gate/cli/progress.h"
#include "gate/cli/status_verb.h"
#include "gate/cli/verbs.h"

namespace beian::cli {
namespace {

struct PublishFlags {
  std::string url;
  std::string file;
  std::string signing_key;
  std::vector<std::string> trusted_keys;
  std::size_t generations_kept = limits::kGenerationsKept;
  bool is_forced = false;
  std::uint64_t epoch = 0;
  std::optional<std::uint64_t> serial;
  std::string feed_id;
  std::string dialect;
  FeedTimeFlags times;
  std::string folder;
};

// What every writing verb needs. The client does not refer to the other members.
struct Session {
  std::unique_ptr<cache::RedisClient> client;
  std::optional<cache::SigningKey> key;
  cache::PublisherOptions options;
  std::string url;  // without secrets

  cache::PublisherOptions publisher_options() const {
    cache::PublisherOptions copy = options;
    copy.key = key ? &*key : nullptr;
    return copy;
  }
};

// Identifies this process to other publishers, uniquely.
std::string publisher_token(std::uint64_t random) {
  char host[256] = {};
  ::gethostname(host, sizeof host - 1);
  return std::string(host) + ":" + std::to_string(::getpid()) + ":" + std::to_string(random);
}

Result<Session> open_session(const PublishFlags& flags) {
  auto redis = cache::parse_redis_url(flags.url);
  if (!redis) return redis.error();
  Session session;
  session.url = redis->describe();
  session.options.prefix = redis->prefix;
  if (!flags.signing_key.empty()) {
    auto key = cache::SigningKey::load(flags.signing_key);
    if (!key) return key.error();
    session.key.emplace(std::move(*key));
  }
  auto trusted = load_keys(flags.trusted_keys);
  if (!trusted) return trusted.error();
  cache::Trust& trust = session.options.trust;
  trust.keys = std::move(*trusted);
  if (session.key) trust.keys.push_back(session.key->public_key());
  // Without a key there is nothing to verify with, and nothing is signed either.
  trust.allow_unsigned = trust.keys.empty();
  const auto random = random_seed();
  session.options.seed = random[0];
  session.options.token = publisher_token(random[1]);
  session.options.generations_kept = flags.generations_kept;
  session.options.is_forced = flags.is_forced;
  session.options.epoch_min = flags.epoch;
  auto client = cache::connect_redis(std::move(*redis));
  if (!client) return client.error();
  session.client = std::move(*client);
  return session;
}

cache::PublishProgress shown_by(Progress* progress) {
  return
      [progress](std::uint64_t done, std::uint64_t total) { return progress->update(done, total); };
}

std::string mebibytes(std::uint64_t bytes) {
  const std::uint64_t tenths = (bytes * 10 + 512 * 1024) / (1024 * 1024);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " MiB";
}

std::string position(std::uint64_t serial, std::uint64_t epoch) {
  return "serial " + std::to_string(serial) + ", epoch " + std::to_string(epoch);
}

int tell(const Session& session, const cache::PublishReceipt& receipt) {
  std::string line = (receipt.was_published ? "already published at " : "published at ") +
                     session.url + ": " + position(receipt.serial, receipt.epoch);
  if (receipt.was_published && receipt.upload.sent > 0)
    line += ", " + std::to_string(receipt.upload.sent) + " chunks that were gone sent again";
  if (!receipt.was_published) {
    line += ", " + std::to_string(receipt.upload.chunks) + " chunks (" +
            std::to_string(receipt.upload.sent) + " sent, " + mebibytes(receipt.upload.sent_bytes) +
            ")";
    if (receipt.dropped_generations > 0)
      line += ", " + std::to_string(receipt.dropped_generations) + " old generations dropped";
  }
  print_talk(line);
  if (!receipt.is_sealed)
    print_talk(
        "it is not the whole registry (--incomplete): by every gate that follows, what it does not "
        "deny is unknown");
  return 0;
}

int publish(const PublishFlags& flags) {
  auto session = open_session(flags);
  if (!session) return fail(session.error());
  cache::Publisher publisher(session->client.get(), session->publisher_options());
  auto receipt = [&] {
    Progress progress("uploading");
    return publisher.publish(flags.file, now_in_seconds(), shown_by(&progress));
  }();
  if (!receipt) return fail(receipt.error());
  return tell(*session, *receipt);
}

int rollback(const PublishFlags& flags) {
  auto session = open_session(flags);
  if (!session) return fail(session.error());
  cache::Publisher publisher(session->client.get(), session->publisher_options());
  auto receipt = [&] {
    Progress progress("checking");
    return publisher.rollback(flags.serial, now_in_seconds(), shown_by(&progress));
  }();
  if (!receipt) return fail(receipt.error());
  return tell(*session, *receipt);
}

// --- verbs that build on what is published ---

// Where the published snapshot is stored: in the given folder, or in a temporary one.
class WorkFolder {
 public:
  static Result<WorkFolder> open(const std::string& named) {
    std::error_code error;
    if (!named.empty()) {
      std::filesystem::create_directories(named, error);
      if (error) return make_error(ErrorKind::kUnavailable, named + ": " + error.message());
      return WorkFolder(named, false);
    }
    std::string pattern = (std::filesystem::temp_directory_path(error) / "beian-XXXXXX").string();
    if (error || ::mkdtemp(pattern.data()) == nullptr)
      return make_error(ErrorKind::kUnavailable, "cannot make a folder for temporary files");
    return WorkFolder(pattern, true);
  }
  WorkFolder(WorkFolder&& other) noexcept
      : path_(std::move(other.path_)), is_temporary_(std::exchange(other.is_temporary_, false)) {}
  WorkFolder& operator=(WorkFolder&&) = delete;
  ~WorkFolder() {
    std::error_code ignored;
    if (is_temporary_) std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const noexcept { return path_; }

 private:
  WorkFolder(std::string path, bool is_temporary)
      : path_(std::move(path)), is_temporary_(is_temporary) {}

  std::string path_;
  bool is_temporary_;
};

Result<cache::FetchedRegistry> fetch(const Session& session, const WorkFolder& folder) {
  Progress progress("reading what is published");
  return cache::fetch_registry(session.client.get(), cache::RedisKeys(session.options.prefix),
                               session.options.trust, folder.path(), shown_by(&progress));
}

Result<cache::DeltaFeed> read_delta_feed(const PublishFlags& flags) {
  cache::DeltaFeed feed;
  const auto times = feed_times(flags.times, now_in_seconds());
  if (!times) return times.error();
  feed.as_of = times->as_of;
  feed.next_update = times->next_update;
  const auto dialect = dialect_of(flags.dialect, flags.file);
  if (!dialect) return dialect.error();
  const auto fed = cache::read_feed(
      flags.file, {*dialect, 0},
      [&](cache::FeedRecord&& record) { feed.records.push_back(std::move(record)); },
      [](const cache::FeedProblem&) {});
  if (!fed) return fed.error();
  feed.is_id_of_records = flags.feed_id.empty();
  feed.id = feed.is_id_of_records ? cache::feed_id_of(feed.records) : flags.feed_id;
  return feed;
}

// Warns that the registry's date is later than the feed's.
void tell_late(const cache::DeltaFeed& feed, Instant registry_as_of) {
  print_talk("the feed is as of " + format_instant(feed.as_of) + ", the registry stays as of " +
             format_instant(registry_as_of));
  if (registry_as_of > now_in_seconds())
    print_talk(
        "that is still to come, by this machine's clock; if the clock is right, the registry "
        "counts as fresh until then, however old it is: publish a whole snapshot to set it right");
}

int delta(const PublishFlags& flags) {
  auto feed = read_delta_feed(flags);
  if (!feed) return fail(feed.error());
  tell_odd_times(flags.times, {feed->as_of, feed->next_update}, now_in_seconds());
  auto session = open_session(flags);
  if (!session) return fail(session.error());
  const auto folder = WorkFolder::open(flags.folder);
  if (!folder) return fail(folder.error());
  auto fetched = fetch(*session, *folder);
  if (!fetched) return fail(fetched.error());
  cache::DeltaPublisher publisher(session->client.get(), session->publisher_options(),
                                  std::move(*fetched));
  const auto receipt = publisher.publish(*feed);
  if (!receipt) return fail(receipt.error());
  const std::string known = receipt->batches_known == 0
                                ? ""
                                : ", " + std::to_string(receipt->batches_known) + " known already";
  print_talk("published at " + session->url + ": " + position(receipt->serial, receipt->epoch) +
             ", " + std::to_string(receipt->batches) + " batches of feed " + feed->id + known);
  if (receipt->batches > 0 && feed->as_of < receipt->as_of) tell_late(*feed, receipt->as_of);
  return 0;
}

int compact_published(const PublishFlags& flags) {
  auto session = open_session(flags);
  if (!session) return fail(session.error());
  const auto folder = WorkFolder::open(flags.folder);
  if (!folder) return fail(folder.error());
  const auto fetched = fetch(*session, *folder);
  if (!fetched) return fail(fetched.error());
  const cache::Registry& registry = *fetched->registry;
  cache::SealOptions seal = cache::seal_of(registry);
  seal.key = session->key ? &*session->key : nullptr;
  const std::string path = folder->path() + "/compacted.snap";
  if (const auto written = cache::compact(registry, path, seal); !written)
    return fail(written.error());
  cache::Publisher publisher(session->client.get(), session->publisher_options());
  auto receipt = [&] {
    Progress progress("uploading");
    return publisher.publish_compacted(path, fetched->position(), now_in_seconds(),
                                       shown_by(&progress));
  }();
  if (!receipt) return fail(receipt.error());
  return tell(*session, *receipt);
}

// --- the command line ---

using Flags = std::shared_ptr<PublishFlags>;

void add_target(Verb verb, const Flags& flags) {
  verb.option("--to", &flags->url, "redis://…; README.md lists the forms").required();
  verb.option("--key", &flags->trusted_keys,
              "public key of somebody who may have signed what is there; may repeat")
      .named("FILE");
}

Verb add_writer(Verb registry, const char* name, const char* what, const Flags& flags) {
  Verb verb = registry.verb(name, what);
  add_target(verb, flags);
  verb.option("--sign", &flags->signing_key, "Ed25519 private key made by keygen");
  return verb;
}

void add_generations(Verb verb, const Flags& flags) {
  verb.option("--keep", &flags->generations_kept,
              "generations to go back to, this one included; default: " +
                  std::to_string(limits::kGenerationsKept))
      .in_range(std::size_t{1}, limits::kGenerationsKeptMax);
}

void add_folder(Verb verb, const Flags& flags) {
  verb.option("--copy", &flags->folder,
              "folder that keeps the published snapshot, so that it is not read again");
}

void add_delta(Verb registry) {
  const Flags flags = std::make_shared<PublishFlags>();
  Verb verb = add_writer(registry, "delta", "Publish changes on top of what is published", flags);
  verb.option("FEED", &flags->file, "records that change, or op delete").required();
  verb.option("--feed-id", &flags->feed_id,
              "a feed with a known id is not published twice; default: of its content");
  verb.option("--dialect", &flags->dialect, "ndjson, csv or miit; default by the name");
  add_feed_times(verb, &flags->times);
  add_folder(verb, flags);
  verb.run([=] { return delta(*flags); });
}

}  // namespace

void add_publishing(Verb registry) {
  const Flags flags = std::make_shared<PublishFlags>();
  Verb publish_verb =
      add_writer(registry, "publish", "Make a snapshot the one that every gate follows", flags);
  publish_verb.option("FILE", &flags->file, "snapshot file").required();
  add_generations(publish_verb, flags);
  publish_verb.flag("--force", &flags->is_forced,
                    "even when a newer one is published, or gates would refuse the loss");
  publish_verb.option("--epoch", &flags->epoch,
                      "begin no earlier epoch: where Redis was emptied after a rollback");
  publish_verb.run([=] { return publish(*flags); });

  add_delta(registry);

  const Flags compact_flags = std::make_shared<PublishFlags>();
  Verb compact_verb = add_writer(
      registry, "compact", "Make one snapshot of the published one and its batches", compact_flags);
  add_generations(compact_verb, compact_flags);
  add_folder(compact_verb, compact_flags);
  compact_verb.run([=] { return compact_published(*compact_flags); });

  const Flags rollback_flags = std::make_shared<PublishFlags>();
  Verb rollback_verb =
      add_writer(registry, "rollback", "Go back to a generation that is kept", rollback_flags);
  rollback_verb.option(
      "--serial", &rollback_flags->serial,
      "of the generation; default: the one before the published one. That of the published "
      "one takes back the batches on top of it");
  add_generations(rollback_verb, rollback_flags);
  rollback_verb.run([=] { return rollback(*rollback_flags); });

  const Flags status_flags = std::make_shared<PublishFlags>();
  const auto is_json = std::make_shared<bool>(false);
  Verb status_verb = registry.verb("status", "What is published");
  add_target(status_verb, status_flags);
  status_verb.flag("--json", is_json.get(), "for programs");
  status_verb.run(
      [=] { return show_status(status_flags->url, status_flags->trusted_keys, *is_json); });
}

}  // namespace beian::cli
