// The follower's copy on disk: what a gate starts from when Redis is down. A folder with
//
//   registry.snap            the snapshot
//   registry.manifest        which snapshot that is, its chain, and the manifest it came with
//   registry.verified        a mark that it was verified since the machine booted (verified_mark.h)
//   registry.deltas          batches on top of it: appended, each with length and checksum
//   *.previous               snapshot, manifest and batches of the previous copy, to fall back on
//   registry.snap.next       a snapshot that is being fetched
//   registry.deltas.next     batches on top of that one, until it is in its place
//
// FORMAT.md has the bytes. After a crash between any two steps, open() finds either the old state
// or the new one, whole. Nothing is ever written in place except the tail of registry.deltas.
//
// One thread. Whoever attaches to a copy owns the folder: a lock keeps other processes out.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cache/base/bytes.h"
#include "cache/base/result.h"
#include "cache/snapshot/delta_log.h"
#include "cache/snapshot/registry.h"
#include "cache/snapshot/trust.h"

namespace beian::cache {

class LocalCopy {
 public:
  // What open() found.
  struct Contents {
    std::shared_ptr<const Registry> registry;  // null: the folder holds no copy yet
    std::string manifest;                      // as it was installed
    std::uint64_t torn_bytes = 0;              // of an append that a crash cut short; now removed
  };

  LocalCopy(LocalCopy&& other) noexcept;
  LocalCopy& operator=(LocalCopy&&) = delete;
  ~LocalCopy();

  // Makes the folder if there is none, and locks it. Errors: kUnavailable, kConflict (another
  // process holds it).
  [[nodiscard]] static Result<LocalCopy> attach(std::string folder);

  // Verifies what is there, except what its mark spares; completes an install that a crash
  // interrupted; cuts a torn tail. Errors: kDamaged and kUntrusted with file and byte offset,
  // kUnavailable (what is there cannot be read now, and may be whole). After an error nothing of
  // the copy may be served; fall_back() or install() repairs it.
  [[nodiscard]] Result<Contents> open(const Trust& trust);
  // After an error of open(): makes an older state that is whole the copy, and returns it. That is
  // the snapshot with the batches before the damage, or else the previous copy with its own
  // batches. It is verified as in open(). Errors: as open(), for the previous copy; then nothing is
  // changed. REQUIRES: the error was not kUnavailable, or a sound copy would be lost.
  [[nodiscard]] Result<Contents> fall_back(const Trust& trust);

  // What a copy says of now and of an earlier serial.
  struct History {
    std::shared_ptr<const Registry> before;  // at the serial that was asked for
    std::shared_ptr<const Registry> now;
  };
  // Reads the copy in `folder` as it is, without a lock and without changing anything: a gate may
  // be using it meanwhile. Errors: kUsage (the copy cannot go back to `serial`; the message names
  // the range that it can), those of open(), and kUnavailable when there is no copy.
  [[nodiscard]] static Result<History> read(const std::string& folder, const Trust& trust,
                                            std::uint64_t serial);

  // Where the follower puts a snapshot that it fetches, inside the folder.
  std::string download_path() const;

  // Makes the snapshot at download_path(), which the caller has verified, the copy: `snapshot` is
  // that file, opened; `chain` is its chain; `batches` lie on top of it. The old copy, with its
  // batches, becomes the previous one; the switch is atomic. Errors: kConflict (the batches do not
  // follow), kDamaged (a batch), kBadInput (a manifest over limits::kManifestBytesMax),
  // kUnavailable. After an error the copy is the old one, or the next open() reports damage. Either
  // way download_path() is free: `snapshot` stays mapped, and nothing is written into it.
  [[nodiscard]] Result<void> install(const Snapshot& snapshot, ByteView manifest,
                                     const Sha256& chain,
                                     std::span<const std::string> batches = {});

  // Adds a batch that was applied; it is on disk on return. Errors: kConflict when it does not
  // follow the last one (an earlier batch could not be kept), kUnavailable (disk full: the file is
  // as before, and what is served from memory is not affected).
  [[nodiscard]] Result<void> append(ByteView batch_bytes);

  // About what is on disk; serial 0 and zeros when there is nothing.
  std::uint64_t base_serial() const noexcept { return base_serial_; }  // of the snapshot
  std::uint64_t serial() const noexcept { return serial_; }
  const Sha256& chain() const noexcept { return chain_; }

 private:
  explicit LocalCopy(std::string folder) : folder_(std::move(folder)) {}
  std::string path(const char* name) const { return folder_ + "/" + name; }
  // The snapshot that the manifest names, wherever an interrupted install has left it.
  [[nodiscard]] Result<std::shared_ptr<const Snapshot>> open_snapshot(const Sha256& root_hash,
                                                                      const Trust& trust);
  [[nodiscard]] Result<void> replace(const Snapshot& snapshot, ByteView manifest,
                                     const Sha256& chain, std::span<const std::string> batches);
  [[nodiscard]] Result<void> switch_manifest(const Snapshot& snapshot, ByteView manifest,
                                             const Sha256& chain);
  [[nodiscard]] Result<DeltaLog> take_next_log(const Sha256& root_hash,
                                               const DeltaLog::Visit& visit);
  [[nodiscard]] Result<void> put_in_place();
  // Notes in `registry.verified` that `snapshot`, which was verified, is registry.snap.
  void mark(const Snapshot& snapshot) const;
  [[nodiscard]] Result<void> go_back(const Sha256& root_hash, const Trust& trust);
  [[nodiscard]] Result<void> keep(const char* name, const char* as);
  [[nodiscard]] Result<Contents> open(const Trust& trust, DeltaLog::Damage damage);
  [[nodiscard]] Result<std::shared_ptr<const Registry>> replay(
      std::shared_ptr<const Registry> registry, const Trust& trust, DeltaLog::Damage damage);

  std::string folder_;
  int lock_ = -1;
  std::optional<DeltaLog> log_;  // none: nothing can be appended
  Sha256 root_hash_{};           // of the snapshot
  std::uint64_t base_serial_ = 0;
  std::uint64_t serial_ = 0;
  Sha256 chain_{};
};

}  // namespace beian::cache
