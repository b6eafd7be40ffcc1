// registry.deltas of a local copy: batches on top of one snapshot, appended one by one.
//
//   header: which snapshot | frame: length, checksum, batch | frame | … | torn tail
//
// What a crash left of the last append is cut when the log is opened. It is told from damage by
// what lies behind it: nothing that is a frame. FORMAT.md has the bytes.
//
// One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "cache/base/bytes.h"
#include "cache/base/result.h"
#include "cache/snapshot/seal.h"

namespace beian::cache {

class DeltaLog {
 public:
  using Visit = std::function<Result<void>(std::uint64_t offset, ByteView batch)>;

  DeltaLog(DeltaLog&& other) noexcept;
  DeltaLog& operator=(DeltaLog&& other) noexcept;
  ~DeltaLog();

  // Replaces `path` atomically by a log of `batches` for the snapshot with `root_hash`. Errors:
  // kUnavailable.
  [[nodiscard]] static Result<DeltaLog> create(const std::string& path, const Sha256& root_hash,
                                               std::span<const std::string> batches = {});
  // The file has another name from now on.
  void was_renamed(std::string path) { path_ = std::move(path); }

  // What to do about a frame that does not hold although others follow, or that `visit` refuses.
  enum class Damage : std::uint8_t { kRefuse, kCut };

  // Opens `path` and calls `visit` for each batch in order, whose bytes are valid during the call.
  // Returns nullopt when there is no file, or one for another snapshot; with kCut also for one
  // whose header is damaged, and what lies behind the first bad frame goes, as a torn tail does.
  // Errors: kDamaged with file and byte offset and those of `visit` (with kCut neither),
  // kUnavailable.
  [[nodiscard]] static Result<std::optional<DeltaLog>> open(const std::string& path,
                                                            const Sha256& root_hash,
                                                            const Visit& visit,
                                                            Damage damage = Damage::kRefuse);

  // The same visits, and changes nothing: for looking at the log of a gate that runs. A tail that
  // is torn, or is being written just now, is not visited, nor anything of a log for another
  // snapshot. Errors: as open().
  [[nodiscard]] static Result<void> read(const std::string& path, const Sha256& root_hash,
                                         const Visit& visit);

  // Adds a batch; on disk when it returns. Errors: kUnavailable; the log is as before, and after a
  // failed flush, of which nobody knows what it kept, it takes nothing more.
  [[nodiscard]] Result<void> append(ByteView batch);

  std::uint64_t torn_bytes() const noexcept { return torn_bytes_; }  // that open() has cut

 private:
  DeltaLog() = default;

  std::string path_;
  int descriptor_ = -1;  // -1: takes nothing more
  std::uint64_t bytes_ = 0;
  std::uint64_t torn_bytes_ = 0;
};

}  // namespace beian::cache
