// The follower's local copy, which may fail at any time without disturbing it: what the disk does
// not take now is kept in memory for a while and tried again.
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
#include "cache/snapshot/local_copy.h"
#include "cache/snapshot/registry.h"
#include "cache/snapshot/trust.h"

namespace beian::cache {

class KeptCopy {
 public:
  struct Found {
    std::shared_ptr<const Registry> registry;
    Position position;
  };

  // `folder` empty: nothing is kept, and downloads go to the temporary folder.
  explicit KeptCopy(std::string folder) : folder_(std::move(folder)) {}
  ~KeptCopy();  // a download that nobody keeps goes
  KeptCopy(const KeptCopy&) = delete;
  KeptCopy& operator=(const KeptCopy&) = delete;

  // What the folder holds, verified; where that is damaged, an older state of it that is whole, and
  // error() says so. nullopt when there is nothing, or nothing that can be used: error().
  std::optional<Found> open(const Trust& trust);

  // Where to download a snapshot to.
  std::string download_path();
  // Makes the snapshot at download_path() the copy, with `batches` on top.
  void install(const Snapshot& snapshot, const std::string& manifest, const Sha256& chain,
               const std::vector<std::string>& batches);
  void append(std::string batch);
  // Whether a snapshot of a later serial would be a better base, or any at all: there are batches
  // on this one, or there is none of what is served.
  bool wants_base() const noexcept {
    return copy_ && (is_broken_ || !unsaved_.empty() || copy_->serial() > copy_->base_serial());
  }
  // Of what is kept; none: the copy is not of what is served.
  std::optional<std::uint64_t> base_serial() const noexcept {
    return is_whole() ? std::optional(copy_->base_serial()) : std::nullopt;
  }
  // Makes the snapshot at download_path() the base, with the batches from there to what is served.
  // False when the disk does not take it: error(). REQUIRES: wants_base().
  bool rebase(const Snapshot& snapshot, const std::string& manifest, const Sha256& chain,
              const std::vector<std::string>& batches);
  // What is on disk does not lead to what is served: only a snapshot makes it good.
  void give_up();
  // Tries again what the disk did not take.
  void flush();

  // Whether what is served is kept, or soon will be; false, too, without a folder.
  bool is_whole() const noexcept { return copy_ && !is_broken_; }
  // Why the copy is not what is served, or else why the base that was published is not taken;
  // nullopt when it is, or none is wanted.
  std::optional<Error> error(bool is_serving) const;
  // The base that was published is not what it says it is. Told until another is taken.
  void refuse_base(Error error) { base_error_ = std::move(error); }

 private:
  void forget_temporary();
  void fail(Error error) { error_ = std::move(error); }
  void is_whole_again();

  std::string folder_;
  std::string temporary_;  // where a download goes that nobody keeps; empty: nowhere yet
  std::optional<LocalCopy> copy_;
  std::deque<std::string> unsaved_;  // batches behind what is on disk, in order
  std::size_t unsaved_bytes_ = 0;
  bool is_broken_ = false;  // only an install makes the copy good
  std::optional<Error> error_;
  std::optional<Error> base_error_;
};

}  // namespace beian::cache
