#include "cache/redis/rebase.h"

#include <utility>

#include "cache/base/aside.h"
#include "cache/base/limits.h"
#include "cache/redis/manifest.h"
#include "cache/snapshot/replay.h"

namespace beian::cache {

Result<std::shared_ptr<const Registry>> registry_on(const NewBase& base,
                                                    const std::vector<std::string>& batches,
                                                    const Trust& trust) {
  Replay replay(Registry::over(base.snapshot, base.manifest.chain), trust);
  for (const std::string& bytes : batches)
    if (auto taken = replay.take(as_bytes(bytes)); !taken) return taken.error();
  if (auto applied = replay.apply_all(); !applied) return applied.error();
  return replay.registry();
}

void Rebase::stop() {
  is_over_ = true;
  download_.reset();
  is_abandoned_ = true;
  opened_ = {};  // waits
  base_ = {};
}

// False when there is nothing to do, or it cannot be done.
bool Rebase::begin(const Tip& held, std::uint64_t base_serial, const std::string& path) {
  auto bytes = reader_->manifest(head_, limits::kRedisCommandDeadline);
  if (!bytes || !*bytes || to_hex(manifest_id(as_bytes(**bytes))) != head_) return false;
  auto manifest = decode_manifest(as_bytes(**bytes), trust_);
  if (!manifest || manifest->epoch != held.epoch || manifest->serial <= base_serial) return false;
  if (manifest->serial > held.serial) {
    head_.clear();  // not yet
    return false;
  }
  base_ = {std::move(*manifest), std::move(**bytes), nullptr};
  auto download = SnapshotDownload::begin(base_.manifest, path);
  if (!download) return false;
  download_.emplace(std::move(*download));
  return true;
}

std::optional<NewBase> Rebase::step(const std::string& head, const Tip& held,
                                    std::uint64_t base_serial, const std::string& path) {
  if (head != head_) {
    stop();
    head_ = head;
    is_over_ = !begin(held, base_serial, path);
    return std::nullopt;
  }
  if (is_over_) return std::nullopt;
  if (!download_->is_done()) {
    if (!download_->step(reader_)) stop();
    return std::nullopt;
  }
  if (!opened_.valid()) {
    is_abandoned_ = false;
    opened_ = std::async(std::launch::async, [this, path] {
      // What is served holds the same already, so this has all the time in the world.
      Abandoned::by(&is_abandoned_);
      stand_back();
      return open_trusted(path, trust_);
    });
    return std::nullopt;
  }
  if (opened_.wait_for(std::chrono::seconds(0)) != std::future_status::ready) return std::nullopt;
  auto opened = opened_.get();
  NewBase base = std::move(base_);
  stop();
  if (!opened || (*opened)->info().root_hash != base.manifest.root_hash ||
      (*opened)->info().serial != base.manifest.serial)
    return std::nullopt;
  base.snapshot = std::move(*opened);
  return base;
}

}  // namespace beian::cache
