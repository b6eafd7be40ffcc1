// Feeds cut into batches: whatever their order and size, the batches one after another say what the
// feed says.
#include "cache/redis/delta_parts.h"

#include <gmock/gmock.h>

#include "cache/base/limits.h"
#include "cache/feed/render.h"
#include "cache/filing/parse.h"

namespace beian::cache {
namespace {

using testing::HasSubstr;

FilingNumber number_of(std::uint64_t id, const char* rest) {
  return parse_number("京ICP备" + std::to_string(2'024'000'000 + id) + "号" + rest).number;
}

SubjectRecord subject(std::uint64_t id) {
  SubjectRecord record;
  record.id = id;
  record.number = number_of(id, "");
  record.status = Status::kFiled;
  return record;
}

ServiceRecord service(std::uint64_t id, const std::string& name = "示例") {
  ServiceRecord record;
  record.id = id;
  record.subject_id = id;
  record.number = number_of(id, "-1A");
  record.names.emplace().push_back(name);
  record.status = Status::kFiled;
  return record;
}

std::vector<std::string> texts_of(const DeltaPart& part) {
  std::vector<std::string> texts;
  for (const FeedRecord* record : part.records) texts.push_back(to_ndjson(*record));
  return texts;
}

TEST(DeltaParts, AFeedThatFitsIsOneBatchInItsOwnOrder) {
  const std::vector<FeedRecord> feed = {service(2), RemoveSubject{9}, subject(2)};
  const auto parts = parts_of("day", feed);
  ASSERT_TRUE(parts);
  ASSERT_EQ(parts->size(), 1U);
  EXPECT_EQ(parts->front().id, "day");
  EXPECT_EQ(texts_of(parts->front()),
            (std::vector{to_ndjson(feed[0]), to_ndjson(feed[1]), to_ndjson(feed[2])}));
}

TEST(DeltaParts, OfOneIdTheLastRecordCounts) {
  const std::vector<FeedRecord> feed = {service(1, "first"), subject(1),       service(1, "last"),
                                        RemoveSubject{2},    subject(2),       subject(3),
                                        RemoveSubject{3},    RemoveService{4}, service(4)};
  const auto parts = parts_of("day", feed);
  ASSERT_TRUE(parts);
  EXPECT_EQ(texts_of(parts->front()),
            (std::vector{to_ndjson(feed[1]), to_ndjson(feed[2]), to_ndjson(feed[4]),
                         to_ndjson(feed[6]), to_ndjson(feed[8])}));
}

// Goal: as in a build, the order of a long feed does not matter.
TEST(DeltaParts, ALongFeedBringsSubjectsFirstAndTakesThemLast) {
  std::vector<FeedRecord> feed;
  for (std::uint64_t id = 1; id <= limits::kPublishBatchRecords; ++id) {
    feed.emplace_back(RemoveSubject{100'000 + id});
    feed.emplace_back(RemoveService{100'000 + id});
    feed.emplace_back(service(id));
  }
  for (std::uint64_t id = limits::kPublishBatchRecords; id > 0; --id)
    feed.emplace_back(subject(id));
  const auto parts = parts_of("day", feed);
  ASSERT_TRUE(parts);
  ASSERT_EQ(parts->size(), 4U);
  EXPECT_EQ((*parts)[0].id, "day/1-4");
  EXPECT_EQ((*parts)[3].id, "day/4-4");
  std::uint64_t id = 0;
  for (const FeedRecord* record : (*parts)[0].records)
    EXPECT_EQ(std::get<SubjectRecord>(*record).id, ++id);
  for (std::size_t part : {1, 2})
    for (const FeedRecord* record : (*parts)[part].records)
      EXPECT_TRUE(std::holds_alternative<ServiceRecord>(*record) ||
                  std::holds_alternative<RemoveService>(*record));
  for (const FeedRecord* record : (*parts)[3].records)
    EXPECT_TRUE(std::holds_alternative<RemoveSubject>(*record));
}

TEST(DeltaParts, LargeRecordsAreCutByTheirText) {
  std::vector<FeedRecord> feed;
  for (std::uint64_t id = 1; id <= 100; ++id) {
    ServiceRecord large = service(id);
    large.names->assign(15, std::string(60'000, 'x'));
    feed.emplace_back(std::move(large));
  }
  const auto parts = parts_of("day", feed);
  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->size(), 50U);
  for (const DeltaPart& part : *parts) {
    std::size_t bytes = 0;
    for (const std::string& text : texts_of(part)) bytes += text.size() + 1;
    EXPECT_LE(bytes, limits::kPublishBatchTextBytes);
  }
}

// An IP prefix is written out as a range, so a record may be longer in a batch than in its feed.
TEST(DeltaParts, ARecordThatNoGateWouldReadIsNamed) {
  ServiceRecord wide = service(7);
  wide.ips.emplace(40'000, *parse_ip_range("10.128.0.0/9"));
  const std::vector<FeedRecord> feed = {subject(7), wide};
  const auto parts = parts_of("day", feed);
  ASSERT_FALSE(parts);
  EXPECT_EQ(parts.error().kind, ErrorKind::kBadInput);
  EXPECT_THAT(parts.error().message, HasSubstr("service 7 takes "));
}

}  // namespace
}  // namespace beian::cache
