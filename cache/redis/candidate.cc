#include "cache/redis/candidate.h"

#include <cstdio>
#include <utility>

#include "cache/redis/open_aside.h"
#include "cache/redis/snapshot_download.h"

namespace beian::cache {

Result<Candidate> read_candidate(RegistryReader* reader, const std::string& id, const Trust& trust,
                                 std::chrono::milliseconds deadline) {
  auto bytes = reader->manifest(id, deadline);
  if (!bytes) return bytes.error();
  if (!*bytes)
    return make_error(ErrorKind::kUnavailable,
                      "Redis lost the manifest that its head names; publish again, with --force "
                      "unless it is newer");
  if (to_hex(manifest_id(as_bytes(**bytes))) != id)
    return make_error(ErrorKind::kDamaged, "the manifest is not what its name says");
  auto manifest = decode_manifest(as_bytes(**bytes), trust);
  if (!manifest) return manifest.error();
  Candidate candidate;
  candidate.id = id;
  candidate.manifest_bytes = std::move(**bytes);
  candidate.manifest = std::move(*manifest);
  return candidate;
}

Result<void> read_snapshot(RegistryReader* reader, const std::string& path, const Trust& trust,
                           const std::atomic<bool>* is_unwanted, Candidate* candidate) {
  if (candidate->refusal) return *candidate->refusal;
  if (candidate->snapshot != nullptr) return {};
  const Manifest& manifest = candidate->manifest;
  if (auto done = download_snapshot(reader, manifest, path); !done) return done;
  auto opened = is_unwanted != nullptr ? open_aside(path, trust, manifest.file_bytes, *is_unwanted)
                                       : open_trusted(path, trust);
  // A file that cannot be opened now may still be whole.
  if (!opened && opened.error().kind == ErrorKind::kUnavailable) return opened.error();
  const bool is_named = opened && (*opened)->info().root_hash == manifest.root_hash &&
                        (*opened)->info().serial == manifest.serial &&
                        (*opened)->info().as_of == manifest.as_of;
  if (is_named) {
    candidate->snapshot = std::move(*opened);
    return {};
  }
  const Error error =
      opened ? make_error(ErrorKind::kDamaged, "the snapshot is not the one its manifest describes")
             : opened.error();
  // When the disk gives back other bytes than were written to it, download them again.
  const auto kept = SnapshotDownload::begin(manifest, path);
  if (!kept || !kept->is_done()) return error;
  std::remove(path.c_str());
  candidate->refusal = error;
  return error;
}

}  // namespace beian::cache
