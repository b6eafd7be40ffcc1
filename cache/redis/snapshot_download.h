// Brings the snapshot that a manifest describes into a file: chunk by chunk, each checked by its
// hash, so that a download which was cut short goes on where it stopped.
//
// One thread. Whoever calls owns the file; nobody may have it mapped.
#pragma once

#include <string>

#include "cache/base/result.h"
#include "cache/redis/manifest.h"
#include "cache/redis/registry_reader.h"

namespace beian::cache {

// Afterwards `path` holds exactly the file of `manifest`; what it held of it before is kept. On
// error the pieces that came stay, for the next try. Errors: kUnavailable (the reader's; the disk;
// a chunk that is gone), kDamaged (a chunk that is not what its name says).
[[nodiscard]] Result<void> download_snapshot(RegistryReader* reader, const Manifest& manifest,
                                             const std::string& path);

}  // namespace beian::cache
