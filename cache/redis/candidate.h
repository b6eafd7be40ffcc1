// A generation from Redis that may replace the one being served: read in full and verified before
// anybody sees it. One thread, that of the reader.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cache/redis/manifest.h"
#include "cache/redis/registry_reader.h"
#include "cache/snapshot/registry.h"
#include "cache/snapshot/trust.h"

namespace beian::cache {

struct Candidate {
  std::string id;  // of its manifest
  std::string manifest_bytes;
  Manifest manifest;
  std::shared_ptr<const Snapshot> snapshot;  // null: not read yet
  std::optional<Error> refusal;  // the complete file is bad, which no second download can change
  std::shared_ptr<const Registry> registry;
  std::vector<std::string> batches;  // applied on top
};

// Reads the manifest `id` and returns its candidate, still without a snapshot. Errors: the
// reader's; kUnavailable (the manifest is gone), kDamaged (also when its hash is not `id`),
// kUntrusted.
[[nodiscard]] Result<Candidate> read_candidate(RegistryReader* reader, const std::string& id,
                                               const Trust& trust,
                                               std::chrono::milliseconds deadline);

// Downloads the candidate's snapshot to `path` and opens it, unless that was done before. When
// `is_unwanted` is not null, the file is verified at low priority, beside the threads that answer
// requests, and only until the flag is set. Errors: those of download_snapshot() and
// open_trusted(); kDamaged when the file is not the one the manifest describes. A fault of the
// complete file becomes the candidate's `refusal`: it is not downloaded again.
[[nodiscard]] Result<void> read_snapshot(RegistryReader* reader, const std::string& path,
                                         const Trust& trust, const std::atomic<bool>* is_unwanted,
                                         Candidate* candidate);

}  // namespace beian::cache
