// Brings the snapshot that a publisher has compacted to a gate that follows already, in small steps
// between batches: as the new base of the local copy, so that its batches do not grow for ever, and
// of what is served, so that its overlays do not. What is answered does not change.
//
// One thread, that of the reader; only the verification of the whole file runs beside it.
#pragma once

#include <atomic>
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
};

// What `batches` make of it. Errors: as decode_delta() and apply().
[[nodiscard]] Result<std::shared_ptr<const Registry>> registry_on(
    const NewBase& base, const std::vector<std::string>& batches, const Trust& trust);

class Rebase {
 public:
  // The reader must outlive it.
  Rebase(RegistryReader* reader, Trust trust) : reader_(reader), trust_(std::move(trust)) {}
  ~Rebase() { stop(); }
  Rebase(const Rebase&) = delete;
  Rebase& operator=(const Rebase&) = delete;

  // One step towards the generation `head`, downloaded to `path`: the base when it is there. Not
  // for a generation that is not of `held`'s epoch, or not between `base_serial` and `held`. What
  // fails is left alone until the head changes: Redis keeps the batches as well.
  std::optional<NewBase> step(const std::string& head, const Tip& held, std::uint64_t base_serial,
                              const std::string& path);
  // Leaves `path` alone from now on.
  void stop();

 private:
  bool begin(const Tip& held, std::uint64_t base_serial, const std::string& path);

  RegistryReader* reader_;
  Trust trust_;
  std::string head_;  // that was begun with
  bool is_over_ = true;
  NewBase base_;
  std::optional<SnapshotDownload> download_;
  std::atomic<bool> is_abandoned_ = false;  // what is being opened
  std::future<Result<std::shared_ptr<const Snapshot>>> opened_;
};

}  // namespace beian::cache
