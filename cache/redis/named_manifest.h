// A manifest as Redis holds it under its id: what a follower reads before anything else of a
// generation. One thread, that of the reader.
#pragma once

#include <chrono>
#include <string>

#include "cache/base/result.h"
#include "cache/redis/manifest.h"
#include "cache/redis/registry_reader.h"
#include "cache/redis/tip.h"
#include "cache/snapshot/trust.h"

namespace beian::cache {

struct NamedManifest {
  std::string id;
  std::string bytes;  // that hash to the id
  Manifest content;

  // Where the snapshot that it describes lies in the history.
  Tip position() const noexcept { return {content.epoch, content.serial, content.chain}; }
};

// Reads the manifest `id` and checks its signature. Errors: the reader's; kUnavailable (the
// manifest is gone), kDamaged (also when its hash is not `id`), kUntrusted.
[[nodiscard]] Result<NamedManifest> read_named_manifest(RegistryReader* reader,
                                                        const std::string& id, const Trust& trust,
                                                        std::chrono::milliseconds deadline);

}  // namespace beian::cache
