// registry.deltas of a local copy: batches on top of one snapshot, appended one by one.
//
//   header: which snapshot | frame: length, checksum, batch | frame | … | torn tail
//
// What a crash has left of the last append is cut when the log is opened. It differs from damage in
// that no frame follows it. FORMAT.md has the bytes.
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
  // Tells the log that its file was renamed to `path`.
  void was_renamed(std::string path) { path_ = std::move(path); }

  // What to do about a frame that is not sound although others follow, or that `visit` refuses.
  enum class Damage : std::uint8_t { kRefuse, kCut };

  // Opens `path` and calls `visit` for each batch in order; the bytes are valid during the call.
  // Returns nullopt when there is no file, or it is for another snapshot, and with kCut also when
  // its header is damaged. With kCut everything from the first bad frame on is cut, like a torn
  // tail.
  // Errors: kDamaged with file and byte offset, and those of `visit` (neither with kCut);
  // kUnavailable.
  [[nodiscard]] static Result<std::optional<DeltaLog>> open(const std::string& path,
                                                            const Sha256& root_hash,
                                                            const Visit& visit,
                                                            Damage damage = Damage::kRefuse);

  // Visits the same batches and changes nothing: for looking at the log of a running gate. Does not
  // visit a tail that is torn or being written just now, nor anything in a log for another
  // snapshot.
  // Errors: as open().
  [[nodiscard]] static Result<void> read(const std::string& path, const Sha256& root_hash,
                                         const Visit& visit);

  // Adds a batch; it is on disk on return. Errors: kUnavailable, and the log is as before. After a
  // failed flush nobody knows what was kept, so the log takes nothing more.
  [[nodiscard]] Result<void> append(ByteView batch);

  std::uint64_t torn_bytes() const noexcept { return torn_bytes_; }  // cut by open()

 private:
  DeltaLog() = default;

  std::string path_;
  int descriptor_ = -1;  // -1: takes nothing more
  std::uint64_t bytes_ = 0;
  std::uint64_t torn_bytes_ = 0;
};

}  // namespace beian::cache
