// Writes a registry, with all that was applied to it, as one snapshot file.
#pragma once

#include <string>

#include "cache/base/result.h"
#include "cache/snapshot/registry.h"
#include "cache/snapshot/snapshot_writer.h"

namespace beian::cache {

// Writes `registry` as the snapshot `path`, atomically: byte for byte the file that a build from
// the final feed would give under the same seal. The caller chooses serial, times and key of
// `seal`. Memory: two to three times the size of the file. Errors: those of
// SnapshotWriter::to_file().
[[nodiscard]] Result<void> compact(const Registry& registry, const std::string& path,
                                   const SealOptions& seal);

// A seal that says of the file what `registry` says of itself: serial, times, sealed, test
// identities.
SealOptions seal_of(const Registry& registry);

}  // namespace beian::cache
