#include "cache/redis/candidate.h"

#include <cstdio>
#include <utility>

#include "cache/redis/open_aside.h"
#include "cache/redis/snapshot_download.h"

namespace beian::cache {

Result<void> Candidate::read_snapshot(RegistryReader* reader, const std::string& path,
                                      const Trust& trust, const std::atomic<bool>* is_unwanted) {
  const Manifest& manifest = manifest_.content;
  const auto build = [&](std::shared_ptr<const Snapshot> snapshot) {
    auto registry = Registry::over(snapshot, manifest.chain);
    state_ = Built{std::move(snapshot), {}, std::move(registry)};
  };
  if (const auto* refused = std::get_if<Refused>(&state_)) return refused->error;
  if (is_built()) {
    build(built().snapshot);
    return {};
  }
  if (auto done = download_snapshot(reader, manifest, path); !done) return done;
  auto opened = is_unwanted != nullptr ? open_aside(path, trust, manifest.file_bytes, *is_unwanted)
                                       : open_trusted(path, trust);
  // A file that cannot be opened now may still be whole.
  if (!opened && opened.error().kind == ErrorKind::kUnavailable) return opened.error();
  const bool is_described = opened && (*opened)->info().root_hash == manifest.root_hash &&
                            (*opened)->info().serial == manifest.serial &&
                            (*opened)->info().as_of == manifest.as_of;
  if (is_described) {
    build(std::move(*opened));
    return {};
  }
  const Error error =
      opened ? make_error(ErrorKind::kDamaged, "the snapshot is not the one its manifest describes")
             : opened.error();
  // When the disk gives back other bytes than were written to it, download them again.
  const auto kept = SnapshotDownload::begin(manifest, path);
  if (!kept || !kept->is_done()) return error;
  std::remove(path.c_str());
  state_ = Refused{error};
  return error;
}

}  // namespace beian::cache
