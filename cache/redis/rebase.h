// Fetches the newest snapshot of the followed history while the gate goes on following, in small
// steps between batches. It becomes the new base of the local copy, so that its batches do not grow
// without bound, and of what is served, so that its overlays do not; or the first base of a copy
// that has none. Answers do not change.
//
//   resting -> downloading -> opening -> reading batches -> resting, with the base for the caller
//
// Every failure leads back to resting. A rest ends when the head changes; or after a while, when
// waiting helps. Whatever one attempt needs lives and dies with its Attempt.
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
#include <utility>
#include <variant>
#include <vector>

#include "cache/redis/named_manifest.h"
#include "cache/redis/registry_reader.h"
#include "cache/redis/snapshot_download.h"
#include "cache/snapshot/registry.h"
#include "cache/snapshot/trust.h"

namespace beian::cache {

struct NewBase {
  NamedManifest manifest;
  std::shared_ptr<const Snapshot> snapshot;  // verified, the one the manifest describes
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
  bool is_at_work() const noexcept { return attempt_.has_value(); }
  // Aborts; does not touch `path` from now on.
  void stop() { attempt_.reset(); }
  // The same, for a base that was returned and could not be used; a retry is due later.
  void put_off(Milliseconds now);

 private:
  // Opens a file on a thread of its own, as slowly as it takes.
  class Opening {
   public:
    Opening(std::string path, Trust trust);
    // Tells the thread to give up. That of `opened_` then blocks until it has ended.
    ~Opening() { is_abandoned_ = true; }
    Opening(const Opening&) = delete;
    Opening& operator=(const Opening&) = delete;

    bool is_done() const;
    // REQUIRES: is_done(); once.
    Result<std::shared_ptr<const Snapshot>> take() { return opened_.get(); }

   private:
    std::atomic<bool> is_abandoned_ = false;
    std::future<Result<std::shared_ptr<const Snapshot>>> opened_;
  };

  // The way to one generation. `path` is its own as long as it lives.
  class Attempt {
   public:
    Attempt(NamedManifest manifest, SnapshotDownload download, std::string path);

    enum class Progress { kMore, kComplete, kFailed };
    Progress go_on(RegistryReader* reader, const Trust& trust, const Tip& held);
    // REQUIRES: go_on() returned kComplete.
    NewBase take() { return std::move(base_); }

   private:
    struct ReadingBatches {
      Sha256 chain{};  // after those read so far
      std::size_t bytes = 0;
    };
    Progress take_snapshot(Opening* opening);
    Progress read_batches(RegistryReader* reader, const Tip& held, ReadingBatches* so_far);

    std::string path_;
    NewBase base_;  // has its snapshot once batches are read
    std::variant<SnapshotDownload, Opening, ReadingBatches> phase_;
  };

  void begin(const std::string& head, const Tip& held, std::optional<std::uint64_t> above,
             const std::string& path);

  RegistryReader* reader_;
  Trust trust_;
  std::optional<Attempt> attempt_;  // nullopt: it rests

  // Of the last attempt: when the rest after it ends.
  std::string head_;       // it was for this one; empty: try again at once
  bool was_lost_ = false;  // it failed because Redis was lost
  Milliseconds retry_at_{0};
  Milliseconds retry_after_{0};
};

}  // namespace beian::cache
