#include "gate/cli/registry_source.h"

#include "cache/feed/feed.h"
#include "cache/snapshot/seal.h"
#include "cache/snapshot/snapshot_writer.h"

namespace beian::embedded {
std::string_view registry_ndjson() noexcept;
}

namespace beian::cli {
namespace {

using cache::Generation;
using cache::Snapshot;

constexpr cache::FreshnessThresholds kNeverStale{std::chrono::seconds::max(),
                                                 std::chrono::seconds::max()};

void add_record(cache::SnapshotWriter* writer, const cache::FeedRecord& record) {
  if (const auto* subject = std::get_if<SubjectRecord>(&record)) writer->add(*subject);
  if (const auto* service = std::get_if<ServiceRecord>(&record)) writer->add(*service);
  if (const auto* gone = std::get_if<cache::RemoveSubject>(&record))
    writer->remove_subject(gone->id);
  if (const auto* gone = std::get_if<cache::RemoveService>(&record))
    writer->remove_service(gone->id);
}

Result<std::shared_ptr<const Generation>> build_in(Instant now) {
  cache::SnapshotWriter writer;
  const auto fed = cache::read_feed_text(
      embedded::registry_ndjson(), "built-in registry", {},
      [&](cache::FeedRecord&& record) { add_record(&writer, record); },
      [](const cache::FeedProblem&) {});
  if (!fed) return fed.error();
  cache::add_test_identities(&writer);
  cache::SealOptions seal;
  seal.as_of = now;
  seal.has_test_identities = true;
  auto bytes = std::move(writer).to_bytes(seal);
  if (!bytes) return bytes.error();
  auto snapshot = Snapshot::from_bytes(std::move(*bytes));
  if (!snapshot) return snapshot.error();
  return std::make_shared<const Generation>(std::move(*snapshot), kNeverStale, "built-in");
}

}  // namespace

Result<std::shared_ptr<const Generation>> open_registry(const RegistrySource& source, Instant now) {
  if (source.path.empty()) return build_in(now);
  std::vector<cache::PublicKey> keys;
  for (const std::string& path : source.trusted_key_files) {
    auto key = cache::load_public_key(path);
    if (!key) return key.error();
    keys.push_back(*key);
  }
  auto snapshot = Snapshot::open(source.path, {keys});
  if (!snapshot) return snapshot.error();
  return std::make_shared<const Generation>(std::move(*snapshot), source.thresholds, source.path);
}

}  // namespace beian::cli
