// An entry of the stream of batches, as XRANGE and XREAD return it. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>

#include "cache/redis/reply.h"

namespace beian::cache {

struct StreamEntry {
  std::uint64_t serial = 0;  // of the entry's id; 0 when that is not one of ours
  std::string batch;         // empty unless the entry has exactly one field, kBatchField
};

// Reads [id, [field, value, …]]; hostile input.
StreamEntry stream_entry(Reply item);

}  // namespace beian::cache
