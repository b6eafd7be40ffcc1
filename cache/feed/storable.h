// Tells whether a snapshot can hold a record. Checked here, where the row is known, because the
// writer would only know the record's id.
//
// Private to cache/feed; used by json_record.cc.
#pragma once

#include "cache/base/limits.h"
#include "cache/feed/feed.h"
#include "cache/feed/json_value.h"

namespace beian::cache {

// Returns false and names the value in *fault when it cannot. Looks at sizes only.
bool is_storable(const FeedRecord& record, ValueFault* fault);

// A row of at most this many bytes cannot hold anything too large.
inline constexpr std::size_t kAlwaysStorableBytes = limits::kRegistryTextBytesMax;

}  // namespace beian::cache
