// A redis-server, an invented registry, and a publisher from one to the other: the fixture of
// redis_publish_test.cc, redis_delta_test.cc and redis_rollback_test.cc.
#pragma once

#include <gtest/gtest.h>

#include "cache/base/file.h"
#include "cache/redis/delta_publisher.h"
#include "cache/redis/publisher.h"
#include "cache/redis/status.h"
#include "tests/snapshot/support.h"
#include "tests/support/redis_process.h"

namespace beian::cache::test {

inline const Instant kNow = *parse_instant("2026-01-02T04:00:00Z");

inline bool go_on(std::uint64_t, std::uint64_t) {
  return true;
}

class Publishing : public testing::Test {
 protected:
  void SetUp() override {
    if (!beian::test::RedisServer::is_installed())
      GTEST_SKIP() << beian::test::RedisServer::kMissing;
    redis = std::make_unique<beian::test::RedisServer>();
    client = beian::test::client_of(redis->url());
  }

  // Writes a snapshot of an invented world; another seed makes another world.
  std::string snapshot(std::uint64_t serial, unsigned seed, std::size_t services = 2'000,
                       const SigningKey* key = nullptr) {
    Registry registry = random_registry(seed, services);
    SealOptions options = seal();
    options.serial = serial;
    options.key = key;
    const std::string path = folder.path("s" + std::to_string(serial));
    EXPECT_TRUE(write_file_atomically(path, as_bytes(build(registry, options))));
    return path;
  }

  PublisherOptions options(const std::string& token = "test") {
    PublisherOptions made;
    made.trust = kAnybody;
    made.token = token;
    return made;
  }
  Result<PublishReceipt> publish(const std::string& path, PublisherOptions made) {
    return Publisher(client.get(), std::move(made)).publish(path, kNow, &go_on);
  }
  Result<PublishReceipt> publish(const std::string& path) { return publish(path, options()); }

  Result<DeltaReceipt> delta(const DeltaFeed& feed, PublisherOptions made) {
    auto fetched = fetch_registry(client.get(), keys, made.trust, folder.path(""), &go_on);
    if (!fetched) return fetched.error();
    return DeltaPublisher(client.get(), std::move(made), std::move(*fetched)).publish(feed);
  }
  Result<DeltaReceipt> delta(const DeltaFeed& feed) { return delta(feed, options()); }

  static DeltaFeed feed(const std::string& id, std::size_t records, std::uint64_t first_id = 1) {
    DeltaFeed made{id, kNow, std::nullopt, {}};
    for (std::size_t i = 0; i < records; ++i) {
      SubjectRecord subject;
      subject.id = 900'000'000 + first_id + i;
      const auto number =
          parse_number("京ICP备" + std::to_string(2'024'000'001 + first_id + i) + "号");
      subject.number = number.number;
      subject.sponsor = "示例" + std::to_string(i);
      subject.status = Status::kFiled;
      made.records.emplace_back(std::move(subject));
    }
    return made;
  }

  RegistryStatus status() {
    const auto read = read_status(client.get(), keys, kAnybody);
    EXPECT_TRUE(read) << read.error().message;
    return read ? *read : RegistryStatus{};
  }
  // What gates would download: the bytes that the head refers to.
  std::string published_bytes() {
    const auto published = read_published(client.get(), keys, kAnybody);
    if (!published || !published->head) return {};
    const std::string path = folder.path("fetched");
    const auto fetched = fetch_snapshot(client.get(), keys, *published->head, path, &go_on);
    EXPECT_TRUE(fetched) << fetched.error().message;
    return beian::test::read_whole(path);
  }
  std::size_t chunk_count() {
    std::size_t count = 0;
    for (const Reply& key : beian::test::ask(*client, {"KEYS", "beian:chunk:*"}).elements)
      count += key.text.empty() ? 0U : 1U;
    return count;
  }

  beian::test::TemporaryFolder folder;
  RedisKeys keys{"beian"};
  std::unique_ptr<beian::test::RedisServer> redis;
  std::unique_ptr<RedisClient> client;
};

}  // namespace beian::cache::test
