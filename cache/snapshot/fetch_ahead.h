// Prefetches what the checks of a batch will read, before any of them reads it. In a registry of
// millions a check waits for a dozen cache misses, one after the other; a batch can wait for those
// of all its checks at once.
//
// A hint, not a look-up: it returns nothing and cannot fail. Any thread.
#pragma once

#include <span>

#include "cache/snapshot/registry.h"

namespace beian::cache {

// Covers the base snapshot: bucket, subject, service, body and the texts that are compared, of
// every service that `keys` name. The overlays on top of it are small and stay cached by
// themselves. About 200 instructions a key.
void fetch_ahead(const Registry& registry, std::span<const FilingKey> keys) noexcept;

}  // namespace beian::cache
