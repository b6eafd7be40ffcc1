// A generation from Redis that may replace the one being served: read in full and verified before
// anybody sees it. A candidate is
//
//   unread    its manifest was read, its snapshot not yet, or not to the end
//   refused   its complete file is bad, which no second download can change
//   built     its snapshot is open, with the batches that were applied on top
//
// One thread, that of the reader.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "cache/redis/named_manifest.h"
#include "cache/redis/registry_reader.h"
#include "cache/snapshot/registry.h"
#include "cache/snapshot/trust.h"

namespace beian::cache {

class Candidate {
 public:
  struct Built {
    std::shared_ptr<const Snapshot> snapshot;  // mapped from where it was downloaded to
    std::vector<std::string> batches;          // on top of it
    std::shared_ptr<const Registry> registry;  // that both make together
  };

  explicit Candidate(NamedManifest manifest) : manifest_(std::move(manifest)) {}

  const NamedManifest& manifest() const noexcept { return manifest_; }

  // Makes it `built`, without batches. Downloads the snapshot to `path` and opens it, unless that
  // was done before. When `is_unwanted` is not null, the file is verified at low priority, beside
  // the threads that answer requests, and only until the flag is set. Errors: those of
  // download_snapshot() and open_trusted(); kDamaged when the file is not the one the manifest
  // describes. A fault of the complete file makes it `refused`, and is the answer from then on.
  [[nodiscard]] Result<void> read_snapshot(RegistryReader* reader, const std::string& path,
                                           const Trust& trust,
                                           const std::atomic<bool>* is_unwanted);

  bool is_built() const noexcept { return std::holds_alternative<Built>(state_); }
  // REQUIRES: is_built().
  Built& built() { return std::get<Built>(state_); }

 private:
  struct Unread {};
  struct Refused {
    Error error;
  };

  NamedManifest manifest_;
  std::variant<Unread, Refused, Built> state_;
};

}  // namespace beian::cache
