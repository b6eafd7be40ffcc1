// The follower's local copy. It may fail at any time without disturbing the follower: what the disk
// does not take now is kept in memory for a while and tried again. It is
//
//   absent   no folder is wanted, or it cannot be used; stays so
//   broken   what is on disk does not lead to what is served: only a snapshot repairs that
//   whole    what is on disk, with the batches in `unsaved_`, is what is served
//
//   event                                               broken becomes    whole becomes
//   open() finds a state that is whole                  whole
//   install(), rebase(): the disk takes it              whole             whole, nothing unsaved
//   install() fails; rebase() fails after its switch    broken            broken
//   rebase() fails before its switch                    broken            whole
//   append(), flush() fail                              broken            whole, more unsaved
//   too much is unsaved; give_up()                      broken            broken
//
// One thread.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "cache/base/result.h"
#include "cache/redis/follower.h"
#include "cache/redis/named_manifest.h"
#include "cache/snapshot/local_copy.h"
#include "cache/snapshot/registry.h"
#include "cache/snapshot/trust.h"

namespace beian::cache {

// Batches that follow what is on disk, in order.
struct UnsavedBatches {
  std::deque<std::string> batches;
  std::size_t bytes = 0;
};

class KeptCopy {
 public:
  struct Found {
    std::shared_ptr<const Registry> registry;
    Position position;
  };

  // With `folder` empty nothing is kept, and downloads go to the temporary folder.
  explicit KeptCopy(std::string folder) : folder_(std::move(folder)) {}
  ~KeptCopy();  // removes a download that was not installed
  KeptCopy(const KeptCopy&) = delete;
  KeptCopy& operator=(const KeptCopy&) = delete;

  // Returns what the folder holds, verified; when that is damaged, an older state that is whole,
  // and error() says so. nullopt when there is nothing, or nothing usable; for the latter, see
  // error().
  std::optional<Found> open(const Trust& trust);

  // Where to download a snapshot to.
  std::string download_path();
  // Makes the snapshot at download_path(), which `manifest` describes, the copy, with `batches` on
  // top.
  void install(const NamedManifest& manifest, const Snapshot& snapshot,
               const std::vector<std::string>& batches);
  void append(std::string batch);
  // Whether a snapshot with a later serial, or any at all, would be a better base: there are
  // batches on top of this one, or the copy is not of what is served.
  bool wants_base() const noexcept {
    return copy_ &&
           (!is_whole() || !unsaved_->batches.empty() || copy_->serial() > copy_->base_serial());
  }
  // The serial of the copy's base; nullopt when the copy is not of what is served.
  std::optional<std::uint64_t> base_serial() const noexcept {
    return is_whole() ? std::optional(copy_->base_serial()) : std::nullopt;
  }
  // Makes the snapshot at download_path() the base, with `batches` leading from there to what is
  // served. Returns false when the disk does not take it; see error(). REQUIRES: wants_base().
  bool rebase(const NamedManifest& manifest, const Snapshot& snapshot,
              const std::vector<std::string>& batches);
  // Makes it broken, unless it is absent.
  void give_up();
  // Retries what the disk did not take.
  void flush();

  // Why the copy is not of what is served, or else why the published base was not taken; nullopt
  // when all is well, or no copy is wanted.
  std::optional<Error> error(bool is_serving) const;
  // Notes that the published base is not what it claims to be. Reported until another is taken.
  void refuse_base(Error error) { base_error_ = std::move(error); }

 private:
  bool is_whole() const noexcept { return unsaved_.has_value(); }
  void forget_temporary();
  void fail(Error error) { error_ = std::move(error); }
  void is_whole_again();

  std::string folder_;
  std::optional<LocalCopy> copy_;          // nullopt: absent
  std::optional<UnsavedBatches> unsaved_;  // nullopt: broken or absent
  std::string temporary_;  // where a download goes while absent; empty: not chosen yet
  std::optional<Error> error_;
  std::optional<Error> base_error_;
};

}  // namespace beian::cache
