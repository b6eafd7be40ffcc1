// A generation out of Redis that may take the place of what is served: read whole and verified
// before anybody sees it. One thread, that of the reader.
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
  std::optional<Error> refusal;              // of what the chunks make, whoever brings them
  std::shared_ptr<const Registry> registry;
  std::vector<std::string> batches;  // applied on top
};

// The candidate whose manifest is `id`, so far without a snapshot. Errors: those of the reader;
// kUnavailable (it is gone), kDamaged (it is not what its name says, too), kUntrusted.
[[nodiscard]] Result<Candidate> read_candidate(RegistryReader* reader, const std::string& id,
                                               const Trust& trust,
                                               std::chrono::milliseconds deadline);

// Fills in its snapshot, unless that is there, downloaded to `path`. Unless `is_unwanted` is null,
// it is verified beside threads that answer, as long as it is wanted. Errors: those of
// download_snapshot() and open_trusted(); kDamaged when it is not the manifest's. What is wrong
// with the whole file is its refusal from then on: it is not read again.
[[nodiscard]] Result<void> read_snapshot(RegistryReader* reader, const std::string& path,
                                         const Trust& trust, const std::atomic<bool>* is_unwanted,
                                         Candidate* candidate);

}  // namespace beian::cache
