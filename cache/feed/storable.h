// Whether a snapshot can hold a record: found here, where the row is known, rather than by the
// writer, who only knows the record's id.
//
// Private to cache/feed; used by json_record.cc.
#pragma once

#include "cache/base/limits.h"
#include "cache/feed/feed.h"
#include "cache/feed/json_value.h"

namespace beian::cache {

// False: *fault names the value. Looks at sizes only.
bool is_storable(const FeedRecord& record, ValueFault* fault);

// Rows of no more bytes hold nothing that is too large.
inline constexpr std::size_t kAlwaysStorableBytes = limits::kRegistryTextBytesMax;

}  // namespace beian::cache
