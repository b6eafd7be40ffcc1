// The follower's copy on disk: what a gate starts from when Redis is down. A folder with
//
//   registry.snap            the snapshot
//   registry.manifest        which snapshot that is, its chain, and the manifest it came with
//   registry.verified        that it was verified since the machine was started (verified_mark.h)
//   registry.deltas          batches on top of it: appended, each with length and checksum
//   *.previous               snapshot, manifest and batches of the copy before, to fall back on
//   registry.snap.next       one that is being fetched
//   registry.deltas.next     batches on top of that, until it is in its place
//
// FORMAT.md has the bytes. After a crash between any two steps open() finds the old state or the
// new one, whole. Nothing is ever written in place but the tail of registry.deltas.
//
// One thread. Whoever opens a copy owns the folder (a lock tells a second process off).
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
    std::uint64_t torn_bytes = 0;              // of an append that a crash had cut short; gone now
  };

  LocalCopy(LocalCopy&& other) noexcept;
  LocalCopy& operator=(LocalCopy&&) = delete;
  ~LocalCopy();

  // Makes the folder if there is none, and locks it. Errors: kUnavailable, kConflict (another
  // process holds it).
  [[nodiscard]] static Result<LocalCopy> attach(std::string folder);

  // Verifies what is there, but for what its mark spares, ends an install that a crash interrupted,
  // cuts a torn tail. Errors:
  // kDamaged and kUntrusted with file and byte offset, kUnavailable (what is there cannot be read
  // now, and may be whole). After an error nothing of the copy may be served; fall_back() or
  // install() makes it good again.
  [[nodiscard]] Result<Contents> open(const Trust& trust);
  // After an error of open(): makes an older state that is whole the copy, and gives it: the
  // snapshot with the batches before the damage, or else the copy before this one, with its own.
  // Verified as ever. Errors: as open(), of the copy before; then nothing is changed. REQUIRES:
  // another error than kUnavailable, or a sound copy would have to go.
  [[nodiscard]] Result<Contents> fall_back(const Trust& trust);

  // What a copy says of now and of an earlier serial.
  struct History {
    std::shared_ptr<const Registry> before;  // at the serial that was asked for
    std::shared_ptr<const Registry> now;
  };
  // Reads the copy in `folder` as it is, without a lock and without changing anything: a gate may
  // be keeping it meanwhile. Errors: kUsage (the copy cannot go back to `serial`; names the range
  // that it can), and those of open(); kUnavailable when there is none.
  [[nodiscard]] static Result<History> read(const std::string& folder, const Trust& trust,
                                            std::uint64_t serial);

  // Where the follower puts a snapshot that it fetches, inside the folder.
  std::string download_path() const;

  // Makes the snapshot at download_path(), which the caller has verified, the copy: `snapshot` is
  // that file as it is open, `chain` its chain, with `batches` on top of it. Batches of the copy
  // before go. All of it counts from one moment on. Errors: kConflict (the batches do not follow),
  // kUnavailable; then the copy is the old one, or damaged is reported by the next open(). Either
  // way download_path() is free: `snapshot` stays mapped, and nothing is written into it.
  [[nodiscard]] Result<void> install(const Snapshot& snapshot, ByteView manifest,
                                     const Sha256& chain,
                                     std::span<const std::string> batches = {});

  // Adds a batch that was applied; on disk when it returns. Errors: kConflict when it does not
  // follow the last one (a batch before could not be kept), kUnavailable (disk full: the file is as
  // before, and what is served in memory is not touched).
  [[nodiscard]] Result<void> append(ByteView batch_bytes);

  // Of what is on disk; serial 0 and zeros when there is nothing.
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
  // Says at `registry.verified` that `snapshot`, which was verified, is registry.snap.
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
