// Has the processor fetch what the checks of a batch will read, before any of them reads it: in a
// registry of millions a check waits for a dozen lines of memory, one after the other, and a batch
// can wait for those of all its checks at once.
//
// A hint and no look-up: it finds nothing and cannot fail. Any thread.
#pragma once

#include <span>

#include "cache/snapshot/registry.h"

namespace beian::cache {

// Of the base snapshot: bucket, subject, service, body and the texts that are compared, of every
// service that `keys` name. What deltas lie upon it is small and stays cached by itself. About 200
// instructions a key.
void fetch_ahead(const Registry& registry, std::span<const FilingKey> keys) noexcept;

}  // namespace beian::cache
