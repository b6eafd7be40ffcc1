// Fetches the newest snapshot of the followed history while the gate goes on following, in small
// steps between batches. It becomes the new base of the local copy, so that its batches do not grow
// without bound, and of what is served, so that its overlays do not; or the first base of a copy
// that has none. Answers do not change.
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
  std::shared_ptr<const Snapshot> snapshot;  // at the path, verified, the one the manifest names
  std::vector<std::string> batches;          // on top of it, up to what is served
};

// Applies the base's batches to it. Errors: as decode_delta() and apply().
[[nodiscard]] Result<std::shared_ptr<const Registry>> registry_on(const NewBase& base,
                                                                  const Trust& trust);

// Checks that both report the same counts, times and seal. Errors: kConflict.
[[nodiscard]] Result<void> check_says_the_same(const Registry& rebased, const Registry& served);

class Rebase {
 public:
  using Milliseconds = std::chrono::milliseconds;

  // The reader must outlive it.
  Rebase(RegistryReader* reader, Trust trust) : reader_(reader), trust_(std::move(trust)) {}
  ~Rebase() { stop(); }
  Rebase(const Rebase&) = delete;
  Rebase& operator=(const Rebase&) = delete;

  // Takes one step towards the generation `head`, downloaded to `path`, and the batches from there
  // to `held`; returns the base once it is complete. Skips a generation of another epoch than
  // `held`, or whose serial is not between `above` and `held`. After a failure it rests until the
  // head changes, since the existing copy will do; but it retries after a while when Redis was
  // lost, or when there is no copy (`above` is nullopt).
  std::optional<NewBase> step(const std::string& head, const Tip& held,
                              std::optional<std::uint64_t> above, const std::string& path,
                              Milliseconds now);
  bool is_at_work() const noexcept { return !is_over_; }
  // Aborts; does not touch `path` from now on.
  void stop();
  // The same, for a base that was returned and could not be used; a retry is due later.
  void put_off(Milliseconds now);

 private:
  enum class Progress { kMore, kComplete, kFailed };

  bool begin(const Tip& held, std::optional<std::uint64_t> above, const std::string& path);
  Progress go_on(const Tip& held, const std::string& path);
  bool open_snapshot(const std::string& path);
  bool read_batches(const Tip& held);

  RegistryReader* reader_;
  Trust trust_;
  std::string head_;  // the one that was begun with
  bool is_over_ = true;
  bool was_lost_ = false;  // it is over because Redis was lost
  Milliseconds retry_at_{0};
  Milliseconds retry_after_{0};
  NewBase base_;
  Sha256 chain_{};  // after the batches read so far
  std::size_t batch_bytes_ = 0;
  std::optional<SnapshotDownload> download_;
  std::atomic<bool> is_abandoned_ = false;  // tells the thread that opens the file to give up
  std::future<Result<std::shared_ptr<const Snapshot>>> opened_;
};

}  // namespace beian::cache
