#include "cache/redis/rebase.h"

#include <algorithm>
#include <utility>

#include "cache/base/aside.h"
#include "cache/base/limits.h"
#include "cache/snapshot/delta.h"
#include "cache/snapshot/replay.h"

namespace beian::cache {
namespace {

// Retries begin soon, since a missing copy is worth more than one with many batches, and become
// rare, since a full disk stays full for a while and each try may read the whole snapshot again.
constexpr std::chrono::milliseconds kRetryMin = std::chrono::seconds{5};
constexpr std::chrono::milliseconds kRetryMax = std::chrono::minutes{10};
constexpr std::size_t kBatchesOfAStep = 8;  // few: new batches wait meanwhile

}  // namespace

Result<std::shared_ptr<const Registry>> registry_on(const NewBase& base, const Trust& trust) {
  Replay replay(Registry::over(base.snapshot, base.manifest.content.chain), trust);
  for (const std::string& bytes : base.batches)
    if (auto taken = replay.take(as_bytes(bytes)); !taken) return taken.error();
  if (auto applied = replay.apply_all(); !applied) return applied.error();
  return replay.registry();
}

Result<void> check_says_the_same(const Registry& rebased, const Registry& served) {
  const RegistryInfo& a = rebased.info();
  const RegistryInfo& b = served.info();
  if (a.serial == b.serial && a.chain == b.chain && a.subjects == b.subjects &&
      a.services == b.services && a.services_by_kind == b.services_by_kind &&
      a.services_by_status == b.services_by_status && a.is_sealed == b.is_sealed &&
      a.has_test_identities == b.has_test_identities && a.as_of == b.as_of &&
      a.next_update == b.next_update)
    return {};
  return make_error(ErrorKind::kConflict,
                    "the published snapshot " + std::to_string(a.base_serial) + " leads to " +
                        std::to_string(a.services) + " services of " + std::to_string(a.subjects) +
                        " subjects as serial " + std::to_string(a.serial) + ", where " +
                        std::to_string(b.services) + " of " + std::to_string(b.subjects) +
                        " are served: it is not taken; publish a whole snapshot");
}

// --- opening ---

Rebase::Opening::Opening(std::string path, Trust trust)
    : opened_(
          std::async(std::launch::async, [this, path = std::move(path), trust = std::move(trust)] {
            // What is served already has the same content, so this is in no hurry
            // at all.
            Abandoned::by(&is_abandoned_);
            stand_back();
            return open_trusted(path, trust);
          })) {}

bool Rebase::Opening::is_done() const {
  return opened_.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
}

// --- one attempt ---

Rebase::Attempt::Attempt(NamedManifest manifest, SnapshotDownload download, std::string path)
    : path_(std::move(path)),
      base_{std::move(manifest), nullptr, {}},
      phase_(std::in_place_type<SnapshotDownload>, std::move(download)) {}

Rebase::Attempt::Progress Rebase::Attempt::go_on(RegistryReader* reader, const Trust& trust,
                                                 const Tip& held) {
  if (auto* download = std::get_if<SnapshotDownload>(&phase_)) {
    if (download->is_done())
      phase_.emplace<Opening>(path_, trust);
    else if (!download->step(reader, 1, limits::kFollowDeadline))
      return Progress::kFailed;
    return Progress::kMore;
  }
  if (auto* opening = std::get_if<Opening>(&phase_)) return take_snapshot(opening);
  return read_batches(reader, held, &std::get<ReadingBatches>(phase_));
}

Rebase::Attempt::Progress Rebase::Attempt::take_snapshot(Opening* opening) {
  if (!opening->is_done()) return Progress::kMore;
  auto opened = opening->take();
  const Manifest& manifest = base_.manifest.content;
  if (!opened || (*opened)->info().root_hash != manifest.root_hash ||
      (*opened)->info().serial != manifest.serial)
    return Progress::kFailed;
  base_.snapshot = std::move(*opened);
  phase_ = ReadingBatches{manifest.chain, 0};
  return Progress::kMore;
}

// Reads some of the batches still missing up to `held`, and checks that they lead there.
Rebase::Attempt::Progress Rebase::Attempt::read_batches(RegistryReader* reader, const Tip& held,
                                                        ReadingBatches* so_far) {
  std::uint64_t serial = base_.manifest.content.serial + base_.batches.size();
  if (serial < held.serial) {
    const auto count = std::min<std::uint64_t>(kBatchesOfAStep, held.serial - serial);
    auto entries = reader->batches(serial, count, Milliseconds{0}, limits::kFollowDeadline);
    if (!entries || entries->empty()) return Progress::kFailed;
    for (RegistryReader::Entry& entry : *entries) {
      const auto link = read_link(as_bytes(entry.batch));
      if (!link || link->serial != ++serial || link->previous != so_far->chain)
        return Progress::kFailed;
      so_far->chain = chain_after(so_far->chain, as_bytes(entry.batch));
      so_far->bytes += entry.batch.size();
      if (so_far->bytes > limits::kUnsavedBatchBytesMax) return Progress::kFailed;
      base_.batches.push_back(std::move(entry.batch));
    }
  }
  if (serial < held.serial) return Progress::kMore;
  return so_far->chain == held.chain ? Progress::kComplete : Progress::kFailed;
}

// --- attempts and rests ---

void Rebase::put_off(Milliseconds now) {
  stop();
  was_lost_ = reader_->is_lost();
  retry_after_ = std::clamp(2 * retry_after_, kRetryMin, kRetryMax);
  retry_at_ = now + retry_after_;
}

// Leaves it resting when there is nothing to do, or it cannot be done.
void Rebase::begin(const std::string& head, const Tip& held, std::optional<std::uint64_t> above,
                   const std::string& path) {
  stop();
  head_ = head;
  auto read = read_named_manifest(reader_, head, trust_, limits::kFollowDeadline);
  if (!read) return;
  const Tip at = read->position();
  if (at.epoch != held.epoch || (above && at.serial <= *above)) return;
  if (at.serial > held.serial) {
    head_.clear();  // not reached yet: look again at the next step
    return;
  }
  auto download = SnapshotDownload::begin(read->content, path);
  if (download) attempt_.emplace(std::move(*read), std::move(*download), path);
}

std::optional<NewBase> Rebase::step(const std::string& head, const Tip& held,
                                    std::optional<std::uint64_t> above, const std::string& path,
                                    Milliseconds now) {
  const bool is_other = head != head_;
  const bool is_retry_due = (!above || was_lost_) && now >= retry_at_;
  if (is_other) retry_after_ = Milliseconds{0};
  if (is_other || (!attempt_ && is_retry_due)) {
    begin(head, held, above, path);
    if (!attempt_) put_off(now);
    return std::nullopt;
  }
  if (!attempt_) return std::nullopt;
  const Attempt::Progress progress = attempt_->go_on(reader_, trust_, held);
  if (progress == Attempt::Progress::kMore) return std::nullopt;
  if (progress == Attempt::Progress::kFailed) {
    put_off(now);
    return std::nullopt;
  }
  NewBase base = attempt_->take();
  stop();
  return base;
}

}  // namespace beian::cache
