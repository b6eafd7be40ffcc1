// Downloads the snapshot that a manifest describes into a file, chunk by chunk, each checked by its
// hash: a download that was cut short resumes where it stopped.
//
// One thread. The caller owns the file; nobody may have it mapped.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "cache/base/result.h"
#include "cache/redis/manifest.h"
#include "cache/redis/registry_reader.h"

namespace beian::cache {

class SnapshotDownload {
 public:
  // Keeps whatever pieces of the manifest's file `path` already holds. Errors: kUnavailable (the
  // disk).
  [[nodiscard]] static Result<SnapshotDownload> begin(Manifest manifest, std::string path);

  // When true, `path` holds exactly the file of the manifest.
  bool is_done() const noexcept { return missing_.empty(); }
  // Downloads the next chunks, at most `chunks_max`, within `deadline`. On error, the pieces that
  // arrived are kept for the next try. Errors: kUnavailable (the reader's; the disk; a chunk that
  // is gone), kDamaged (a chunk that is not what its name says).
  [[nodiscard]] Result<void> step(RegistryReader* reader, std::size_t chunks_max,
                                  std::chrono::milliseconds deadline);

 private:
  SnapshotDownload(Manifest manifest, std::string path)
      : manifest_(std::move(manifest)), path_(std::move(path)) {}

  Manifest manifest_;
  std::string path_;
  std::vector<std::size_t> missing_;  // chunks, last first
};

// Downloads all of it. Errors: as above.
[[nodiscard]] Result<void> download_snapshot(RegistryReader* reader, const Manifest& manifest,
                                             const std::string& path);

}  // namespace beian::cache
