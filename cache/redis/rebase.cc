#include "cache/redis/rebase.h"

#include <algorithm>
#include <utility>

#include "cache/base/aside.h"
#include "cache/base/limits.h"
#include "cache/redis/candidate.h"
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
  Replay replay(Registry::over(base.snapshot, base.manifest.chain), trust);
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

void Rebase::stop() {
  is_over_ = true;
  download_.reset();
  is_abandoned_ = true;
  opened_ = {};  // blocks until the thread has ended
  base_ = {};
}

void Rebase::put_off(Milliseconds now) {
  stop();
  was_lost_ = reader_->is_lost();
  retry_after_ = std::clamp(2 * retry_after_, kRetryMin, kRetryMax);
  retry_at_ = now + retry_after_;
}

// Returns false when there is nothing to do, or it cannot be done.
bool Rebase::begin(const Tip& held, std::optional<std::uint64_t> above, const std::string& path) {
  auto read = read_candidate(reader_, head_, trust_, limits::kFollowDeadline);
  if (!read) return false;
  Manifest& manifest = read->manifest;
  if (manifest.epoch != held.epoch || (above && manifest.serial <= *above)) return false;
  if (manifest.serial > held.serial) {
    head_.clear();  // not reached yet: look again at the next step
    return false;
  }
  chain_ = manifest.chain;
  batch_bytes_ = 0;
  base_ = {std::move(manifest), std::move(read->manifest_bytes), nullptr, {}};
  auto download = SnapshotDownload::begin(base_.manifest, path);
  if (!download) return false;
  download_.emplace(std::move(*download));
  return true;
}

// Reads some of the batches still missing up to `held`. Returns false when they do not lead there.
bool Rebase::read_batches(const Tip& held) {
  const std::uint64_t serial = base_.manifest.serial + base_.batches.size();
  if (serial >= held.serial) return true;
  const auto count = std::min<std::uint64_t>(kBatchesOfAStep, held.serial - serial);
  auto entries = reader_->batches(serial, count, Milliseconds{0}, limits::kFollowDeadline);
  if (!entries || entries->empty()) return false;
  for (RegistryReader::Entry& entry : *entries) {
    const auto link = read_link(as_bytes(entry.batch));
    const std::uint64_t next = base_.manifest.serial + base_.batches.size() + 1;
    if (!link || link->serial != next || link->previous != chain_) return false;
    chain_ = chain_after(chain_, as_bytes(entry.batch));
    batch_bytes_ += entry.batch.size();
    if (batch_bytes_ > limits::kUnsavedBatchBytesMax) return false;
    base_.batches.push_back(std::move(entry.batch));
  }
  return true;
}

// Opens the downloaded file on a thread of its own, over several steps. Returns false when it is
// not what the manifest names.
bool Rebase::open_snapshot(const std::string& path) {
  if (!opened_.valid()) {
    is_abandoned_ = false;
    opened_ = std::async(std::launch::async, [this, path] {
      // What is served already has the same content, so this is in no hurry at all.
      Abandoned::by(&is_abandoned_);
      stand_back();
      return open_trusted(path, trust_);
    });
    return true;
  }
  if (opened_.wait_for(std::chrono::seconds(0)) != std::future_status::ready) return true;
  auto opened = opened_.get();
  if (!opened || (*opened)->info().root_hash != base_.manifest.root_hash ||
      (*opened)->info().serial != base_.manifest.serial)
    return false;
  base_.snapshot = std::move(*opened);
  return true;
}

Rebase::Progress Rebase::go_on(const Tip& held, const std::string& path) {
  const auto more_if = [](bool is_well) { return is_well ? Progress::kMore : Progress::kFailed; };
  if (!download_->is_done())
    return more_if(download_->step(reader_, 1, limits::kFollowDeadline).has_value());
  if (base_.snapshot == nullptr) return more_if(open_snapshot(path));
  if (!read_batches(held)) return Progress::kFailed;
  if (base_.manifest.serial + base_.batches.size() < held.serial) return Progress::kMore;
  return chain_ == held.chain ? Progress::kComplete : Progress::kFailed;
}

std::optional<NewBase> Rebase::step(const std::string& head, const Tip& held,
                                    std::optional<std::uint64_t> above, const std::string& path,
                                    Milliseconds now) {
  const bool is_other = head != head_;
  const bool is_retry_due = (!above || was_lost_) && now >= retry_at_;
  if (is_over_ && !is_other && !is_retry_due) return std::nullopt;
  if (is_other) retry_after_ = Milliseconds{0};
  if (is_over_ || is_other) {
    stop();
    head_ = head;
    is_over_ = !begin(held, above, path);
    if (is_over_) put_off(now);
    return std::nullopt;
  }
  const Progress progress = go_on(held, path);
  if (progress == Progress::kMore) return std::nullopt;
  if (progress == Progress::kFailed) {
    put_off(now);
    return std::nullopt;
  }
  NewBase base = std::move(base_);
  stop();
  return base;
}

}  // namespace beian::cache
