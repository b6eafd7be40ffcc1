// Cuts a feed into the batches in which it is published.
//
// Records of a feed come in any order, and of two with the same id the later one counts; but each
// batch must fit the registry that the previous one leaves. A feed too long for one batch is
// therefore sorted so that its parts do: subjects by id, then services as they came, then removed
// subjects.
//
// Pure; any thread. Tests: tests/redis/delta_parts_test.cc.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "cache/base/result.h"
#include "cache/feed/feed.h"

namespace beian::cache {

struct DeltaPart {
  std::string id;                          // under which it is published, once
  std::vector<const FeedRecord*> records;  // point into the feed, which must outlive the part
};

// Each part has at most kPublishBatchRecords records, and at most kPublishBatchTextBytes of text
// unless a single record has more. Errors: kBadInput (names a record too large for a batch).
[[nodiscard]] Result<std::vector<DeltaPart>> parts_of(const std::string& feed_id,
                                                      std::span<const FeedRecord> records);

}  // namespace beian::cache
