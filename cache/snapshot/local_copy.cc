// An install, and what open() makes of a crash after each step:
//
//   registry.snap.next is whole and on disk       the old copy; the next install overwrites it
//   registry.deltas.next too: batches on top      the same
//   registry.manifest.previous is the old one     the same
//   registry.manifest names it      <- the switch
//   registry.snap, .deltas -> .previous           the new copy: registry.snap.next is the one that
//   registry.snap.next -> registry.snap           the manifest names, so the steps are done again
//   registry.deltas.next -> registry.deltas       the same: a log for another snapshot is no log
//
// Going back to the previous copy puts its manifest in place last; until then open() refuses as it
// did before, and going back starts again. Each log and each manifest has the root hash of its
// snapshot, which tells what belongs together.
#include "cache/snapshot/local_copy.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <tuple>
#include <utility>

#include "cache/base/file.h"
#include "cache/base/limits.h"
#include "cache/snapshot/copy_manifest.h"
#include "cache/snapshot/delta.h"
#include "cache/snapshot/replay.h"
#include "cache/snapshot/verified_mark.h"

namespace beian::cache {
namespace {

constexpr const char* kSnapshot = "registry.snap";
constexpr const char* kNext = "registry.snap.next";
constexpr const char* kPrevious = "registry.snap.previous";
constexpr const char* kVerified = "registry.verified";
constexpr const char* kManifest = "registry.manifest";
constexpr const char* kPreviousManifest = "registry.manifest.previous";
constexpr const char* kDeltas = "registry.deltas";
constexpr const char* kNextDeltas = "registry.deltas.next";
constexpr const char* kPreviousDeltas = "registry.deltas.previous";
constexpr const char* kLock = "registry.lock";

bool exists(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0;
}

// The error of reading `path`, as kDamaged if the file is gone. What cannot be read now for another
// reason, such as lack of memory or descriptors, may be readable later.
Error told_of(const Error& error, const std::string& path) {
  struct stat status {};
  const bool is_gone = ::stat(path.c_str(), &status) != 0 && errno == ENOENT;
  return is_gone ? make_error(ErrorKind::kDamaged, error.message) : error;
}

// fsync of a file or a folder.
Result<void> flush(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return system_error("cannot open", path);
  const int outcome = ::fsync(descriptor);
  Error error = outcome == 0 ? Error{} : system_error("cannot flush", path);
  ::close(descriptor);
  if (outcome != 0) return error;
  return {};
}

}  // namespace

LocalCopy::LocalCopy(LocalCopy&& other) noexcept
    : folder_(std::move(other.folder_)),
      lock_(std::exchange(other.lock_, -1)),
      log_(std::exchange(other.log_, std::nullopt)),
      root_hash_(other.root_hash_),
      base_serial_(other.base_serial_),
      serial_(other.serial_),
      chain_(other.chain_) {}

LocalCopy::~LocalCopy() {
  if (lock_ >= 0) ::close(lock_);
}

Result<LocalCopy> LocalCopy::attach(std::string folder) {
  if (::mkdir(folder.c_str(), 0755) != 0 && errno != EEXIST)
    return system_error("cannot make the folder", folder);
  LocalCopy copy(std::move(folder));
  const std::string lock = copy.path(kLock);
  copy.lock_ = ::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (copy.lock_ < 0) return system_error("cannot open", lock);
  if (::flock(copy.lock_, LOCK_EX | LOCK_NB) == 0) return copy;
  if (errno != EWOULDBLOCK) return system_error("cannot lock", lock);
  return make_error(ErrorKind::kConflict,
                    lock + ": another gate keeps its copy in this folder; give each its own");
}

Result<LocalCopy::History> LocalCopy::read(const std::string& folder, const Trust& trust,
                                           std::uint64_t serial) {
  const LocalCopy copy(folder);
  const auto header = read_copy_manifest(copy.path(kManifest));
  if (!header) return header.error();
  // An install may be under way: the snapshot has either the one name or the other.
  auto snapshot = open_trusted(copy.path(kSnapshot), trust);
  if ((!snapshot || (*snapshot)->info().root_hash != header->root_hash) && exists(copy.path(kNext)))
    snapshot = open_trusted(copy.path(kNext), trust);
  if (!snapshot) return snapshot.error();
  if ((*snapshot)->info().root_hash != header->root_hash)
    return make_error(ErrorKind::kUnavailable,
                      folder + ": the copy is being replaced just now; try again");

  History history;
  Replay replay(Registry::over(std::move(*snapshot), header->chain), trust);
  const std::uint64_t oldest = replay.serial();
  if (serial == oldest) history.before = replay.registry();
  auto visited = DeltaLog::read(copy.path(kDeltas), header->root_hash,
                                [&](std::uint64_t, ByteView bytes) -> Result<void> {
                                  if (auto taken = replay.take(bytes); !taken) return taken;
                                  if (replay.serial() != serial) return {};
                                  if (auto applied = replay.apply_all(); !applied) return applied;
                                  history.before = replay.registry();
                                  return {};
                                });
  if (!visited) return visited.error();
  if (auto applied = replay.apply_all(); !applied)
    return make_error(applied.error().kind, copy.path(kDeltas) + ": " + applied.error().message);
  history.now = replay.registry();
  if (history.before) return history;
  return make_error(ErrorKind::kUsage, folder + ": the copy goes back to serial " +
                                           std::to_string(oldest) + " and has come to " +
                                           std::to_string(history.now->serial()) + "; of serial " +
                                           std::to_string(serial) + " it knows nothing");
}

std::string LocalCopy::download_path() const {
  return path(kNext);
}

Result<std::shared_ptr<const Snapshot>> LocalCopy::open_snapshot(const Sha256& root_hash,
                                                                 const Trust& trust) {
  auto snapshot = open_trusted(path(kSnapshot), trust, path(kVerified));
  if (snapshot && (*snapshot)->info().root_hash == root_hash) {
    mark(**snapshot);
    return snapshot;
  }
  if (exists(path(kNext))) {
    auto next = open_trusted(path(kNext), trust);
    if (next && (*next)->info().root_hash == root_hash) {
      if (auto placed = put_in_place(); !placed) return placed.error();
      mark(**next);
      return next;
    }
  }
  if (!snapshot) return told_of(snapshot.error(), path(kSnapshot));
  return make_error(ErrorKind::kDamaged, path(kSnapshot) + ": damaged at byte " +
                                             std::to_string(offsetof(format::Header, root_hash)) +
                                             ": it is not the snapshot that " + path(kManifest) +
                                             " names (" + to_hex(root_hash) + ")");
}

Result<LocalCopy::Contents> LocalCopy::open(const Trust& trust) {
  return open(trust, DeltaLog::Damage::kRefuse);
}

Result<LocalCopy::Contents> LocalCopy::open(const Trust& trust, DeltaLog::Damage damage) {
  log_.reset();
  base_serial_ = serial_ = 0;
  chain_ = {};
  Contents contents;
  if (!exists(path(kManifest)) && !exists(path(kSnapshot))) return contents;
  const auto header = read_copy_manifest(path(kManifest));
  if (!header) return told_of(header.error(), path(kManifest));
  auto snapshot = open_snapshot(header->root_hash, trust);
  if (!snapshot) return snapshot.error();
  auto registry = replay(Registry::over(std::move(*snapshot), header->chain), trust, damage);
  if (!registry) return registry.error();
  contents.registry = std::move(*registry);
  contents.manifest = header->text;
  contents.torn_bytes = log_->torn_bytes();
  root_hash_ = header->root_hash;
  base_serial_ = contents.registry->info().base_serial;
  serial_ = contents.registry->serial();
  chain_ = contents.registry->chain();
  return contents;
}

Result<std::shared_ptr<const Registry>> LocalCopy::replay(std::shared_ptr<const Registry> registry,
                                                          const Trust& trust,
                                                          DeltaLog::Damage damage) {
  const Sha256 root_hash = registry->info().root_hash;
  Replay replay(std::move(registry), trust);
  const auto visit = [&](std::uint64_t, ByteView bytes) -> Result<void> {
    if (auto taken = replay.take(bytes); !taken) return taken;
    // Where damage is cut, apply one by one: a batch that cannot be applied is damage too.
    return damage == DeltaLog::Damage::kCut ? replay.apply_all() : Result<void>();
  };
  const auto apply_all = [&]() -> Result<void> {
    auto applied = replay.apply_all();
    if (applied) return applied;
    return make_error(applied.error().kind, path(kDeltas) + ": " + applied.error().message);
  };
  auto log = DeltaLog::open(path(kDeltas), root_hash, visit, damage);
  if (!log) return log.error();
  if (auto applied = apply_all(); !applied) return applied.error();
  log_ = std::move(*log);
  if (log_) return replay.registry();
  auto next = take_next_log(root_hash, visit);
  if (!next) return next.error();
  if (auto applied = apply_all(); !applied) return applied.error();
  log_ = std::move(*next);
  return replay.registry();
}

// The snapshot has no log: an install was cut off before its batches were in place, or it had none.
Result<DeltaLog> LocalCopy::take_next_log(const Sha256& root_hash, const DeltaLog::Visit& visit) {
  auto next = DeltaLog::open(path(kNextDeltas), root_hash, visit, DeltaLog::Damage::kCut);
  if (!next) return next.error();
  if (!*next) return DeltaLog::create(path(kDeltas), root_hash);
  if (auto placed = keep(kNextDeltas, kDeltas); !placed) return placed.error();
  if (auto flushed = flush(folder_); !flushed) return flushed.error();
  (*next)->was_renamed(path(kDeltas));
  return std::move(**next);
}

Result<LocalCopy::Contents> LocalCopy::fall_back(const Trust& trust) {
  auto cut = open(trust, DeltaLog::Damage::kCut);
  if (cut ? cut->registry != nullptr : cut.error().kind == ErrorKind::kUnavailable) return cut;
  const auto header = read_copy_manifest(path(kPreviousManifest));
  if (!header) return header.error();
  if (auto back = go_back(header->root_hash, trust); !back) return back.error();
  return open(trust, DeltaLog::Damage::kCut);
}

// Puts the previous copy in the place of this one.
Result<void> LocalCopy::go_back(const Sha256& root_hash, const Trust& trust) {
  auto previous = open_trusted(path(kPrevious), trust);
  if (previous && (*previous)->info().root_hash == root_hash) {
    if (auto kept = keep(kPreviousDeltas, kDeltas); !kept) return kept;
    if (auto kept = keep(kPrevious, kSnapshot); !kept) return kept;
  } else {
    // A crash after those steps has left the snapshot here.
    const auto moved = open_trusted(path(kSnapshot), trust);
    if (!moved || (*moved)->info().root_hash != root_hash)
      return previous ? make_error(ErrorKind::kDamaged, path(kPrevious) +
                                                            ": it is not the snapshot that " +
                                                            path(kPreviousManifest) + " names")
                      : previous.error();
  }
  if (auto kept = keep(kPreviousManifest, kManifest); !kept) return kept;
  return flush(folder_);
}

Result<void> LocalCopy::keep(const char* name, const char* as) {
  if (exists(path(name)) && ::rename(path(name).c_str(), path(as).c_str()) != 0)
    return system_error("cannot rename", path(name));
  return {};
}

Result<void> LocalCopy::put_in_place() {
  if (auto kept = keep(kSnapshot, kPrevious); !kept) return kept;
  if (auto kept = keep(kDeltas, kPreviousDeltas); !kept) return kept;
  if (::rename(path(kNext).c_str(), path(kSnapshot).c_str()) != 0)
    return system_error("cannot put in place", path(kNext));
  return flush(folder_);
}

void LocalCopy::mark(const Snapshot& snapshot) const {
  const auto file = identity_of(path(kSnapshot));
  if (!file || !have_same_content(*file, snapshot.file_identity())) return;
  // Without a mark the next start only takes longer, so a failure is not reported.
  if (!is_verified_by(path(kVerified), *file, snapshot.info().root_hash))
    std::ignore = mark_verified(path(kVerified), *file, snapshot.info().root_hash);
}

// A snapshot that could not be installed may be served all the same, mapped from where the next
// download goes. So it loses that name, or the next download would be written into a file in use.
Result<void> LocalCopy::install(const Snapshot& snapshot, ByteView manifest, const Sha256& chain,
                                std::span<const std::string> batches) {
  auto installed = replace(snapshot, manifest, chain, batches);
  if (!installed) ::unlink(path(kNext).c_str());
  return installed;
}

Result<void> LocalCopy::replace(const Snapshot& snapshot, ByteView manifest, const Sha256& chain,
                                std::span<const std::string> batches) {
  const SnapshotInfo& info = snapshot.info();
  std::uint64_t serial = info.serial;
  Sha256 end = chain;
  for (const std::string& batch : batches) {
    const auto link = read_link(as_bytes(batch));
    if (!link) return link.error();
    if (link->serial != ++serial || link->previous != end)
      return make_error(ErrorKind::kConflict, folder_ + ": delta batch " +
                                                  std::to_string(link->serial) +
                                                  " does not follow the snapshot below it");
    end = chain_after(end, as_bytes(batch));
  }
  if (auto flushed = flush(path(kNext)); !flushed) return flushed;
  auto log = DeltaLog::create(path(kNextDeltas), info.root_hash, batches);
  if (!log) return log.error();
  if (auto switched = switch_manifest(snapshot, manifest, chain); !switched) {
    ::unlink(path(kNextDeltas).c_str());
    return switched;
  }
  log_.reset();
  root_hash_ = info.root_hash;
  base_serial_ = info.serial;
  serial_ = serial;
  chain_ = end;
  if (auto placed = put_in_place(); !placed) return placed;
  mark(snapshot);
  if (auto kept = keep(kNextDeltas, kDeltas); !kept) return kept;
  if (auto flushed = flush(folder_); !flushed) return flushed;
  log->was_renamed(path(kDeltas));
  log_ = std::move(*log);
  return {};
}

Result<void> LocalCopy::switch_manifest(const Snapshot& snapshot, ByteView manifest,
                                        const Sha256& chain) {
  if (manifest.size() > limits::kManifestBytesMax)
    return make_error(ErrorKind::kBadInput, path(kManifest) + ": a manifest of " +
                                                std::to_string(manifest.size()) + " bytes");
  // Written first: when the disk is full, the previous manifest, which is the way back, stays as it
  // is.
  const std::string bytes =
      encode(CopyManifest{snapshot.info().root_hash, chain, std::string(as_text(manifest))});
  auto next = AtomicFile::create(path(kManifest));
  if (!next) return next.error();
  if (auto written = next->write(as_bytes(bytes)); !written) return written;
  if (exists(path(kManifest))) {
    const auto before = read_file(path(kManifest), limits::kManifestBytesMax + 1'024);
    if (!before) return before.error();
    if (auto written = write_file_atomically(path(kPreviousManifest), as_bytes(*before)); !written)
      return written;
  }
  return next->commit();
}

Result<void> LocalCopy::append(ByteView batch_bytes) {
  const auto link = read_link(batch_bytes);
  if (!link) return link.error();
  if (link->serial != serial_ + 1 || link->previous != chain_)
    return make_error(ErrorKind::kConflict,
                      folder_ + ": delta batch " + std::to_string(link->serial) +
                          " does not follow what is kept, which ends at serial " +
                          std::to_string(serial_));
  if (!log_)
    return make_error(ErrorKind::kUnavailable,
                      path(kDeltas) + ": not open; install a snapshot first");
  if (auto appended = log_->append(batch_bytes); !appended) return appended;
  serial_ = link->serial;
  chain_ = chain_after(link->previous, batch_bytes);
  return {};
}

}  // namespace beian::cache
