// A feed as the batches that it is published in.
//
// Records of a feed come in any order, and of two with one id the later counts; but each batch has
// to fit the registry that the one before leaves. So a feed that is too long for one batch is put
// in an order in which its parts do: subjects, by id; services, as they came; subjects that go.
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
  std::string id;                          // under which it is published once
  std::vector<const FeedRecord*> records;  // of the feed, which has to outlive the part
};

// At most kPublishBatchRecords records each, and kPublishBatchTextBytes of text unless one record
// alone has more. Errors: kBadInput (a record that a batch cannot hold, named).
[[nodiscard]] Result<std::vector<DeltaPart>> parts_of(const std::string& feed_id,
                                                      std::span<const FeedRecord> records);

}  // namespace beian::cache
