// Publishes deltas from within the test, faster than one process per delta would. Tests only.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "cache/feed/feed.h"
#include "cache/redis/delta_publisher.h"
#include "cache/redis/fetch.h"
#include "tests/integration/fleet.h"

namespace beian::test {

inline std::vector<cache::FeedRecord> records_of(const std::string& lines) {
  std::vector<cache::FeedRecord> records;
  const auto read = cache::read_feed_text(
      lines, "feed", {}, [&](cache::FeedRecord&& record) { records.push_back(std::move(record)); },
      [](const cache::FeedProblem&) {});
  EXPECT_TRUE(read) << lines;
  return records;
}

// Continues from what is published when it is constructed.
class DeltaStream {
 public:
  explicit DeltaStream(Fleet& fleet)
      : client_(client_of(fleet.publish_url())), key_(*cache::SigningKey::load(fleet.key())) {
    cache::PublisherOptions options;
    options.key = &key_;
    options.trust.keys = {key_.public_key()};
    options.token = "test";
    auto fetched = cache::fetch_registry(client_.get(), cache::RedisKeys("beian"), options.trust,
                                         fleet.folder().path(""),
                                         [](std::uint64_t, std::uint64_t) { return true; });
    EXPECT_TRUE(fetched) << fetched.error().message;
    as_of_ = fetched->registry->info().as_of;
    publisher_.emplace(client_.get(), options, std::move(*fetched));
  }

  // Publishes one batch; returns its serial.
  std::uint64_t publish(const std::string& lines) {
    cache::DeltaFeed feed;
    feed.id = "delta-" + std::to_string(++count_);
    feed.as_of = as_of_;
    feed.records = records_of(lines);
    const auto receipt = publisher_->publish(feed);
    EXPECT_TRUE(receipt) << receipt.error().message;
    return receipt ? receipt->serial : 0;
  }

 private:
  std::unique_ptr<cache::RedisClient> client_;
  cache::SigningKey key_;
  std::optional<cache::DeltaPublisher> publisher_;
  Instant as_of_{};
  int count_ = 0;
};

}  // namespace beian::test
