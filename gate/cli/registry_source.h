// Where a gate's registry comes from: a snapshot file, or the one compiled in.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cache/base/result.h"
#include "cache/snapshot/generation.h"

namespace beian::cli {

struct RegistrySource {
  std::string path;  // of a snapshot file; empty: the built-in registry
  cache::FreshnessThresholds thresholds;
  std::vector<std::string> trusted_key_files;  // empty: signatures are not checked
};

// Opens and verifies. The built-in registry (the fixtures and the test identities) is built anew,
// as of `now`, and never grows old: it is there to try the gate, not to decide about real apps.
[[nodiscard]] Result<std::shared_ptr<const cache::Generation>> open_registry(
    const RegistrySource& source, Instant now);

}  // namespace beian::cli
