// Brings the newest snapshot of the history that is followed to a gate that follows already, in
// small steps between batches: as the new base of the local copy, so that its batches do not grow
// for ever, and of what is served, so that its overlays do not; or as the first one of a copy that
// there is none of. What is answered does not change.
//
// One thread, that of the reader; only the verification of the whole file runs beside it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cache/redis/registry_reader.h"
#include "cache/redis/snapshot_download.h"
#include "cache/snapshot/registry.h"
#include "cache/snapshot/trust.h"

namespace beian::cache {

struct NewBase {
  Manifest manifest;
  std::string manifest_bytes;
  std::shared_ptr<const Snapshot> snapshot;  // at the path, verified, the one of the manifest
  std::vector<std::string> batches;          // on top of it, up to what is held
};

// What its batches make of a base. Errors: as decode_delta() and apply().
[[nodiscard]] Result<std::shared_ptr<const Registry>> registry_on(const NewBase& base,
                                                                  const Trust& trust);

// Whether both say the same of themselves: counts, times, sealed or not. Errors: kConflict.
[[nodiscard]] Result<void> check_says_the_same(const Registry& rebased, const Registry& served);

class Rebase {
 public:
  using Milliseconds = std::chrono::milliseconds;

  // The reader must outlive it.
  Rebase(RegistryReader* reader, Trust trust) : reader_(reader), trust_(std::move(trust)) {}
  ~Rebase() { stop(); }
  Rebase(const Rebase&) = delete;
  Rebase& operator=(const Rebase&) = delete;

  // One step towards the generation `head`, downloaded to `path`, and the batches from there to
  // `held`: the base when it is there. Not for a generation that is not of `held`'s epoch, or not
  // between `above` and `held`. What fails is left alone until the head changes: the copy there is
  // does as well. It is tried again after a while when Redis was lost, or when there is no copy
  // (`above` is none).
  std::optional<NewBase> step(const std::string& head, const Tip& held,
                              std::optional<std::uint64_t> above, const std::string& path,
                              Milliseconds now);
  bool is_at_work() const noexcept { return !is_over_; }
  // Leaves `path` alone from now on.
  void stop();
  // The same of a base that was given and could not be used.
  void put_off(Milliseconds now);

 private:
  bool begin(const Tip& held, std::optional<std::uint64_t> above, const std::string& path);
  bool read_batches(const Tip& held);

  RegistryReader* reader_;
  Trust trust_;
  std::string head_;  // that was begun with
  bool is_over_ = true;
  bool was_lost_ = false;  // Redis, and so it is over
  Milliseconds retry_at_{0};
  Milliseconds retry_after_{0};
  NewBase base_;
  Sha256 chain_{};  // behind the batches
  std::size_t batch_bytes_ = 0;
  std::optional<SnapshotDownload> download_;
  std::atomic<bool> is_abandoned_ = false;  // what is being opened
  std::future<Result<std::shared_ptr<const Snapshot>>> opened_;
};

}  // namespace beian::cache
